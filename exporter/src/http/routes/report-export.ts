import { z } from 'zod';
import { parseRange } from '../../pipeline/query-range.js';
import { REPORT_STEPS } from '../../pipeline/report-buckets.js';
import { openReport, REPORT_FORMATS } from '../../pipeline/report.js';
import { byParameter, filterParameters, filtersOf, groupsOf, rangeParameters } from '../schemas.js';
import { route } from './route.js';

export const reportExport = route({
  method: 'get',
  path: '/api/v1/report/export',
  role: 'read',
  summary:
    'A report as a file: one row a period and group, with scopes, method, sources and a hash of the rows',
  query: z.strictObject({
    format: z
      .enum(REPORT_FORMATS)
      .default('csv')
      .meta({ type: 'string', enum: [...REPORT_FORMATS], default: 'csv', description: 'Kind of file' }),
    by: byParameter,
    step: z
      .enum(REPORT_STEPS)
      .optional()
      .meta({
        type: 'string',
        enum: [...REPORT_STEPS],
        description:
          'One row a period: raw is the step of the ledger, weeks are ISO weeks, all of UTC; default the whole range',
      }),
    ...rangeParameters,
    ...filterParameters,
  }),
  produces: null,
  formats: ['text/csv', 'application/json', 'application/vnd.apache.parquet'],
  answer: z.string().meta({ description: 'The file; docs/commands.md says what is in it' }),
  examples: [
    { query: 'format=csv&by=namespace&step=day&last=7d', asks: 'a week by namespace and day' },
    {
      query: 'format=json&by=workload&step=month&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z',
      asks: 'a year by workload and month',
    },
  ],
  handle: async ({ history, podLabels, step: ledgerStep, encodeReport }, { query, now }) => {
    const report = await openReport(history, {
      range: parseRange(query, now, ledgerStep),
      by: groupsOf(query.by, podLabels),
      filters: filtersOf(query),
      step: query.step ?? null,
      ledgerStep,
    });
    const { chunks, contentType, fileName } = encodeReport(report, query.format);
    return {
      pieces: chunks,
      contentType,
      headers: { 'Content-Disposition': `attachment; filename="${fileName}"` },
    };
  },
});
