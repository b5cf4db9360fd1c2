/** The name of a case: the same cluster, type and target have the same id for ever. */
import type { RecommendationType, Target } from './model.js';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = (1n << 64n) - 1n;

/** FNV-1a of 64 bits over the code units, as 16 hexadecimal digits. Which container it is about is no part of it. */
export function identityOf(cluster: string, type: RecommendationType, target: Target): string {
  const { namespace, workload, workloadType, node } = target;
  const text = JSON.stringify([cluster, type, namespace, workloadType, workload, node]);
  let hash = OFFSET;
  for (let i = 0; i < text.length; i++) hash = ((hash ^ BigInt(text.charCodeAt(i))) * PRIME) & MASK;
  return hash.toString(16).padStart(16, '0');
}
