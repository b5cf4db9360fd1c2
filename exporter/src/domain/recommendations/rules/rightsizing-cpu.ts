/** A CPU request of which the pods use a small part. */
import type { Draft, ScanFacts } from '../facts.js';
import type { WorkloadProfile } from '../usage-window.js';
import { rightsizing } from './rightsizing.js';

const MICROCORES = 1e-6;

export function rightsizingCpu(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const { rightsizing: limits, minRequest } = facts.settings;
  return rightsizing(facts, w, {
    type: 'RIGHTSIZING_CPU',
    name: 'cpu',
    unit: 'cores',
    threshold: limits.cpu,
    floor: minRequest.cores,
    headroom: limits.headroom,
    requestOf: (of) => of.cpuRequest,
    useOf: (of) => of.cpu,
    scale: MICROCORES,
    least: () => 0,
    caveats: [],
    shares: (freed) => ({ dynamic: 0, cpu: freed, memory: 0, storage: 0 }),
  });
}
