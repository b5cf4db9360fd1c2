/**
 * The power of metered machines as a function of use and memory: P = a + b*u^c + m*GB, all per vCPU. Least squares, weighted by
 * time. The exponent is searched, with a mild prior that only decides where the data do not; m is found only where machines
 * differ in memory per vCPU, else it is the published figure, which then merely says how the constant part is split.
 *
 * Machines of one kind differ by several percent, and busy ones are not the same as idle ones: pooled as if they were one, their
 * differences would pass for an effect of use. So each has a factor of its own, found with the rest, and the fit is that of the
 * machine in the middle.
 */
import { MEMORY_WATTS_PER_GB } from './node-energy.js';

/** Mean power seen at one utilisation. */
export interface PowerPoint {
  /** Which machine; points of one share its factor. */
  readonly machine: string;
  /** Utilisation, 0..1. */
  readonly u: number;
  /** W per vCPU. */
  readonly watts: number;
  /** GB of memory per vCPU. */
  readonly gb: number;
  /** Number of intervals behind it. */
  readonly samples: number;
}

export interface PowerFit {
  /** W per vCPU without load and without memory. */
  readonly a: number;
  /** W per vCPU between no and full load. */
  readonly b: number;
  /** Exponent of utilisation. */
  readonly c: number;
  /** W per GB. */
  readonly m: number;
  /** Memory per vCPU of the machines, GB, mean over time. */
  readonly gb: number;
  /** Share of the variance explained; null where power never changed. */
  readonly r2: number | null;
  /** W per vCPU. */
  readonly rmse: number;
  /** Intervals. */
  readonly n: number;
}

/** W per vCPU of a machine with `gb` per vCPU; by default the machines' own mean. */
export const powerAt = (fit: Pick<PowerFit, 'a' | 'b' | 'c' | 'm' | 'gb'>, u: number, gb = fit.gb): number =>
  fit.a + fit.b * u ** fit.c + fit.m * gb;

/** Between a straight line and the concave curve of SPECpower servers; wide, so that data overrule it at once. */
const EXPONENT = { mean: 0.75, deviation: 0.25 } as const;
/** Flatter or steeper curves are no machine. */
const EXPONENTS = Array.from({ length: 131 }, (_, i) => (20 + i) / 100);
/** Below this relative spread of memory per vCPU its draw cannot be told from the constant. */
const MEMORY_SPREAD = 0.1;
/** Fewer tenths of utilisation than this do not show a curve. */
export const FEWEST_DECILES = 3;
/** Intervals that fill a tenth of utilisation. */
const FILLED = 3;

/** Tenth of utilisation, 0..9; full load belongs to the last. */
export const decileOf = (u: number): number => Math.min(9, Math.max(0, Math.floor(u * 10 + 1e-9)));

/** Tenths of utilisation with enough intervals to count. */
export function filledDeciles(points: readonly Pick<PowerPoint, 'u' | 'samples'>[]): number {
  const counts = new Array<number>(10).fill(0);
  for (const { u, samples } of points) counts[decileOf(u)]! += samples;
  return counts.filter((count) => count >= FILLED).length;
}

/** Null: too narrow a range of utilisation, or power that does not rise with use, or falls below zero without any. */
export function fitPower(all: readonly PowerPoint[]): PowerFit | null {
  const points = all.filter((p) => p.samples > 0).toSorted(byValue);
  if (filledDeciles(points) < FEWEST_DECILES) return null;
  const n = points.reduce((sum, p) => sum + p.samples, 0);
  const best = withMachines(points, n);
  if (!(best.b > 0) || !(best.idle > 0)) return null;
  // A share of memory that leaves nothing for the processor is too large.
  const m = Math.min(best.m, best.gb > 0 ? best.idle / best.gb : 0);
  const { b, c, gb, sse } = best;
  return { a: best.idle - m * gb, b, c, m, gb, n, rmse: Math.sqrt(sse / n), r2: explained(points, n, sse) };
}

/** Any order of the points gives the same sums. */
function byValue(p: PowerPoint, q: PowerPoint): number {
  const names = p.machine < q.machine ? -1 : p.machine > q.machine ? 1 : 0;
  return names || p.u - q.u || p.watts - q.watts || p.gb - q.gb || p.samples - q.samples;
}

const MOST_ROUNDS = 200;
/** Factors that move by less are found. */
const SETTLED = 1e-7;

/** Curve and factors in turn, each given the other, until they settle. */
function withMachines(points: readonly PowerPoint[], n: number): Solution {
  let factors = new Map(points.map((p) => [p.machine, 1]));
  let best = search(points, n, EXPONENTS);
  for (let round = 0; factors.size > 1 && round < MOST_ROUNDS; round++) {
    const next = factorsOf(points, best);
    const moved = Math.max(...[...next].map(([machine, factor]) => Math.abs(factor - factors.get(machine)!)));
    factors = next;
    const even = evened(points, factors, best.m);
    const near = EXPONENTS.filter((c) => Math.abs(c - best.c) < 0.035);
    best = search(even, n, near);
    if (moved < SETTLED) break;
  }
  return best;
}

/** Every machine as if its processors were the middle one's. Memory differs less than processors do. */
function evened(
  points: readonly PowerPoint[],
  factors: ReadonlyMap<string, number>,
  m: number,
): readonly PowerPoint[] {
  return points.map((p) => ({ ...p, watts: (p.watts - m * p.gb) / factors.get(p.machine)! + m * p.gb }));
}

/** What each machine's processors draw against the curve; 1 in the mean over machines. */
function factorsOf(points: readonly PowerPoint[], curve: Solution): Map<string, number> {
  const sums = new Map<string, { seen: number; expected: number }>();
  for (const p of points) {
    const sum = sums.get(p.machine) ?? { seen: 0, expected: 0 };
    const expected = curve.idle - curve.m * curve.gb + curve.b * p.u ** curve.c;
    sum.seen += p.samples * expected * (p.watts - curve.m * p.gb);
    sum.expected += p.samples * expected ** 2;
    sums.set(p.machine, sum);
  }
  // A machine that does not draw more than its memory is said to has no factor to be found.
  const raw = [...sums].map(
    ([machine, { seen, expected }]) => [machine, seen > 0 && expected > 0 ? seen / expected : 1] as const,
  );
  const middle = raw.reduce((sum, [, factor]) => sum + factor, 0) / raw.length;
  return new Map(raw.map(([machine, factor]) => [machine, factor / middle]));
}

/** The exponent that explains most, unless the data do not care. */
function search(points: readonly PowerPoint[], n: number, exponents: readonly number[]): Solution {
  const candidates = exponents.map((c) => solve(points, c));
  const noise = Math.min(...candidates.map((each) => each.sse)) / Math.max(1, n - 4);
  const penalty = (c: number): number => noise * ((c - EXPONENT.mean) / EXPONENT.deviation) ** 2;
  return candidates.reduce((x, y) => (y.sse + penalty(y.c) < x.sse + penalty(x.c) ? y : x));
}

interface Solution {
  readonly c: number;
  readonly b: number;
  readonly m: number;
  readonly gb: number;
  /** Constant part of a machine with `gb`, memory included. */
  readonly idle: number;
  readonly sse: number;
}

function solve(points: readonly PowerPoint[], c: number): Solution {
  const x = points.map((p) => p.u ** c);
  const w = points.map((p) => p.samples);
  const g = points.map((p) => p.gb);
  const y = points.map((p) => p.watts);
  const [mx, mg, my] = [mean(x, w), mean(g, w), mean(y, w)];
  const [xx, xg, gg] = [moment(x, mx, x, mx, w), moment(x, mx, g, mg, w), moment(g, mg, g, mg, w)];
  const [xy, gy] = [moment(x, mx, y, my, w), moment(g, mg, y, my, w)];
  const determinant = xx * gg - xg * xg;
  const varied = mg > 0 && Math.sqrt(gg) > MEMORY_SPREAD * mg && determinant > 1e-6 * xx * gg;
  const free = varied ? (xx * gy - xg * xy) / determinant : MEMORY_WATTS_PER_GB.central;
  const m = Math.min(Math.max(free, MEMORY_WATTS_PER_GB.low), MEMORY_WATTS_PER_GB.high);
  const b = xx > 0 ? (xy - m * xg) / xx : 0;
  const idle = my - b * mx;
  const sse = points.reduce(
    (sum, p, i) => sum + w[i]! * (p.watts - idle - b * x[i]! - m * (p.gb - mg)) ** 2,
    0,
  );
  return { c, b, m, gb: mg, idle, sse };
}

const mean = (values: readonly number[], weights: readonly number[]): number =>
  values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((a, b) => a + b, 0);

function moment(
  p: readonly number[],
  mp: number,
  q: readonly number[],
  mq: number,
  weights: readonly number[],
): number {
  const products = p.map((value, i) => (value - mp) * (q[i]! - mq));
  return mean(products, weights);
}

function explained(points: readonly PowerPoint[], n: number, sse: number): number | null {
  const weights = points.map((p) => p.samples);
  const watts = points.map((p) => p.watts);
  const average = mean(watts, weights);
  const total = moment(watts, average, watts, average, weights) * n;
  return total > 1e-12 * average ** 2 * n ? 1 - sse / total : null;
}
