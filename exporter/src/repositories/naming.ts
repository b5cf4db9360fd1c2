/** How names and labels are stored, the same in every database. */

/** Namespace, workload and pod of a node's own shares, as `History` names them. No Kubernetes name contains an underscore. */
export const SHARE_NAMES = { system: '__system__', idle: '__idle__' } as const;

/** The same for equal label sets, in whatever order their keys come. */
export function canonicalJson(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '{}';
  return JSON.stringify(Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Energy and emissions, each times the half-width of the power band that it was computed with. */
export const WEIGHTS = [
  'energy_power_lo',
  'energy_power_hi',
  'operational_power_lo',
  'operational_power_hi',
] as const;

/** Each in multiples of 2^28 and what is left, so that adding them up passes no limit of a database. */
export const WEIGHT_PARTS = WEIGHTS.flatMap((weight) => [`${weight}_high`, `${weight}_low`] as const);
