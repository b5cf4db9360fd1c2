import { z } from 'zod';
import { resolveProfile } from '../../domain/energy/resolve-profile.js';
import { INTENSITY_SOURCES, METHODS, REASONS } from '../../domain/model.js';
import type { EpochSeconds, Seconds } from '../../domain/units.js';
import { profileOf, type FactorSources } from '../../pipeline/resolve-factors.js';
import type { NodeEntry } from '../../ports/history.js';
import { instant } from '../amounts.js';
import { filterParameters, instantSchema, pageParameters, rangeParameters } from '../schemas.js';
import { inventoryPage, inventoryRange, inventorySchema, passes } from './inventory.js';
import { route } from './route.js';

const item = z
  .object({
    cluster: z.string(),
    name: z.string(),
    instance_type: z.string(),
    cloud_provider: z.string(),
    region: z.string(),
    zone: z.string(),
    grid_zone: z.string(),
    architecture: z.string(),
    cpu_capacity_cores: z.number(),
    memory_capacity_bytes: z.number(),
    pue: z.object({ value: z.number(), source: z.string() }),
    intensity: z.object({
      grams_per_kwh: z.number(),
      source: z.enum(INTENSITY_SOURCES),
      time: instantSchema,
    }),
    power_profile: z.string(),
    power_profile_source: z.string().nullable().meta({
      description:
        'Where the profile is from, with how well a fit to meters does; null: it is not the one in use now',
    }),
    embodied_emissions_kg: z.number().meta({ description: 'Of the whole machine over its life' }),
    method: z.enum(METHODS),
    estimated: z.boolean(),
    reasons: z.array(z.enum(REASONS)),
    is_active: z.boolean().meta({ description: 'Seen in the newest interval' }),
    first_seen: instantSchema,
    last_seen: instantSchema,
  })
  .meta({ id: 'Node' });

const answer = inventorySchema(item).meta({ id: 'Nodes' });
export type NodesAnswer = z.infer<typeof answer>;

export const nodes = route({
  method: 'get',
  path: '/api/v1/nodes',
  role: 'read',
  summary: 'Nodes seen in a range, with the factors of their newest interval and where each comes from',
  query: z.strictObject({
    ...rangeParameters,
    cluster: filterParameters.cluster,
    node: filterParameters.node,
    ...pageParameters,
  }),
  produces: 'application/json',
  answer,
  examples: [{ query: 'last=24h', asks: 'nodes of the last 24 h' }],
  handle: async ({ history, status, step, factors }, { query, now }) => {
    const range = inventoryRange(query, now, step);
    const all = await history.nodes(range);
    const newest = newestEnd(all, status().lastCompleted, step);
    const found = all.filter((e) => passes(query.cluster, e.cluster) && passes(query.node, e.row.node));
    const shape = (entry: NodeEntry) => shapeOf(entry, factors, entry.lastSeen + step >= newest);
    return { json: inventoryPage(query, range, found, (e) => [e.cluster, e.row.node], shape) };
  },
});

/** End of the newest interval known: a node of an older range is not active because it was the last of its time. */
function newestEnd(all: readonly NodeEntry[], lastCompleted: EpochSeconds | null, step: Seconds): number {
  return all.reduce((end, { lastSeen }) => Math.max(end, lastSeen + step), lastCompleted ?? 0);
}

/** Of the profile that the interval was computed with, where it is still the one in use. */
function sourceOf({ instanceType, provenance: p }: NodeEntry['row'], factors: FactorSources): string | null {
  const current = [
    profileOf({ instanceType }, p.provider, factors),
    resolveProfile({ instanceType }, p.provider, factors.tables, factors.settings),
  ];
  return current.find(({ name }) => name === p.powerProfile)?.source ?? null;
}

function shapeOf(
  { cluster, row, firstSeen, lastSeen }: NodeEntry,
  factors: FactorSources,
  active: boolean,
): z.infer<typeof item> {
  const { provenance: p } = row;
  return {
    cluster,
    name: row.node,
    instance_type: row.instanceType,
    cloud_provider: p.provider,
    region: row.region,
    zone: row.zone,
    grid_zone: p.gridZone,
    architecture: row.architecture,
    cpu_capacity_cores: row.cpuCapacity,
    memory_capacity_bytes: row.memoryCapacity,
    pue: { value: p.pue, source: p.pueSource },
    intensity: { grams_per_kwh: p.intensity, source: p.intensitySource, time: instant(p.intensityTime) },
    power_profile: p.powerProfile,
    power_profile_source: sourceOf(row, factors),
    embodied_emissions_kg: row.embodiedTotal,
    method: p.method,
    estimated: p.estimated,
    reasons: [...p.reasons],
    is_active: active,
    first_seen: instant(firstSeen),
    last_seen: instant(lastSeen),
  };
}
