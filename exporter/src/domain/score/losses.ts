/** Points lost and what they are lost to: parts of a weighted mean, added up by name, the largest kept. */

/** A thing that lost points of a dimension, 0..100 of it. */
export interface Loss {
  readonly kind: 'workload' | 'namespace' | 'node' | 'zone' | 'other';
  /** "namespace/workload" for a workload; empty for "other". */
  readonly name: string;
  readonly points: number;
}

/** One part of a weighted mean. `lost` is the share of its points that is lost; past 1 it counts as 1 of the whole. */
export interface Part extends Pick<Loss, 'kind' | 'name'> {
  readonly weight: number;
  readonly lost: number;
}

/** Losses named one by one; the rest is one entry "other", so that they still sum to what was lost. */
const NAMED = 5;

/**
 * 100 minus the weighted mean of what the parts lost. The mean is cut to 0..100 as a whole, not part by part: one zone worse than
 * the worst is made up for by a better one.
 * @returns null when nothing has a weight
 */
export function weightedLoss(
  parts: readonly Part[],
): { readonly score: number; readonly losses: readonly Loss[] } | null {
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  if (weight <= 0) return null;
  const losses = parts.map(({ kind, name, weight: w, lost }): Loss => ({
    kind,
    name,
    points: (100 * lost * w) / weight,
  }));
  const lost = losses.reduce((sum, loss) => sum + loss.points, 0);
  const scale = lost > 100 ? 100 / lost : 1;
  return {
    score: 100 - Math.min(100, Math.max(0, lost)),
    losses: losses.map((loss) => ({ ...loss, points: loss.points * scale })),
  };
}

/** The largest losses, one a name, and the rest in one; their points times `factor`. They sum to all losses times it. */
export function largestLosses(losses: readonly Loss[], factor: number): readonly Loss[] {
  const byName = new Map<string, Loss>();
  for (const loss of losses) {
    const key = `${loss.kind}\u0000${loss.name}`;
    const points = loss.points * factor + (byName.get(key)?.points ?? 0);
    byName.set(key, { ...loss, points });
  }
  const ranked = [...byName.values()]
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1));
  const rest = ranked.slice(NAMED).reduce((sum, { points }) => sum + points, 0);
  const named = ranked.slice(0, NAMED);
  return rest > 0 ? [...named, { kind: 'other', name: '', points: rest }] : named;
}
