/** What the two rightsizing rules share: a request is compared with what its pods use, weighted by time. */
import type { Histogram } from '../../histogram.js';
import { requestBounds } from '../confidence.js';
import { autoscalerOf, hoursOf, targetOf, type Draft, type ScanFacts, type Shares } from '../facts.js';
import type { Caveat, Details, RecommendationType } from '../model.js';
import { patchRequests } from '../patch.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';

/** One resource of a workload, in its natural unit. */
export interface Resource {
  readonly type: RecommendationType;
  readonly name: 'cpu' | 'memory';
  /** Ends the names of figures: cores, bytes. */
  readonly unit: 'cores' | 'bytes';
  readonly threshold: number;
  readonly floor: number;
  readonly headroom: number;
  readonly requestOf: (w: WorkloadProfile) => number | null;
  /** Use of a pod in `unit` divided by `scale`. */
  readonly useOf: (w: WorkloadProfile) => Histogram;
  readonly scale: number;
  /** Least that a new request may be, whatever the use says; 0: no such thing. */
  readonly least: number;
  readonly caveats: readonly Caveat[];
  readonly shares: (freed: number) => Shares;
}

/** Use of the pods of a workload, in the unit of the resource. */
export interface Use {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function useOf(histogram: Histogram, scale: number): Use | null {
  const mean = histogram.mean;
  if (mean === null) return null;
  const at = (q: number) => histogram.quantile(q)! * scale;
  return { mean: mean * scale, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max * scale };
}

/** max(p95, (mean + max) / 2) with headroom, and at least the floor. */
export function targetRequest({ mean, p95, max }: Use, headroom: number, floor: number): number {
  return Math.max(Math.max(p95, (mean + max) / 2) * headroom, floor);
}

export function rightsizing(facts: ScanFacts, w: WorkloadProfile, resource: Resource): Draft | null {
  const request = resource.requestOf(w);
  const use = useOf(resource.useOf(w), resource.scale);
  if (request === null || request <= 0 || use === null || use.mean / request >= resource.threshold)
    return null;
  const proposed = Math.max(targetRequest(use, resource.headroom, resource.floor), resource.least);
  return proposed < request ? draftOf(facts, w, resource, use, request, proposed) : null;
}

function draftOf(
  facts: ScanFacts,
  w: WorkloadProfile,
  resource: Resource,
  use: Use,
  request: number,
  proposed: number,
): Draft {
  const { name, unit } = resource;
  const hours = hoursOf(facts.usage, w);
  const containers = facts.knowledge.containers?.get(workloadKey(w)) ?? null;
  const bounds = requestBounds(proposed, hours);
  const only = containers?.length === 1 ? containers[0]!.name : '';
  const evidence: Details = {
    mean: use.mean,
    p50: use.p50,
    p95: use.p95,
    p99: use.p99,
    max: use.max,
    unit,
    use_of_request_ratio: use.mean / request,
    restarts: w.restarts,
    ...(containers && { containers: containers.map((c) => c.name).join(', ') }),
  };
  return {
    type: resource.type,
    target: targetOf(w, only),
    claims: { workloads: [workloadKey(w)] },
    shares: resource.shares(freedShare(resource, w, use, request, proposed)),
    hours,
    samples: w.samples,
    current: { [`${name}_request_${unit}`]: request, pods: Math.round(w.pods[w.last]! * 10) / 10 },
    proposed: {
      [`${name}_request_${unit}`]: proposed,
      [`${name}_request_${unit}_low`]: bounds.low,
      [`${name}_request_${unit}_high`]: Math.min(bounds.high, request),
    },
    evidence,
    caveats: [
      ...(containers === null ? (['CONTAINERS_UNKNOWN'] as const) : []),
      ...(containers !== null && containers.length > 1 ? (['CONTAINER_USE_UNKNOWN'] as const) : []),
      ...autoscalerCaveats(facts, w),
      ...resource.caveats,
    ],
    patch: patchRequests(
      { namespace: w.namespace, name: w.workload, kind: w.workloadType },
      { resource: name, from: request, to: proposed },
      containers,
    ),
  };
}

/** An autoscaler on the share of a request that is used adds pods when the request shrinks. */
function autoscalerCaveats({ knowledge }: ScanFacts, w: WorkloadProfile): readonly Caveat[] {
  return autoscalerOf(knowledge, w) ? ['AUTOSCALED'] : [];
}

/** Share of what the workload holds that a smaller request gives back: a pod holds the larger of request and use. */
function freedShare(
  resource: Resource,
  w: WorkloadProfile,
  use: Use,
  request: number,
  proposed: number,
): number {
  const held = resource.name === 'cpu' ? w.cpuRequestSeconds : w.memoryRequestSeconds;
  // Over the window the request may have been another one for a while: only what it is now can be given back.
  const now = Math.min(1, held > 0 ? (request * w.podSeconds) / held : 1);
  return Math.max(0, 1 - Math.max(proposed, use.mean) / request) * now;
}
