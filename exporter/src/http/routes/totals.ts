import { z } from 'zod';
import { queryTotals } from '../../pipeline/query-history.js';
import { parseRange } from '../../pipeline/query-range.js';
import { figuresOf, instant } from '../amounts.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import {
  byParameter,
  coverageSchema,
  estimatedRatioSchema,
  figuresSchema,
  figuresShape,
  filterParameters,
  filtersOf,
  groupsOf,
  instantSchema,
  keySchema,
  metricParameter,
  nextCursorSchema,
  pageParameters,
  rangeParameters,
  sortParameter,
  unitsSchema,
} from '../schemas.js';
import { route } from './route.js';

const UNITS = { energy_joules: 'J', co2e_grams: 'g', cost: 'currency' };

const answer = z
  .object({
    from: instantSchema,
    to: instantSchema,
    by: z.array(z.string()),
    units: unitsSchema,
    coverage: coverageSchema,
    estimated_ratio: estimatedRatioSchema,
    rows: z.array(z.object({ key: keySchema, ...figuresShape })),
    total: figuresSchema,
    next_cursor: nextCursorSchema,
  })
  .meta({ id: 'Totals' });

export type TotalsAnswer = z.infer<typeof answer>;

export const totals = route({
  method: 'get',
  path: '/api/v1/totals',
  role: 'read',
  summary: 'Energy, emissions and cost of a range: one row a group, and the total of all groups',
  query: z.strictObject({
    by: byParameter,
    metric: metricParameter,
    ...rangeParameters,
    ...filterParameters,
    sort: sortParameter,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'by=namespace&last=24h', asks: 'namespaces of the last 24 h, largest emissions first' },
    { query: 'by=label:team&last=30d&sort=-cost', asks: 'the teams of a month by cost' },
    {
      query: 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&metric=energy_joules',
      asks: 'the energy of one day',
    },
  ],
  handle: async ({ history, podLabels, step }, { query, now }) => {
    const asked = parseRange(query, now, step);
    const place = query.cursor === undefined ? null : decodeCursor(query, query.cursor);
    const range = place?.range ?? asked;
    const { sort, limit, metric } = query;
    const by = groupsOf(query.by, podLabels);
    const page = await queryTotals(history, {
      range,
      by,
      filters: filtersOf(query),
      sort,
      limit,
      after: place?.after ?? null,
    });
    const total = figuresOf(page.totals.total, page.totals.coverage, metric);
    const json: TotalsAnswer = {
      from: instant(range.from),
      to: instant(range.to),
      by: [...by],
      units: UNITS,
      coverage: total.coverage,
      estimated_ratio: total.estimated_ratio,
      rows: page.items.map(({ key, sums, coverage }) => ({
        key: { ...key },
        ...figuresOf(sums, coverage, metric),
      })),
      total,
      next_cursor: page.next && encodeCursor(query, { range, after: page.next }),
    };
    return { json };
  },
});
