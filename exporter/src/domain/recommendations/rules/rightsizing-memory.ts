/** A memory request of which the pods use a small part. */
import type { Draft, ScanFacts } from '../facts.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';
import { rightsizing } from './rightsizing.js';

/** A workload that was killed for want of memory needs more than what it was last seen with; its request stays as it is. */
export function rightsizingMemory(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const { rightsizing: limits, minRequest } = facts.settings;
  const { outOfMemory } = facts.knowledge;
  const wasKilled = outOfMemory?.has(workloadKey(w)) === true;
  const mayHaveBeen = outOfMemory === null && w.restarts > 0;
  return rightsizing(facts, w, {
    type: 'RIGHTSIZING_MEMORY',
    name: 'memory',
    unit: 'bytes',
    threshold: limits.memory,
    floor: minRequest.memory,
    headroom: limits.headroom,
    requestOf: (of) => of.memoryRequest,
    useOf: (of) => of.memory,
    scale: 1,
    // Where restarts may have been for want of memory, the largest use seen is what was left of it: twice that is kept.
    least: ({ max }) => (wasKilled ? Infinity : mayHaveBeen ? 2 * max : 0),
    caveats: mayHaveBeen ? ['OUT_OF_MEMORY_UNKNOWN'] : [],
    shares: (freed) => ({ dynamic: 0, cpu: 0, memory: freed, storage: 0 }),
  });
}
