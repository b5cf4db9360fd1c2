/**
 * Which machines could go: their pods are packed onto the others, by requests, as far as it is known where each may run. A machine
 * goes whole or not at all.
 */
import type { ClusterKnowledge, KnownNode, PlacedPod, Taint } from './knowledge.js';
import type { NodeProfile } from './usage-window.js';

/** What a kubelet and the system usually keep of a machine, where it is not known: a twelfth. */
const ALLOCATABLE = 11 / 12;

type Place = Pick<
  NodeProfile,
  'node' | 'region' | 'zone' | 'architecture' | 'cpuCapacity' | 'memoryCapacity'
>;

interface Bin {
  readonly place: Place;
  readonly known: KnownNode | null;
  cpu: number;
  memory: number;
  pods: PlacedPod[];
}

/** Requests of pods may be other ones than those they have now; a pod that is to go is not in the list. */
export interface PackingInput {
  readonly nodes: readonly Place[];
  readonly pods: readonly PlacedPod[];
  readonly knowledge: Pick<ClusterKnowledge, 'nodes'>;
}

/**
 * Machines that can be drained one after the other (it yields after each that was tried), in the order in which they are tried: `first` in their order, then the
 * emptiest. Each leaves the rest fuller for the next.
 * @param mayGo which machines are tried at all; the others only take pods
 */
export function* drainable(
  { nodes, pods, knowledge }: PackingInput,
  mayGo: (node: string) => boolean,
  first: readonly string[] = [],
): Generator<void, readonly string[]> {
  const bins = new Map(
    nodes.map((place) => [place.node, binOf(place, knowledge.nodes?.get(place.node) ?? null)]),
  );
  for (const pod of pods) {
    const bin = bins.get(pod.node);
    if (bin) put(bin, pod);
  }
  const gone: string[] = [];
  for (const node of inOrder(
    [...bins.values()].filter((b) => mayGo(b.place.node)),
    first,
  )) {
    const bin = bins.get(node)!;
    bins.delete(node);
    if (movedTo(bin, [...bins.values()])) gone.push(node);
    else bins.set(node, bin);
    yield;
  }
  return gone;
}

/** Pods by the machine that they are on. */
export function podsByNode(pods: readonly PlacedPod[]): ReadonlyMap<string, readonly PlacedPod[]> {
  const found = new Map<string, PlacedPod[]>();
  for (const pod of pods) {
    const list = found.get(pod.node);
    if (list) list.push(pod);
    else found.set(pod.node, [pod]);
  }
  return found;
}

function binOf(place: Place, known: KnownNode | null): Bin {
  return {
    place,
    known,
    cpu: known ? known.cpuAllocatable : place.cpuCapacity * ALLOCATABLE,
    memory: known ? known.memoryAllocatable : place.memoryCapacity * ALLOCATABLE,
    pods: [],
  };
}

function put(bin: Bin, pod: PlacedPod): void {
  bin.cpu -= pod.cpuRequest;
  bin.memory -= pod.memoryRequest;
  bin.pods.push(pod);
}

/** Share of the machine that is taken, of the scarcer resource. */
const fullness = ({ place, cpu, memory }: Bin): number =>
  1 - Math.min(cpu / place.cpuCapacity, memory / place.memoryCapacity);

function inOrder(bins: readonly Bin[], first: readonly string[]): readonly string[] {
  const rank = new Map(first.map((node, i) => [node, i]));
  const rankOf = (bin: Bin) => rank.get(bin.place.node) ?? Infinity;
  return bins
    .map((bin) => ({ bin, fullness: fullness(bin) }))
    .sort(
      (a, b) =>
        compareRanks(rankOf(a.bin), rankOf(b.bin)) || a.fullness - b.fullness || compare(a.bin, b.bin),
    )
    .map(({ bin }) => bin.place.node);
}

const compareRanks = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
const compare = (a: Bin, b: Bin): number => (a.place.node < b.place.node ? -1 : 1);

/** All pods that do not go with the machine, largest first, each to the fullest of the others that takes it; all or none. */
function movedTo(from: Bin, others: readonly Bin[]): boolean {
  const pods = from.pods
    .filter((p) => !p.pinned)
    .sort((a, b) => b.cpuRequest - a.cpuRequest || b.memoryRequest - a.memoryRequest);
  const moved: { readonly bin: Bin; readonly pod: PlacedPod }[] = [];
  const open = others
    .filter((to) => isOpen(from, to))
    .sort((a, b) => fullness(b) - fullness(a) || compare(a, b));
  for (const pod of pods) {
    const bin = open.find((to) => takes(to, from, pod));
    if (!bin) {
      for (const { bin: to, pod: back } of moved) takeOut(to, back);
      return false;
    }
    put(bin, { ...pod, node: bin.place.node });
    moved.push({ bin, pod });
  }
  return true;
}

function takeOut(bin: Bin, pod: PlacedPod): void {
  bin.cpu += pod.cpuRequest;
  bin.memory += pod.memoryRequest;
  bin.pods.pop();
}

/** Whether pods of one machine may run on another at all: same region and architecture, and no taint that the first lacks. */
function isOpen(from: Bin, to: Bin): boolean {
  if (to.place.region !== from.place.region || to.place.architecture !== from.place.architecture)
    return false;
  if (to.known?.unschedulable) return false;
  const tolerated = new Set((from.known?.taints ?? []).map(taintKey));
  return (to.known?.taints ?? []).every((t) => t.effect === 'PreferNoSchedule' || tolerated.has(taintKey(t)));
}

const taintKey = ({ key, value, effect }: Taint): string => `${key}=${value}:${effect}`;

function takes(to: Bin, from: Bin, pod: PlacedPod): boolean {
  if (to.cpu < pod.cpuRequest || to.memory < pod.memoryRequest) return false;
  if (pod.zonal && to.place.zone !== from.place.zone) return false;
  return Object.entries(pod.nodeSelector).every(([key, value]) => to.known?.labels[key] === value);
}
