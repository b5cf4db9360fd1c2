import { z } from 'zod';
import { epochSeconds } from '../../domain/units.js';
import { formatDuration } from '../../pipeline/query-range.js';
import type { ClusterEntry } from '../../ports/history.js';
import { instant } from '../amounts.js';
import { instantSchema, nextCursorSchema, pageParameters } from '../schemas.js';
import { inventoryPage } from './inventory.js';
import { route } from './route.js';

const item = z
  .object({
    cluster: z.string(),
    step: z.string().meta({ description: 'Length of an interval of its ledger' }),
    first_seen: instantSchema.nullable().meta({ description: 'Start of its oldest known interval' }),
    last_seen: instantSchema.nullable().meta({ description: 'Start of its newest known interval' }),
  })
  .meta({ id: 'Cluster' });

const answer = z.object({ items: z.array(item), next_cursor: nextCursorSchema }).meta({ id: 'Clusters' });
export type ClustersAnswer = z.infer<typeof answer>;

/** Clusters are listed whatever the range; a cursor carries one all the same. */
const ALL_TIME = { from: epochSeconds(0), to: epochSeconds(1) };

export const clusters = route({
  method: 'get',
  path: '/api/v1/clusters',
  role: 'read',
  summary: 'Clusters that the database holds, with the time that is known of each',
  query: z.strictObject({ ...pageParameters }),
  produces: 'application/json',
  answer,
  examples: [{ query: '', asks: 'all clusters' }],
  handle: async ({ history }, { query }) => {
    const page = inventoryPage(query, ALL_TIME, await history.clusters(), (e) => [e.cluster], shape);
    return { json: { items: page.items, next_cursor: page.next_cursor } };
  },
});

function shape({ cluster, step, firstSeen, lastSeen }: ClusterEntry): z.infer<typeof item> {
  return {
    cluster,
    step: formatDuration(step),
    first_seen: firstSeen === null ? null : instant(firstSeen),
    last_seen: lastSeen === null ? null : instant(lastSeen),
  };
}
