/**
 * What the two rightsizing rules share: a request is compared with what is used of it, weighted by time; container by container
 * where the use of each is known, else for the pod as a whole.
 */
import type { Histogram } from '../../histogram.js';
import { HOUR } from '../../interval.js';
import { requestBounds } from '../confidence.js';
import { autoscalerOf, hoursOf, targetOf, type Draft, type ScanFacts, type Shares } from '../facts.js';
import type { KnownContainer } from '../knowledge.js';
import type { Caveat, Details, RecommendationType } from '../model.js';
import { patchRequests, shareRequest } from '../patch.js';
import { MIN_DATA } from '../settings.js';
import { workloadKey, type ContainerProfile, type WorkloadProfile } from '../usage-window.js';

/** One resource of a workload, in its natural unit. */
export interface Resource {
  readonly type: RecommendationType;
  readonly name: 'cpu' | 'memory';
  /** Ends the names of figures: cores, bytes. */
  readonly unit: 'cores' | 'bytes';
  readonly threshold: number;
  readonly floor: number;
  readonly headroom: number;
  readonly requestOf: (of: WorkloadProfile | ContainerProfile | KnownContainer) => number | null;
  /** Use in `unit` divided by `scale`. */
  readonly useOf: (of: WorkloadProfile | ContainerProfile) => Histogram;
  readonly scale: number;
  /** Least that a new request may be, whatever the rest of the use says; 0: no such thing. */
  readonly least: (use: Use) => number;
  readonly caveats: readonly Caveat[];
  readonly shares: (freed: number) => Shares;
}

/** Use by a container, or by a pod, in the unit of the resource. */
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
  if (request === null || request <= 0 || use === null) return null;
  const known = facts.knowledge.containers?.get(workloadKey(w)) ?? null;
  const apart = toldApart(w, known, resource);
  const parts = apart.length > 0 ? apart : [{ container: '', request, use, hours: Infinity }];
  const cuts = parts.flatMap((part) => cutOf(part, resource));
  return cuts.length > 0 ? draftOf(facts, w, resource, { request, use, known, cuts }) : null;
}

/** What one request is judged by: of a container, or of a pod whose containers are not told apart. */
interface Part {
  /** Empty: the whole pod. */
  readonly container: string;
  readonly request: number;
  readonly use: Use;
  readonly hours: number;
}

interface Cut extends Part {
  readonly to: number;
}

interface Findings {
  /** Of a pod. */
  readonly request: number;
  readonly use: Use;
  readonly known: readonly KnownContainer[] | null;
  readonly cuts: readonly Cut[];
}

/** The containers that have a request and history enough. */
function toldApart(
  w: WorkloadProfile,
  known: readonly KnownContainer[] | null,
  resource: Resource,
): readonly Part[] {
  if (known !== null && known.length < 2) return [];
  return w.containers.flatMap((profile): Part[] => {
    const { container, hours } = profile;
    const now = known?.find(({ name }) => name === container);
    const request = resource.requestOf(profile) ?? (now ? resource.requestOf(now) : null);
    const use = useOf(resource.useOf(profile), resource.scale);
    const isGone = known !== null && now === undefined;
    if (isGone || !request || use === null || hours * HOUR < MIN_DATA) return [];
    return [{ container, request, use, hours }];
  });
}

function cutOf(part: Part, { threshold, headroom, floor, least }: Resource): Cut[] {
  const { use, request } = part;
  if (use.mean / request >= threshold) return [];
  const to = Math.max(targetRequest(use, headroom, floor), least(use));
  return to < request ? [{ ...part, to }] : [];
}

function draftOf(facts: ScanFacts, w: WorkloadProfile, resource: Resource, found: Findings): Draft {
  const { name, unit } = resource;
  const { request, use, known, cuts } = found;
  const hours = Math.min(hoursOf(facts.usage, w), ...cuts.map((cut) => cut.hours));
  const to = cuts.reduce((sum, cut) => sum + cut.to, 0);
  const kept = Math.max(0, request - cuts.reduce((sum, cut) => sum + cut.request, 0));
  const bounds = requestBounds(to, hours);
  const proposed = Math.min(kept + to, request);
  const evidence: Details = {
    ...figuresOf(use),
    unit,
    use_of_request_ratio: use.mean / request,
    restarts: w.restarts,
    ...(known && { containers: known.map((c) => c.name).join(', ') }),
    ...byContainer(cuts, ({ use: own, request: from }) => ({
      ...figuresOf(own),
      use_of_request_ratio: own.mean / from,
    })),
  };
  return {
    type: resource.type,
    target: targetOf(w, cuts.length === 1 ? nameOf(cuts[0]!, known) : ''),
    claims: { workloads: [workloadKey(w)] },
    shares: resource.shares(freedShare(resource, w, use, request, proposed)),
    hours,
    samples: w.samples,
    current: {
      [`${name}_request_${unit}`]: request,
      pods: Math.round(w.pods[w.last]! * 10) / 10,
      ...byContainer(cuts, (cut) => ({ [`${name}_request_${unit}`]: cut.request })),
    },
    proposed: {
      [`${name}_request_${unit}`]: proposed,
      [`${name}_request_${unit}_low`]: kept + bounds.low,
      [`${name}_request_${unit}_high`]: Math.min(kept + bounds.high, request),
      ...byContainer(cuts, (cut) => ({ [`${name}_request_${unit}`]: cut.to })),
    },
    evidence,
    caveats: [...unknownContainers(found), ...autoscalerCaveats(facts, w), ...resource.caveats],
    patch: patchRequests(
      { namespace: w.namespace, name: w.workload, kind: w.workloadType },
      name,
      cuts.flatMap(({ container, to: own }) =>
        container === '' ? shareRequest(name, own, known ?? []) : [{ container, to: own }],
      ),
    ),
  };
}

const figuresOf = ({ mean, p50, p95, p99, max }: Use): Details => ({ mean, p50, p95, p99, max });

/** Figures of containers under their names: names of containers have no dots. */
const byContainer = (cuts: readonly Cut[], of: (cut: Cut) => Details): Details =>
  Object.fromEntries(
    cuts
      .filter((cut) => cut.container !== '')
      .flatMap((cut) => Object.entries(of(cut)).map(([key, value]) => [`${cut.container}.${key}`, value])),
  );

/** Of a pod of one container that one. */
const nameOf = ({ container }: Cut, known: readonly KnownContainer[] | null): string =>
  container === '' && known?.length === 1 ? known[0]!.name : container;

function unknownContainers({ known, cuts }: Findings): readonly Caveat[] {
  if (cuts.every((cut) => cut.container !== '')) return [];
  if (known === null) return ['CONTAINERS_UNKNOWN'];
  return known.length > 1 ? ['CONTAINER_USE_UNKNOWN'] : [];
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
