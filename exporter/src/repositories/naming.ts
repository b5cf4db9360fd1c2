/** How names and labels are stored, the same in every database. */

/** Namespace, workload and pod of a node's own shares, as `History` names them. No Kubernetes name contains an underscore. */
export const SHARE_NAMES = { system: '__system__', idle: '__idle__' } as const;

/** The same for equal label sets, in whatever order their keys come. */
export function canonicalJson(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '{}';
  return JSON.stringify(Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
