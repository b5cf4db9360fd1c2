/** One window of usage to one committed interval: factors, computation, commit. */
import { computeInterval, type Computed } from '../domain/compute-interval.js';
import { ContainerUses } from '../domain/container-use.js';
import {
  CALCULATION_VERSION,
  type ContainerUse,
  type IntervalResult,
  type IntervalState,
  type PartialReason,
  type UsageWindow,
} from '../domain/model.js';
import { bytes, wholeMicroseconds, type Bytes } from '../domain/units.js';
import { resolveFactors, type FactorSources, type Readings } from './resolve-factors.js';
import { revisionOf } from './restate-revision.js';

/** Compute a window; nothing is written. */
export async function computeWindow(
  observed: UsageWindow,
  sources: FactorSources,
  readings: Readings = null,
): Promise<IntervalResult> {
  const window = quantised(observed);
  const factors = await resolveFactors(window, sources, readings);
  const computed = computeInterval(window, factors, sources.settings);
  const partialReasons = reasonsOf(window, computed);
  return {
    interval: window.interval,
    state: stateOf(window, partialReasons),
    coverage: window.coverage,
    partialReasons,
    currency: sources.prices.currency,
    calculationVersion: CALCULATION_VERSION,
    revision: revisionOf(computed.nodes),
    nodes: computed.nodes,
    rows: computed.rows,
    containers: containersOf(window, computed),
  };
}

function containersOf({ pods }: UsageWindow, { orphans }: Computed): readonly ContainerUse[] {
  const left = new Set(orphans);
  const uses = new ContainerUses();
  for (const pod of pods) if (!left.has(pod)) uses.addPod(pod);
  return uses.all();
}

function reasonsOf(window: UsageWindow, computed: Computed): readonly PartialReason[] {
  const reasons = new Set(window.partialReasons);
  if (window.nodes.length === 0 && window.pods.length === 0) reasons.add('no-data');
  if (computed.orphans.length > 0) reasons.add('inventory-missing');
  if (window.coverage < 1 && reasons.size === 0) reasons.add('samples-missing');
  return [...reasons].toSorted();
}

function stateOf(window: UsageWindow, reasons: readonly PartialReason[]): IntervalState {
  if (window.nodes.length === 0 && window.pods.length === 0) return 'impossible';
  return reasons.length === 0 ? 'complete' : 'partial';
}

const whole = (n: Bytes): Bytes => bytes(Math.round(n));

/**
 * CPU time in whole microseconds and amounts of data in whole bytes, which is finer than any source measures. What is computed
 * from is then exactly what is stored, and a ledger keeps both in a few bytes.
 */
export function quantised(window: UsageWindow): UsageWindow {
  return {
    ...window,
    nodes: window.nodes.map((n) => ({ ...n, cpuSeconds: n.cpuSeconds && wholeMicroseconds(n.cpuSeconds) })),
    pods: window.pods.map((p) => ({
      ...p,
      cpuSeconds: wholeMicroseconds(p.cpuSeconds),
      memoryBytes: whole(p.memoryBytes),
      receivedBytes: whole(p.receivedBytes),
      transmittedBytes: whole(p.transmittedBytes),
      readBytes: whole(p.readBytes),
      writtenBytes: whole(p.writtenBytes),
    })),
  };
}
