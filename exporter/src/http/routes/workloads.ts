import { z } from 'zod';
import type { WorkloadEntry } from '../../ports/history.js';
import { instant } from '../amounts.js';
import { filterParameters, instantSchema, pageParameters, rangeParameters } from '../schemas.js';
import { inventoryPage, inventoryRange, inventorySchema, passes } from './inventory.js';
import { route } from './route.js';

const item = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    workload: z.string(),
    workload_type: z.string().meta({ description: 'Kind of its top controller, for example Deployment' }),
    first_seen: instantSchema,
    last_seen: instantSchema,
  })
  .meta({ id: 'Workload' });

const answer = inventorySchema(item).meta({ id: 'Workloads' });
export type WorkloadsAnswer = z.infer<typeof answer>;

export const workloads = route({
  method: 'get',
  path: '/api/v1/workloads',
  role: 'read',
  summary: 'Workloads seen in a range',
  query: z.strictObject({
    ...rangeParameters,
    cluster: filterParameters.cluster,
    namespace: filterParameters.namespace,
    workload: filterParameters.workload,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'last=24h', asks: 'workloads of the last 24 h' },
    { query: 'namespace=shop&limit=10', asks: 'the first ten of one namespace' },
  ],
  handle: async ({ history, step }, { query, now }) => {
    const range = inventoryRange(query, now, step);
    const found = (await history.workloads(range)).filter(
      (e) =>
        passes(query.cluster, e.cluster) &&
        passes(query.namespace, e.namespace) &&
        passes(query.workload, e.workload),
    );
    const nameOf = (e: WorkloadEntry) => [e.cluster, e.namespace, e.workload, e.workloadType];
    return { json: inventoryPage(query, range, found, nameOf, shape) };
  },
});

function shape(e: WorkloadEntry): z.infer<typeof item> {
  return {
    cluster: e.cluster,
    namespace: e.namespace,
    workload: e.workload,
    workload_type: e.workloadType,
    first_seen: instant(e.firstSeen),
    last_seen: instant(e.lastSeen),
  };
}
