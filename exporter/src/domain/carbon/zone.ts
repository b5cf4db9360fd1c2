/** The grid zone that feeds a node. */
import type { NodeSample, Reason } from '../model.js';
import { nodeLabel } from '../provider.js';
import type { ModelSettings } from '../settings.js';
import type { Tables } from '../tables.js';

/** Node label by which an operator names the grid zone of one node. */
export const GRID_ZONE_LABEL = 'greenkube.io/grid-zone';

export interface ZoneResolution {
  /** Zone code of Electricity Maps, or the operator's own; "" when none is known. */
  readonly gridZone: string;
  readonly source: 'override' | 'provider-zone' | 'provider-region' | 'label' | 'default' | 'none';
  readonly reasons: readonly Reason[];
}

type Site = Pick<NodeSample, 'region' | 'zone' | 'labels'>;

/**
 * First that applies: the node's own label, the operator's map, the provider's availability zone, the
 * provider's region, a topology label that is itself a zone code, the default zone. An override is taken at
 * its word, known to the tables or not.
 */
export function resolveZone(
  node: Site,
  provider: string,
  tables: Pick<Tables, 'gridZone' | 'isGridZone'>,
  settings: Pick<ModelSettings, 'zoneMap' | 'defaultZone'>,
): ZoneResolution {
  const override = nodeLabel(node.labels, GRID_ZONE_LABEL) ?? mapped(node, provider, settings.zoneMap);
  if (override) return found(spelled(override, tables), 'override');
  const byZone = node.zone === '' ? null : tables.gridZone(provider, node.zone);
  if (byZone) return found(byZone, 'provider-zone');
  const byRegion = node.region === '' ? null : tables.gridZone(provider, node.region);
  if (byRegion) return found(byRegion, 'provider-region');
  const literal = [node.zone, node.region].find((label) => tables.isGridZone(label));
  if (literal) return found(literal, 'label');
  const source = settings.defaultZone === '' ? 'none' : 'default';
  return { gridZone: settings.defaultZone, source, reasons: ['ZONE_DEFAULT'] };
}

const found = (gridZone: string, source: ZoneResolution['source']): ZoneResolution => ({
  gridZone,
  source,
  reasons: [],
});

/**
 * The closest entry of the operator's map: availability zone before region, with the provider named before
 * without.
 */
function mapped(node: Site, provider: string, zoneMap: Readonly<Record<string, string>>): string | undefined {
  return [node.zone, node.region]
    .filter((name) => name !== '')
    .flatMap((name) => [`${provider}/${name}`, name])
    .filter((key) => Object.hasOwn(zoneMap, key))
    .map((key) => zoneMap[key])[0];
}

/** "fr" is meant as FR; a code that the tables do not know stays as written. */
function spelled(code: string, tables: Pick<Tables, 'isGridZone'>): string {
  const upper = code.toUpperCase();
  return !tables.isGridZone(code) && tables.isGridZone(upper) ? upper : code;
}
