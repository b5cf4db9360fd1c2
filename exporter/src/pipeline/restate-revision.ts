/** The digest by which the ledger tells one telling of an interval from the next. */
import { createHash } from 'node:crypto';
import type { NodeRow } from '../domain/model.js';

/**
 * Changes exactly when something that a source may revise changes a node's figures or their provenance: intensity, embodied
 * footprint, cost, a meter's reading. Taken from what is stored, so that an interval told anew ends with the digest that it would
 * have had, had the factors been known at first.
 */
export function revisionOf(nodes: readonly NodeRow[]): string {
  const revisable = nodes
    .toSorted((a, b) => (a.node < b.node ? -1 : 1))
    .map((n) => [
      n.node,
      n.provenance.intensity,
      n.provenance.intensitySource,
      n.provenance.intensityTime,
      n.embodiedTotal,
      n.cost,
      n.measuredEnergy,
      n.provenance.reasons,
    ]);
  return createHash('sha256').update(JSON.stringify(revisable)).digest('hex').slice(0, 16);
}
