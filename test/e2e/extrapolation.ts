/**
 * How far energy computed from Prometheus' increase() may be from the closed form of the demo world, and why.
 *
 * Let h be the scrape interval. The world's rates are constant on cells of 60 s.
 *
 * 1. A counter that lives through the whole interval of length T. increase() takes the difference between the first and the last
 *    sample inside and stretches it over the two edges that no pair of samples spans; scrapes are periodic, so the edges are
 *    together at most h long. There it puts the mean rate where the truth is some rate of the interval: the error is at most
 *    h * (largest - smallest rate of the interval), in CPU-seconds.
 * 2. Where a container begins or ends inside, up to h of its use has no sample, and increase() goes on past the outermost sample
 *    by at most 1.1 h; with a single sample it sees nothing of a life shorter than 2 h. At most 2 h * largest rate for each
 *    beginning and each end; a restart is both.
 * 3. Seconds of a pod or a node are counted scrapes of kube-state-metrics: exact when it was there throughout, else at most
 *    2 h off, and so is everything that goes by seconds: its request, its volumes, its part of the memory.
 *    Mean memory has as many samples in one cell as in another and is exact but for whole bytes.
 *
 * From CPU-seconds to joules. Let K = full - idle power of a vCPU, w its idle power, D the error of the node's CPU-seconds and
 * d the error of the pod's. Node: dynamic power is K times a concave curve whose slope is at most 2.2, so 2.2 K D. Pod: its part
 * of the dynamic energy moves with its own error, and through the node's use with that, 2.2 K (d + s D), s its share; its
 * hold on the idle part is max(request, use), so w times the larger of d and of what the request moves.
 */
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import type { World, WorldNode, WorldPod } from '../../exporter/src/demo/world.js';

const CELL = 60;

/** Largest and smallest rate within a range, CPU-seconds a second, and how often something began or ended within. */
interface Course {
  readonly least: number;
  readonly most: number;
  readonly changes: number;
}

/** Bound of the error of CPU-seconds, by points 1 and 2. */
const cpuError = ({ least, most, changes }: Course, h: number): number =>
  h * (most - least) + 2 * h * most * changes;

/** Pieces of the range on which every rate of these lives is constant. */
function pieces(range: TimeRange, edges: readonly number[]): TimeRange[] {
  const cuts = new Set<number>([range.from, range.to]);
  for (let t = Math.ceil(range.from / CELL) * CELL; t < range.to; t += CELL) cuts.add(t);
  for (const edge of edges) if (edge > range.from && edge < range.to) cuts.add(edge);
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted
    .slice(1)
    .map((to, i) => ({ from: epochSeconds(sorted[i]!), to: epochSeconds(to) }))
    .filter(({ from, to }) => to > from);
}

type Life = Pick<WorldNode, 'bornAt' | 'diesAt'>;

const changesOf = ({ bornAt, diesAt }: Life, { from, to }: TimeRange): number =>
  Number(bornAt > from && bornAt < to) + Number(diesAt > from && diesAt < to);

function courseOfPod(world: World, pod: WorldPod, range: TimeRange): Course {
  const rates = pieces(range, [pod.bornAt, pod.diesAt]).map((piece) => {
    return world.usage(pod, piece).cpuSeconds / (piece.to - piece.from);
  });
  return {
    least: Math.min(...rates),
    most: Math.max(...rates),
    changes: changesOf(pod, range) + 2 * world.restarts(pod, range).length,
  };
}

/** Of the machine's own counter, which goes on whatever its pods do. */
function courseOfNode(world: World, node: WorldNode, pods: readonly WorldPod[], range: TimeRange): Course {
  const edges = [node, ...pods].flatMap(({ bornAt, diesAt }) => [bornAt, diesAt]);
  const rates = pieces(range, edges).map((piece) => {
    const used = pods.reduce((sum, pod) => sum + world.usage(pod, piece).cpuSeconds, 0);
    return (used + world.systemCpuSeconds(node, piece)) / (piece.to - piece.from);
  });
  return { least: Math.min(...rates), most: Math.max(...rates), changes: changesOf(node, range) };
}

/** Watts per vCPU at rest and at full load. */
export interface VcpuPower {
  readonly idle: number;
  readonly full: number;
}

/** Steepest part of the curve between idle and full power: 22 % of the span on the first tenth of the load. */
const STEEPEST = 2.2;

/** J. */
export interface Bounds {
  readonly node: number;
  /** In the order of the pods given. */
  readonly pods: readonly number[];
}

/** SSD volumes and memory, the larger of the model's coefficients. */
const VOLUME_WATTS_PER_BYTE = 1.2e-12;
const MEMORY_WATTS_PER_BYTE = 0.392e-9;
const GIB = 2 ** 30;
const MIB = 2 ** 20;
/** Amounts are whole millijoules of a few parts, J. */
const ROUNDING = 0.01;

/** How far the energy of a node and of each of its pods within one interval may be off. `pods`: all of this node. */
export function energyBounds(
  world: World,
  node: WorldNode,
  pods: readonly WorldPod[],
  range: TimeRange,
  power: VcpuPower,
  h: number,
): Bounds {
  const used = pods.map((pod) => world.usage(pod, range).cpuSeconds as number);
  const system = world.systemCpuSeconds(node, range);
  const machine = courseOfNode(world, node, pods, range);
  const errors = pods.map((pod) => cpuError(courseOfPod(world, pod, range), h));
  // What a node used is its own counter, or the sum of its pods' where that is more.
  const D = Math.max(cpuError(machine, h), sum(errors) - system);
  const total = sum(used) + system;
  // Where the node itself came or went, its use says nothing about what its power was shared by.
  const ofAll = machine.changes === 0 && D < total / 2 ? D / (total - D) : 1;
  const steep = STEEPEST * (power.full - power.idle);
  const late = (life: Life) => (changesOf(life, range) > 0 ? 2 * h : 0);
  const perPod = pods.map((pod, i) => {
    // Power shared per CPU-second is never above the steepest.
    const byUse = (steep + power.idle) * errors[i]! + steep * used[i]! * ofAll;
    return byUse + wattsBySeconds(pod, power) * late(pod) + ROUNDING;
  });
  const volumes = sum(pods.map((pod) => volumeWatts(pod) * late(pod)));
  const whole = power.full * node.cpuCapacity + MEMORY_WATTS_PER_BYTE * node.memoryCapacity;
  return { node: steep * D + volumes + whole * late(node) + ROUNDING, pods: perPod };
}

/** What a pod draws by being there, whatever it does: by its request, its memory and its volume. */
function wattsBySeconds(pod: WorldPod, power: VcpuPower): number {
  const { cpuRequest, memoryRequest, memory } = pod.workload.plan;
  const bytes = Math.max(memoryRequest ?? 0, memory[0] + memory[1]) * MIB;
  return power.idle * (cpuRequest ?? 0) + MEMORY_WATTS_PER_BYTE * bytes + volumeWatts(pod);
}

const volumeWatts = ({ workload }: WorldPod): number =>
  VOLUME_WATTS_PER_BYTE * (workload.plan.volume?.gib ?? 0) * GIB;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** By "namespace/name": a pod of the same name may follow another on one node. */
export function sumByName(pods: readonly WorldPod[], values: readonly number[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  pods.forEach(({ namespace, name }, i) => {
    const key = `${namespace}/${name}`;
    sums.set(key, (sums.get(key) ?? 0) + values[i]!);
  });
  return sums;
}
