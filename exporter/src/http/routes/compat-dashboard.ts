import { z } from 'zod';
import { parseRange } from '../../pipeline/query-range.js';
import { instant } from '../amounts.js';
import { pointShape, pointsOf, summaryOf, summaryShape, type Granularity } from '../compat.js';
import { filterParameters, filtersOf, instantSchema } from '../schemas.js';
import { route } from './route.js';

/** Windows of GreenKube 0.2, each with the length of its periods. */
const WINDOWS = {
  '1h': 'hour',
  '6h': 'hour',
  '24h': 'hour',
  '7d': 'day',
  '30d': 'day',
  '1y': 'week',
  ytd: 'month',
} as const satisfies Readonly<Record<string, Granularity>>;
type Slug = keyof typeof WINDOWS;
const SLUGS = Object.keys(WINDOWS) as Slug[];

const namespaceOf = (namespaces: readonly string[] | undefined) => namespaces?.join(',') ?? null;

const window = z
  .object({
    window_slug: z.string(),
    namespace: z.string().nullable(),
    ...summaryShape,
    coverage: z.number(),
    updated_at: instantSchema,
  })
  .meta({ id: 'CompatWindow' });

const dashboard = z
  .object({ windows: z.record(z.string(), window), namespace: z.string().nullable() })
  .meta({ id: 'CompatDashboard' });
export type DashboardAnswer = z.infer<typeof dashboard>;

export const compatDashboard = route({
  method: 'get',
  path: '/api/v1/metrics/dashboard-summary',
  role: 'read',
  summary: `GreenKube 0.2: the sums of the windows ${SLUGS.join(', ')}, up to date`,
  query: z.strictObject(filterParameters),
  produces: 'application/json',
  answer: dashboard,
  examples: [{ query: '', asks: 'all windows' }],
  handle: async ({ history, step }, { query, now }) => {
    const namespace = namespaceOf(query.namespace);
    const windows: Record<string, z.infer<typeof window>> = {};
    // One after the other: seven questions at once would keep every reader from the others.
    for (const slug of SLUGS) {
      const range = parseRange({ last: slug }, now, step);
      const { fields, coverage } = await summaryOf(history, range, filtersOf(query));
      windows[slug] = { window_slug: slug, namespace, ...fields, coverage, updated_at: instant(range.to) };
    }
    return { json: { windows, namespace } };
  },
});

const points = z
  .object({
    window_slug: z.string(),
    namespace: z.string().nullable(),
    points: z.array(
      z.object({
        window_slug: z.string(),
        namespace: z.string().nullable(),
        bucket_ts: instantSchema.meta({ description: 'Start of the period' }),
        ...pointShape,
      }),
    ),
  })
  .meta({ id: 'CompatDashboardTimeseries' });
export type DashboardTimeseriesAnswer = z.infer<typeof points>;

export const compatDashboardTimeseries = route({
  method: 'get',
  path: '/api/v1/metrics/dashboard-timeseries/{slug}',
  role: 'read',
  summary:
    'GreenKube 0.2: one window over time, by hour (to 24h), day (to 30d), ISO week (1y) or month (ytd)',
  query: z.strictObject(filterParameters),
  params: z.strictObject({
    slug: z.enum(SLUGS).meta({ description: 'The window', example: '24h' }),
  }),
  produces: 'application/json',
  answer: points,
  examples: [{ query: '', asks: 'one window' }],
  handle: async ({ history, step }, { query, params: { slug }, now }) => {
    const range = parseRange({ last: slug }, now, step);
    const namespace = namespaceOf(query.namespace);
    const found = await pointsOf(history, range, WINDOWS[slug], filtersOf(query), step);
    const json: DashboardTimeseriesAnswer = {
      window_slug: slug,
      namespace,
      points: found.map(({ start, point }) => ({
        window_slug: slug,
        namespace,
        bucket_ts: instant(start),
        ...point,
      })),
    };
    return { json };
  },
});
