/** From the sums of an hour by pod and node to those by workload and node, whatever the database. */
import type { ContainerUse, RowKind } from '../domain/model.js';
import type { EpochSeconds } from '../domain/units.js';
import type { ContainerHour, NodeHour, UsageHour, WorkloadHour } from '../ports/usage-profile.js';
import type { PodSum } from './pod-sums.js';

/** What is read of a pod's sums. */
export type PodSumOfHour = Pick<PodSum, 'basisId' | 'last' | 'cost' | 'near'>;

/** A pod, or a node's own share, as its sums are keyed. */
export interface EntityInfo {
  readonly kind: RowKind;
  readonly workloadId: number;
  readonly node: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
}

export interface BasisInfo {
  readonly gridZone: string;
  readonly currency: string;
}

export interface HistogramRecord {
  readonly workloadId: number;
  readonly cpu: Uint8Array;
  readonly memory: Uint8Array;
}

/** One description of a node within the hour; the last one comes last. */
export interface NodeHourRecord extends Omit<
  NodeHour,
  'seconds' | 'cpuSeconds' | 'memoryByteSeconds' | 'dynamic' | 'storage' | 'idle' | 'intervals'
> {
  readonly milliseconds: number;
  readonly cpuMicroseconds: number;
  readonly samples: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface WorkloadSum extends Writable<WorkloadHour> {
  readonly containers: ContainerHour[];
  /** Start of the last interval of the pod whose requests these are. */
  lastStart: number;
  /** Milliseconds by grid zone; null while there is only one. */
  zones: Map<string, number> | null;
  milliseconds: number;
}

interface OnNode {
  dynamic: number;
  storage: number;
  memoryByteSeconds: number;
  readonly idle: Writable<NodeHour['idle']>;
}

const NO_BYTES = new Uint8Array();

export class HourBuilder {
  readonly #start: EpochSeconds;
  readonly #bases: ReadonlyMap<number, BasisInfo>;
  readonly #workloads = new Map<number, WorkloadSum>();
  readonly #onNodes = new Map<string, OnNode>();
  readonly #nodes = new Map<string, Writable<NodeHour>>();
  #containers: readonly ContainerUse[] = [];

  constructor(start: EpochSeconds, bases: ReadonlyMap<number, BasisInfo>) {
    this.#start = start;
    this.#bases = bases;
  }

  addPod(sum: PodSumOfHour, entity: EntityInfo): void {
    this.#addToNode(sum, entity);
    if (entity.kind !== 'pod') return;
    const basis = this.#bases.get(sum.basisId)!;
    let w = this.#workloads.get(entity.workloadId);
    if (!w) this.#workloads.set(entity.workloadId, (w = newWorkload(entity, basis)));
    addUse(w, sum, entity);
    addZone(w, basis.gridZone, sum.near('milliseconds'));
    if (sum.cost !== null) {
      w.currency = basis.currency;
      w.cost = (w.cost ?? 0) + Number(sum.cost);
    }
  }

  addHistograms({ workloadId, cpu, memory }: HistogramRecord): void {
    const w = this.#workloads.get(workloadId);
    if (w) Object.assign(w, { cpu, memory });
  }

  /** @param uses by namespace, workload, type and container */
  addContainers(uses: readonly ContainerUse[]): void {
    this.#containers = uses;
  }

  addNode(record: NodeHourRecord): void {
    const { milliseconds, cpuMicroseconds, samples, ...described } = record;
    const before = this.#nodes.get(record.node);
    const own = this.#onNode(record.node);
    const cost = record.cost === null ? (before?.cost ?? null) : record.cost + (before?.cost ?? 0);
    this.#nodes.set(record.node, {
      ...described,
      energy: record.energy + (before?.energy ?? 0),
      operational: record.operational + (before?.operational ?? 0),
      embodied: record.embodied + (before?.embodied ?? 0),
      cost,
      seconds: milliseconds / 1000 + (before?.seconds ?? 0),
      cpuSeconds: cpuMicroseconds / 1e6 + (before?.cpuSeconds ?? 0),
      intervals: samples + (before?.intervals ?? 0),
      memoryByteSeconds: own.memoryByteSeconds,
      dynamic: own.dynamic,
      storage: own.storage,
      idle: own.idle,
    });
  }

  build(): UsageHour {
    const workloads = [...this.#workloads.values()];
    for (const w of workloads) if (w.zones) w.gridZone = longest(w.zones);
    workloads.sort(byName);
    attachContainers(workloads, this.#containers);
    return {
      start: this.#start,
      workloads,
      nodes: [...this.#nodes.values()].sort((a, b) => compare(a.node, b.node)),
    };
  }

  #onNode(node: string): OnNode {
    let own = this.#onNodes.get(node);
    if (!own) {
      own = {
        dynamic: 0,
        storage: 0,
        memoryByteSeconds: 0,
        idle: { energy: 0, operational: 0, embodied: 0, cost: null },
      };
      this.#onNodes.set(node, own);
    }
    return own;
  }

  #addToNode(sum: PodSumOfHour, { node, kind }: EntityInfo): void {
    const own = this.#onNode(node);
    own.dynamic += sum.near('dynamic');
    own.storage += sum.near('storage');
    own.memoryByteSeconds += sum.near('memoryByteSeconds');
    if (kind !== 'idle') return;
    own.idle.energy += sum.near('energy');
    own.idle.operational += sum.near('operational');
    own.idle.embodied += sum.near('embodied');
    if (sum.cost !== null) own.idle.cost = (own.idle.cost ?? 0) + Number(sum.cost);
  }
}

function addUse(w: WorkloadSum, sum: PodSumOfHour, { cpuRequest, memoryRequest }: EntityInfo): void {
  const seconds = sum.near('milliseconds') / 1000;
  w.energy += sum.near('energy');
  w.dynamic += sum.near('dynamic');
  w.storage += sum.near('storage');
  w.operational += sum.near('operational');
  w.embodied += sum.near('embodied');
  w.podSeconds += seconds;
  w.cpuSeconds += sum.near('cpuMicroseconds') / 1e6;
  w.memoryByteSeconds += sum.near('memoryByteSeconds');
  w.cpuRequestSeconds += (cpuRequest ?? 0) * seconds;
  w.memoryRequestSeconds += (memoryRequest ?? 0) * seconds;
  w.receivedBytes += sum.near('received');
  w.transmittedBytes += sum.near('transmitted');
  w.restarts += sum.near('restarts');
  w.samples += sum.near('samples');
  if (sum.last < w.lastStart) return;
  const isLater = sum.last > w.lastStart;
  w.lastStart = sum.last;
  w.cpuRequest = isLater ? cpuRequest : largest(w.cpuRequest, cpuRequest);
  w.memoryRequest = isLater ? memoryRequest : largest(w.memoryRequest, memoryRequest);
}

/** Of nearly all workloads all pods are in one zone. */
function addZone(w: WorkloadSum, gridZone: string, milliseconds: number): void {
  if (gridZone !== w.gridZone) w.zones ??= new Map([[w.gridZone, w.milliseconds]]);
  w.milliseconds += milliseconds;
  w.zones?.set(gridZone, (w.zones.get(gridZone) ?? 0) + milliseconds);
}

const byName = (a: Pick<WorkloadHour, 'namespace' | 'workload' | 'workloadType'>, b: typeof a): number =>
  compare(a.namespace, b.namespace) ||
  compare(a.workload, b.workload) ||
  compare(a.workloadType, b.workloadType);

/** Both in the order of names: one walk, as keys for each of many thousand workloads would cost more than all else. */
function attachContainers(workloads: readonly WorkloadSum[], uses: readonly ContainerUse[]): void {
  let at = 0;
  for (const use of uses) {
    const { namespace, workload } = use;
    const owner = { namespace, workload: workload.name, workloadType: workload.type };
    while (at < workloads.length && byName(workloads[at]!, owner) < 0) at++;
    const w = workloads[at];
    if (w && byName(w, owner) === 0) w.containers.push(use);
  }
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

const newWorkload = (
  { namespace, workload, workloadType }: EntityInfo,
  { gridZone, currency }: BasisInfo,
): WorkloadSum => ({
  namespace,
  workload,
  workloadType,
  gridZone,
  energy: 0,
  dynamic: 0,
  storage: 0,
  operational: 0,
  embodied: 0,
  cost: null,
  currency,
  podSeconds: 0,
  cpuSeconds: 0,
  memoryByteSeconds: 0,
  cpuRequestSeconds: 0,
  memoryRequestSeconds: 0,
  cpuRequest: null,
  memoryRequest: null,
  receivedBytes: 0,
  transmittedBytes: 0,
  restarts: 0,
  samples: 0,
  cpu: NO_BYTES,
  memory: NO_BYTES,
  containers: [],
  lastStart: -Infinity,
  zones: null,
  milliseconds: 0,
});

/** Of equal ones the first by name. */
function longest(zones: ReadonlyMap<string, number>): string {
  return [...zones].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))[0]?.[0] ?? '';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
