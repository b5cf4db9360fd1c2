/** Grid zone of a provider's region or availability zone. */
import { MORE_REGION_TABLES } from './region-rows-more.js';
import { MAIN_REGION_TABLES, type RegionTable } from './region-rows.js';

export const REGION_TABLES: readonly RegionTable[] = [...MAIN_REGION_TABLES, ...MORE_REGION_TABLES];

interface Index {
  readonly zones: ReadonlyMap<string, string>;
  readonly suffixes: readonly RegExp[];
}

const byProvider: ReadonlyMap<string, Index> = new Map(
  REGION_TABLES.map((table) => [
    table.provider,
    { zones: new Map(table.rows.map(([key, zone]) => [key, zone])), suffixes: table.zoneSuffixes },
  ]),
);

/**
 * Electricity Maps zone of a region ("eu-west-3", "GRA11") or an availability zone ("eu-west-3a", "fr-par-1")
 * as the provider's nodes label it, whatever its case; null for one that the table lacks. A region name alone
 * says nothing: Alibaba's eu-west-1 is London.
 */
export function regionGridZone(provider: string, regionOrZone: string): string | null {
  const index = byProvider.get(provider);
  if (!index) return null;
  const key = regionOrZone.trim().toLowerCase();
  for (const candidate of [key, ...index.suffixes.map((suffix) => key.replace(suffix, ''))]) {
    const zone = index.zones.get(candidate);
    if (zone !== undefined) return zone;
  }
  return null;
}
