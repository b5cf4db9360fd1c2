/**
 * Usage and factors in, amounts out: energy, emissions and cost of every pod, every node's system and idle share, and the
 * nodes themselves. Pure: the same window and factors give the same result in any order of their entries.
 */
import { apportion } from './apportion.js';
import {
  addSplits,
  sharesOf,
  splitByReservation,
  splitByUse,
  splitLike,
  type Shares,
  type Split,
} from './attribution.js';
import { embodiedEmissions, operationalEmissions } from './carbon/emissions.js';
import { nodeCost } from './cost/node-cost.js';
import { splitGpu } from './energy/gpu.js';
import { nodeEnergy, volumeEnergy, type NodeEnergy } from './energy/node-energy.js';
import type { NodeFactors } from './factors.js';
import type {
  NodeRow,
  NodeSample,
  PodSample,
  Provenance,
  Reason,
  Row,
  RowKind,
  UsageWindow,
} from './model.js';
import type { ModelSettings } from './settings.js';
import { bytes, micrograms, millijoules, nanoCurrency, seconds, wholeMicroseconds } from './units.js';

export interface Computed {
  readonly nodes: readonly NodeRow[];
  readonly rows: readonly Row[];
  /** Pods whose node the window does not describe: without a machine there is no energy to share. */
  readonly orphans: readonly PodSample[];
}

/** @param factorsOf factors of each node of the window, by node name; every node must be there */
export function computeInterval(
  window: UsageWindow,
  factorsOf: ReadonlyMap<string, NodeFactors>,
  settings: ModelSettings,
): Computed {
  const podsOf = groupByNode(window.pods);
  const nodes: NodeRow[] = [];
  const rows: Row[] = [];
  for (const node of window.nodes.toSorted((a, b) => compare(a.node, b.node))) {
    const factors = factorsOf.get(node.node);
    if (!factors) throw new Error(`no factors for node ${node.node}`);
    const pods = (podsOf.get(node.node) ?? []).toSorted(comparePods);
    podsOf.delete(node.node);
    const computed = computeNode(node, pods, factors, settings, window.coverage < 1);
    nodes.push(computed.node);
    for (const row of computed.rows) rows.push(row);
  }
  return { nodes, rows, orphans: [...podsOf.values()].flat().toSorted(comparePods) };
}

function groupByNode(pods: readonly PodSample[]): Map<string, PodSample[]> {
  const byNode = new Map<string, PodSample[]>();
  for (const pod of pods) {
    const list = byNode.get(pod.node);
    if (list) list.push(pod);
    else byNode.set(pod.node, [pod]);
  }
  return byNode;
}

/** By code unit, not locale: the order decides who gets a remainder and must be the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePods(a: PodSample, b: PodSample): number {
  return compare(a.namespace, b.namespace) || compare(a.pod, b.pod) || compare(a.uid, b.uid);
}

/** The amounts of one node, each split among its pods, system and idle. */
interface Amounts {
  readonly energy: Split;
  readonly dynamic: Split;
  readonly storage: readonly number[];
  readonly operational: Split;
  readonly embodied: Split;
  readonly cost: Split | null;
}

function computeNode(
  node: NodeSample,
  pods: readonly PodSample[],
  factors: NodeFactors,
  settings: ModelSettings,
  partial: boolean,
): { node: NodeRow; rows: Row[] } {
  const seen = settings.systemRow ? node : { ...node, cpuSeconds: null };
  const shares = sharesOf(seen, pods, settings.idleAttribution);
  const used = shares.use.pods.reduce((a, b) => a + b, 0) + shares.use.system;
  const model = nodeEnergy(node, used, factors.profile, settings.curve);
  const amounts = splitAmounts(node, pods, factors, settings, shares, model);
  const row = nodeRow(node, factors, amounts, model, used, partial);
  return { node: row, rows: rowsOf(seen, pods, amounts, shares.use.system) };
}

function splitAmounts(
  node: NodeSample,
  pods: readonly PodSample[],
  factors: NodeFactors,
  settings: ModelSettings,
  shares: Shares,
  model: NodeEnergy,
): Amounts {
  const parts = [model.dynamic, model.idle, model.memory].map((j) => Math.round(j * 1000));
  const gpu = splitGpu(factors.gpu, pods, mostOfGpus(factors));
  // A meter's total replaces the model's; its parts keep the model's proportions, so the node law holds unchanged.
  const metered =
    factors.measured && factors.measured.energy - (factors.measured.wholeMachine ? sum(gpu) : 0);
  const [dynamicMj, idleMj, memoryMj] = metered === null ? parts : apportion(metered, parts);
  const dynamic = splitByUse(dynamicMj!, shares);
  const machine = addSplits(
    addSplits(dynamic, splitByReservation(idleMj!, shares.cpu)),
    splitByReservation(memoryMj!, shares.memory),
  );
  const storage = pods.map((p) => storageOf(p));
  const energy = addSplits(addSplits(machine, gpu), { pods: storage, system: 0, idle: 0 });
  const operational = operationalEmissions(
    millijoules(sum(energy)),
    factors.pue.pue,
    factors.intensity.value,
  );
  const embodied = embodiedEmissions(factors.embodied.total, node.seconds, settings.hardwareLifespanYears);
  return {
    energy,
    dynamic,
    storage,
    operational: splitLike(operational, energy),
    embodied: splitByReservation(embodied, shares.cpu),
    cost: costOf(node, factors, shares),
  };
}

/** Where a meter saw the whole machine, its GPUs have at most that. */
function mostOfGpus({ measured }: NodeFactors): number {
  return measured?.wholeMachine ? measured.energy : Infinity;
}

function storageOf(pod: PodSample): number {
  return pod.volumes.reduce(
    (mj, v) => mj + Math.round(volumeEnergy(v.bytes, v.media, pod.seconds) * 1000),
    0,
  );
}

function costOf(node: NodeSample, factors: NodeFactors, shares: Shares): Split | null {
  if (!factors.price) return null;
  const cost = nodeCost(node, factors.price);
  return addSplits(splitByReservation(cost.cpu, shares.cpu), splitByReservation(cost.memory, shares.memory));
}

function sum(split: Split): number {
  return split.pods.reduce((a, b) => a + b, 0) + split.system + split.idle;
}

function nodeRow(
  node: NodeSample,
  factors: NodeFactors,
  amounts: Amounts,
  model: NodeEnergy,
  used: number,
  partial: boolean,
): NodeRow {
  const modelled = [model.dynamic, model.idle, model.memory].reduce((mj, j) => mj + Math.round(j * 1000), 0);
  const storage = amounts.storage.reduce((a, b) => a + b, 0);
  return {
    node: node.node,
    seconds: node.seconds,
    instanceType: node.instanceType,
    region: node.region,
    zone: node.zone,
    architecture: node.architecture,
    cpuCapacity: node.cpuCapacity,
    memoryCapacity: node.memoryCapacity,
    cpuSeconds: wholeMicroseconds(used),
    energy: millijoules(sum(amounts.energy)),
    estimatedEnergy: millijoules(modelled + storage + (factors.gpu?.whole ?? 0)),
    measuredEnergy: factors.measured?.energy ?? null,
    measuredSource: factors.measured?.source ?? '',
    meters: factors.meters,
    operational: micrograms(sum(amounts.operational)),
    embodied: micrograms(sum(amounts.embodied)),
    cost: amounts.cost && nanoCurrency(sum(amounts.cost)),
    embodiedTotal: factors.embodied.total,
    provenance: provenanceOf(node, factors, model, partial),
  };
}

const PRICE_REASONS: readonly Reason[] = ['PRICE_DEFAULT', 'PRICE_TABLE'];

function provenanceOf(
  node: NodeSample,
  factors: NodeFactors,
  model: NodeEnergy,
  partial: boolean,
): Provenance {
  const reasons = new Set<Reason>([
    ...(factors.measured ? [] : (['POWER_MODEL', ...factors.profile.reasons] as const)),
    ...factors.reasons,
    ...factors.pue.reasons,
    ...factors.intensity.reasons,
    ...factors.embodied.reasons,
    ...(factors.price?.reasons ?? []),
    ...(node.cpuSeconds === null ? (['NODE_CPU_UNKNOWN'] as const) : []),
    ...(partial ? (['COVERAGE_PARTIAL'] as const) : []),
  ]);
  return {
    method: factors.measured ? 'measured' : factors.profile.fit ? 'calibrated' : 'estimated',
    // How a price was found says nothing about energy and emissions.
    estimated: [...reasons].some((r) => !PRICE_REASONS.includes(r)),
    reasons: [...reasons].toSorted(compare),
    provider: factors.provider,
    gridZone: factors.gridZone,
    pue: factors.pue.pue,
    pueSource: factors.pue.source,
    intensity: factors.intensity.value,
    intensitySource: factors.intensity.source,
    intensityTime: factors.intensity.time,
    powerProfile: factors.profile.name,
    powerBand: factors.measured?.band ?? model.band,
    pueBand: factors.pue.band,
    intensityBand: factors.intensity.band,
    embodiedBand: factors.embodied.band,
  };
}

function rowsOf(node: NodeSample, pods: readonly PodSample[], amounts: Amounts, systemCpu: number): Row[] {
  const rows = pods.map((pod, i): Row => {
    const { node: podNode, volumes: _volumes, ...usage } = pod;
    return {
      kind: 'pod',
      ...usage,
      node: podNode,
      energy: millijoules(amounts.energy.pods[i]!),
      dynamic: millijoules(amounts.dynamic.pods[i]!),
      storage: millijoules(amounts.storage[i]!),
      operational: micrograms(amounts.operational.pods[i]!),
      embodied: micrograms(amounts.embodied.pods[i]!),
      cost: amounts.cost && nanoCurrency(amounts.cost.pods[i]!),
    };
  });
  // A system row exists only where something measured the machine outside its pods; an idle row always does.
  if (node.cpuSeconds !== null) rows.push(nodeShare('system', node, amounts, systemCpu));
  rows.push(nodeShare('idle', node, amounts, 0));
  return rows;
}

function nodeShare(kind: Exclude<RowKind, 'pod'>, node: NodeSample, amounts: Amounts, cpu: number): Row {
  return {
    kind,
    node: node.node,
    namespace: '',
    pod: '',
    uid: '',
    workload: { name: '', type: '' },
    labels: {},
    cpuRequest: null,
    memoryRequest: null,
    seconds: seconds(node.seconds),
    energy: millijoules(amounts.energy[kind]),
    dynamic: millijoules(amounts.dynamic[kind]),
    storage: millijoules(0),
    operational: micrograms(amounts.operational[kind]),
    embodied: micrograms(amounts.embodied[kind]),
    cost: amounts.cost && nanoCurrency(amounts.cost[kind]),
    cpuSeconds: wholeMicroseconds(cpu),
    memoryBytes: bytes(0),
    receivedBytes: bytes(0),
    transmittedBytes: bytes(0),
    readBytes: bytes(0),
    writtenBytes: bytes(0),
    restarts: 0,
  };
}
