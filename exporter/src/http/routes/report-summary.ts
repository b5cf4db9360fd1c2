import { z } from 'zod';
import { CALCULATION_VERSION } from '../../domain/model.js';
import { ATTRIBUTION } from '../../data/grid-yearly.js';
import { parseRange } from '../../pipeline/query-range.js';
import { figuresOf, instant } from '../amounts.js';
import { summaryOf, summaryShape } from '../compat.js';
import {
  byParameter,
  coverageSchema,
  estimatedRatioSchema,
  figuresSchema,
  filterParameters,
  filtersOf,
  groupsOf,
  instantSchema,
  rangeParameters,
} from '../schemas.js';
import { route } from './route.js';

const { pod_count: unique_pods, namespace_count: unique_namespaces, ...sums } = summaryShape;

const answer = z
  .object({
    from: instantSchema,
    to: instantSchema,
    ...sums,
    unique_pods,
    unique_namespaces,
    total_rows: z.number().meta({ description: 'Rows of the export with the same parameters and no step' }),
    total: figuresSchema,
    coverage: coverageSchema,
    estimated_ratio: estimatedRatioSchema,
    calculation_version: z.number(),
    attribution: z.string().meta({ description: 'To be shown wherever the figures are' }),
  })
  .meta({ id: 'ReportSummary' });

export const reportSummary = route({
  method: 'get',
  path: '/api/v1/report/summary',
  role: 'read',
  summary: 'What a report of a range comes to',
  query: z.strictObject({ by: byParameter, ...rangeParameters, ...filterParameters }),
  produces: 'application/json',
  answer,
  examples: [{ query: 'last=30d', asks: 'a month of the whole ledger' }],
  handle: async ({ history, podLabels, step }, { query, now }) => {
    const range = parseRange(query, now, step);
    const by = groupsOf(query.by, podLabels);
    const filters = filtersOf(query);
    const [{ total, coverage, fields }, { groups }] = await Promise.all([
      summaryOf(history, range, filters),
      history.totals({ range, by, filters }),
    ]);
    const { pod_count, namespace_count, ...figures } = fields;
    const shown = figuresOf(total, coverage, []);
    const json: z.infer<typeof answer> = {
      from: instant(range.from),
      to: instant(range.to),
      ...figures,
      unique_pods: pod_count,
      unique_namespaces: namespace_count,
      total_rows: groups.length,
      total: shown,
      coverage: shown.coverage,
      estimated_ratio: shown.estimated_ratio,
      calculation_version: CALCULATION_VERSION,
      attribution: ATTRIBUTION,
    };
    return { json };
  },
});
