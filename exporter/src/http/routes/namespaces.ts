import { z } from 'zod';
import type { NamespaceEntry } from '../../ports/history.js';
import { instant } from '../amounts.js';
import { filterParameters, instantSchema, pageParameters, rangeParameters } from '../schemas.js';
import { inventoryPage, inventoryRange, inventorySchema, passes } from './inventory.js';
import { route } from './route.js';

const item = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    first_seen: instantSchema,
    last_seen: instantSchema,
  })
  .meta({ id: 'Namespace' });

const answer = inventorySchema(item).meta({ id: 'Namespaces' });
export type NamespacesAnswer = z.infer<typeof answer>;

export const namespaces = route({
  method: 'get',
  path: '/api/v1/namespaces',
  role: 'read',
  summary: 'Namespaces seen in a range',
  query: z.strictObject({
    ...rangeParameters,
    cluster: filterParameters.cluster,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [{ query: 'last=24h', asks: 'namespaces of the last 24 h' }],
  handle: async ({ history, step }, { query, now }) => {
    const range = inventoryRange(query, now, step);
    const found = (await history.namespaces(range)).filter((e) => passes(query.cluster, e.cluster));
    return { json: inventoryPage(query, range, found, (e) => [e.cluster, e.namespace], shape) };
  },
});

function shape({ cluster, namespace, firstSeen, lastSeen }: NamespaceEntry): z.infer<typeof item> {
  return { cluster, namespace, first_seen: instant(firstSeen), last_seen: instant(lastSeen) };
}
