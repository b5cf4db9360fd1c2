/** What is looked at: all, a cluster, a namespace of it, a workload of that, or a node. */
import type { Level } from '../api/answers';

export type Scope = Readonly<Partial<Record<'cluster' | 'namespace' | 'workload' | 'node', string>>>;
export const SCOPE_KEYS = ['cluster', 'namespace', 'workload', 'node'] as const;

export function scopeOf(search: string): Scope {
  const query = new URLSearchParams(search);
  const given = SCOPE_KEYS.flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** What the scope is made of. */
export function levelBelow({ cluster, namespace, workload, node }: Scope): Level {
  if (workload !== undefined) return 'pod';
  if (namespace !== undefined) return 'workload';
  if (node !== undefined) return 'workload';
  return cluster === undefined ? 'cluster' : 'namespace';
}

/** The keys that tell the groups of a level apart. */
export function groupsBelow(level: Level): readonly string[] {
  switch (level) {
    case 'cluster':
      return ['cluster'];
    case 'namespace':
      return ['cluster', 'namespace'];
    case 'workload':
      return ['cluster', 'namespace', 'workload'];
    case 'pod':
      return ['cluster', 'namespace', 'workload', 'pod', 'node'];
    case 'node':
      return ['cluster', 'node'];
  }
}
