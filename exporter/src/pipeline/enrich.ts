/**
 * What the Kubernetes API knows of a window that has just been observed: exact requests, owners to the top, what nodes are. For
 * intervals that have just ended; the inventory says nothing of older ones.
 *
 * Precedence, field by field:
 * - requests and workload of a pod: the inventory, which counts overhead and sidecars and follows every owner;
 * - labels of pods and nodes, provider, type, place of a node: what the window has, since it is of that very interval; the
 *   inventory where the window has nothing;
 * - volumes: the window's, in each namespace in which it has any; else the inventory's, shared among the pods of the window;
 * - size of a node, and everything that was measured: the window.
 *
 * No pod is added: one without any usage series was not there. A node is added only where pods of the window ran on it.
 */
import { endOf } from '../domain/interval.js';
import { nodeLabel } from '../domain/provider.js';
import type { NodeSample, PodSample, UsageWindow, VolumeShare, Workload } from '../domain/model.js';
import { bytes, seconds, type EpochSeconds } from '../domain/units.js';
import type { Inventory, InventoryNode, InventoryPod } from '../ports/inventory-source.js';

/** Pure; the same again when applied to its own result. */
export function enrich(window: UsageWindow, inventory: Inventory): UsageWindow {
  const known = indexOf(inventory);
  const names = countNameless(window.pods);
  const end = endOf(window.interval);
  const matches = window.pods.map((pod) => matchOf(pod, end, known, names));
  const volumes = new MissingVolumes(window, matches, known);
  const pods = window.pods.map((pod, i) => {
    const match = matches[i]!;
    return match === null ? pod : enrichPod(pod, match, volumes.of(pod, match));
  });
  return { ...window, nodes: enrichNodes(window, known), pods };
}

interface Index {
  readonly nodes: ReadonlyMap<string, InventoryNode>;
  readonly byUid: ReadonlyMap<string, InventoryPod>;
  /** By namespace and name, those that are there now first. */
  byName(): ReadonlyMap<string, readonly InventoryPod[]>;
  /** Size of each claim, by namespace and claim. */
  readonly claims: ReadonlyMap<string, number>;
}

/** An inventory is the same object until something changes, and a cycle may enrich several windows with it. */
const indices = new WeakMap<Inventory, Index>();

function indexOf(inventory: Inventory): Index {
  const known = indices.get(inventory);
  if (known !== undefined) return known;
  const { nodes, pods, departed = [], departedNodes = [] } = inventory;
  const claims = new Map<string, number>();
  for (const pod of pods) {
    for (const { claim, bytes: share } of pod.volumes) {
      const key = claimKey(pod.namespace, claim);
      claims.set(key, (claims.get(key) ?? 0) + share);
    }
  }
  let byName: ReadonlyMap<string, readonly InventoryPod[]> | null = null;
  const index: Index = {
    nodes: new Map([...departedNodes, ...nodes].map((node) => [node.name, node])),
    byUid: new Map([...departed, ...pods].map((pod) => [pod.uid, pod])),
    byName: () => (byName ??= named([...pods, ...departed.toReversed()])),
    claims,
  };
  indices.set(inventory, index);
  return index;
}

function named(pods: readonly InventoryPod[]): ReadonlyMap<string, readonly InventoryPod[]> {
  const map = new Map<string, InventoryPod[]>();
  for (const pod of pods) {
    const key = nameKey(pod.namespace, pod.name);
    const list = map.get(key);
    if (list) list.push(pod);
    else map.set(key, [pod]);
  }
  return map;
}

/** Neither namespaces nor names hold a slash. */
const nameKey = (namespace: string, name: string): string => `${namespace}/${name}`;
const claimKey = nameKey;
const nameOf = ({ namespace, pod }: PodSample): string => nameKey(namespace, pod);

/** How often each name occurs that occurs without a uid; most windows have none. */
function countNameless(pods: readonly PodSample[]): ReadonlyMap<string, number> {
  const counts = new Map(pods.filter(({ uid }) => uid === '').map((pod) => [nameOf(pod), 0]));
  if (counts.size === 0) return counts;
  for (const pod of pods) {
    const count = counts.get(nameOf(pod));
    if (count !== undefined) counts.set(nameOf(pod), count + 1);
  }
  return counts;
}

/**
 * By uid. Where the window does not know the uid: by name, if only one pod of that name is in the window, the last of that name
 * that was made before the window's end, if it is on the same node; one that was made again under its name later or elsewhere is
 * another.
 */
function matchOf(
  pod: PodSample,
  end: EpochSeconds,
  known: Index,
  names: ReadonlyMap<string, number>,
): InventoryPod | null {
  if (pod.uid !== '') return known.byUid.get(pod.uid) ?? null;
  if (names.get(nameOf(pod)) !== 1) return null;
  const match = known
    .byName()
    .get(nameOf(pod))
    ?.find(({ createdAt = -Infinity }) => createdAt < end);
  return match?.node === pod.node ? match : null;
}

const hasFinished = ({ phase }: InventoryPod): boolean => phase === 'Succeeded' || phase === 'Failed';

function enrichPod(pod: PodSample, match: InventoryPod, volumes: readonly VolumeShare[]): PodSample {
  // A finished pod reserves nothing; where the window has a request, it was still running for some of the interval.
  const reserves = !hasFinished(match);
  const known = {
    uid: match.uid,
    workload: sameWorkload(pod.workload, match.workload) ? pod.workload : match.workload,
    cpuRequest: reserves || pod.cpuRequest !== null ? (match.cpuRequest ?? pod.cpuRequest) : null,
    memoryRequest: reserves || pod.memoryRequest !== null ? (match.memoryRequest ?? pod.memoryRequest) : null,
    labels: filled(pod.labels, match.labels),
    volumes,
  };
  // Most pods of most clusters are what the series say; tens of thousands of copies are not.
  const same = (Object.keys(known) as (keyof typeof known)[]).every((key) => known[key] === pod[key]);
  return same ? pod : { ...pod, ...known };
}

const sameWorkload = (a: Workload, b: Workload): boolean => a.name === b.name && a.type === b.type;

/** The first, and from the second what it lacks; the same object when it lacks nothing. */
function filled(
  own: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lacking = Object.entries(more).filter(([key]) => (Object.hasOwn(own, key) ? own[key] === '' : true));
  return lacking.length === 0 ? own : { ...own, ...Object.fromEntries(lacking) };
}

/** Volumes for the namespaces of which the window has none: each claim split among the pods of the window that mount it. */
class MissingVolumes {
  private readonly told = new Set<string>();
  private readonly sharers = new Map<string, Set<string>>();

  constructor(
    window: UsageWindow,
    matches: readonly (InventoryPod | null)[],
    private readonly known: Index,
  ) {
    window.pods.forEach((pod, i) => {
      if (pod.volumes.length > 0) this.told.add(pod.namespace);
      for (const { claim } of matches[i]?.volumes ?? []) this.sharersOf(pod, claim).add(sampleKey(pod));
    });
  }

  of(pod: PodSample, { volumes }: InventoryPod): readonly VolumeShare[] {
    if (this.told.has(pod.namespace) || volumes.length === 0) return pod.volumes;
    return volumes.map(({ claim, bytes: share, media }) => {
      const size = this.known.claims.get(claimKey(pod.namespace, claim)) ?? share;
      return { bytes: bytes(size / this.sharersOf(pod, claim).size), media };
    });
  }

  private sharersOf(pod: PodSample, claim: string): Set<string> {
    const key = claimKey(pod.namespace, claim);
    const known = this.sharers.get(key) ?? new Set<string>();
    this.sharers.set(key, known);
    return known;
  }
}

const sampleKey = ({ namespace, pod, uid, node }: PodSample): string => `${namespace}/${pod}/${uid}/${node}`;

function enrichNodes({ nodes, pods }: UsageWindow, known: Index): readonly NodeSample[] {
  const there = new Set(nodes.map(({ node }) => node));
  const longest = new Map<string, number>();
  for (const pod of pods) {
    if (!there.has(pod.node)) longest.set(pod.node, Math.max(longest.get(pod.node) ?? 0, pod.seconds));
  }
  const added = [...longest].flatMap(([name, time]) => {
    const node = known.nodes.get(name);
    return node === undefined || !(time > 0) ? [] : [sampleOf(node, time)];
  });
  const enriched = nodes.map((node) => {
    const match = known.nodes.get(node.node);
    return match === undefined ? node : enrichNode(node, match);
  });
  if (added.length === 0) return enriched;
  return [...enriched, ...added].toSorted((a, b) => (a.node < b.node ? -1 : 1));
}

function enrichNode(node: NodeSample, match: InventoryNode): NodeSample {
  const facts = factsOf(match);
  return {
    ...node,
    providerId: node.providerId || facts.providerId,
    instanceType: node.instanceType || facts.instanceType,
    region: node.region || facts.region,
    zone: node.zone || facts.zone,
    architecture: node.architecture || facts.architecture,
    labels: filled(node.labels, facts.labels),
  };
}

/** A node that is known only from the pods on it, for as long as the longest of them. */
const sampleOf = (node: InventoryNode, time: number): NodeSample => ({
  node: node.name,
  seconds: seconds(time),
  cpuCapacity: node.cpuCapacity,
  memoryCapacity: node.memoryCapacity,
  cpuSeconds: null,
  ...factsOf(node),
});

/** A node's labels say what it is; their keys get the form in which the window has them. */
function factsOf({ providerId, labels }: InventoryNode) {
  const first = (...keys: string[]): string => {
    for (const key of keys) {
      const value = nodeLabel(labels, key);
      if (value !== undefined) return value;
    }
    return '';
  };
  return {
    providerId,
    instanceType: first('node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'),
    region: first('topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'),
    zone: first('topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'),
    architecture: first('kubernetes.io/arch', 'beta.kubernetes.io/arch'),
    labels: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [key.replace(/[^a-zA-Z0-9_]/g, '_'), value]),
    ),
  };
}
