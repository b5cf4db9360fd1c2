/**
 * The same work before and after a release, compared at the same load: hours are sorted into classes of load, and within a class
 * what an hour took per unit of work is compared. Ratios are of geometric means, with a 95 % interval that allows for hours
 * resembling the ones before them.
 */

/** One hour of one revision, in which no other revision ran. */
export interface LoadHour {
  readonly hour: number;
  /** Units of work done, > 0. */
  readonly units: number;
  /** What they took, > 0; in any unit. */
  readonly amount: number;
}

export interface Change {
  /** Per unit, at matched load. */
  readonly before: number;
  readonly after: number;
  /** after / before, with its 95 % interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Hours that were matched, on both sides together. */
  readonly hours: number;
}

/** Classes of load at most, and hours of each side that a class needs. */
const CLASSES = 8;
const MIN_IN_CLASS = 3;
/** Hours of each side that must be matched. */
export const MIN_MATCHED = 12;
/** Two-sided 95 % of a normal distribution. */
const Z95 = 1.96;

interface Sample {
  readonly hour: number;
  /** Natural logarithm of the amount per unit. */
  readonly value: number;
}

interface LoadClass {
  readonly before: readonly Sample[];
  readonly after: readonly Sample[];
}

/** @returns null when too few hours of the two sides have a load in common */
export function compareMatched(before: readonly LoadHour[], after: readonly LoadHour[]): Change | null {
  const classes = classesOf(before, after);
  const matched = (side: keyof LoadClass): number => classes.reduce((n, c) => n + c[side].length, 0);
  if (matched('before') < MIN_MATCHED || matched('after') < MIN_MATCHED) return null;
  let [weights, low, high, variance] = [0, 0, 0, 0];
  for (const c of classes) {
    const weight = (c.before.length * c.after.length) / (c.before.length + c.after.length);
    const [b, a] = [statsOf(c.before), statsOf(c.after)];
    weights += weight;
    low += weight * b.mean;
    high += weight * a.mean;
    variance += weight ** 2 * (b.variance / c.before.length + a.variance / c.after.length);
  }
  const [meanBefore, meanAfter] = [low / weights, high / weights];
  const width = Z95 * (Math.sqrt(variance) / weights) * Math.sqrt(inflation(classes));
  const difference = meanAfter - meanBefore;
  return {
    before: Math.exp(meanBefore),
    after: Math.exp(meanAfter),
    ratio: Math.exp(difference),
    low: Math.exp(difference - width),
    high: Math.exp(difference + width),
    hours: matched('before') + matched('after'),
  };
}

/** Classes of about equal numbers of hours, those with enough of both sides. */
function classesOf(before: readonly LoadHour[], after: readonly LoadHour[]): readonly LoadClass[] {
  const loads = [...before, ...after].map(({ units }) => units).toSorted((a, b) => a - b);
  const edges = Array.from(
    { length: CLASSES - 1 },
    (_, i) => loads[Math.ceil(((i + 1) * loads.length) / CLASSES) - 1]!,
  );
  const classOf = ({ units }: LoadHour): number => {
    const found = edges.findIndex((edge) => units <= edge);
    return found === -1 ? CLASSES - 1 : found;
  };
  const sampled = (hours: readonly LoadHour[], index: number): Sample[] =>
    hours
      .filter((h) => classOf(h) === index)
      .map(({ hour, units, amount }) => ({ hour, value: Math.log(amount / units) }));
  return Array.from({ length: CLASSES }, (_, i) => ({
    before: sampled(before, i),
    after: sampled(after, i),
  })).filter((c) => c.before.length >= MIN_IN_CLASS && c.after.length >= MIN_IN_CLASS);
}

function statsOf(samples: readonly Sample[]): { readonly mean: number; readonly variance: number } {
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / samples.length;
  const squares = samples.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / Math.max(1, samples.length - 1) };
}

const HOUR = 3600;
/** Correlation that is believed at most: beyond it the hours would say nothing at all. */
const MOST_CORRELATED = 0.9;

/** By how much the variance of a mean grows because neighbouring hours are alike: (1 + r) / (1 - r) for a correlation of r. */
function inflation(classes: readonly LoadClass[]): number {
  const residuals = new Map<number, number>();
  for (const c of classes) {
    for (const side of [c.before, c.after]) {
      const { mean } = statsOf(side);
      for (const { hour, value } of side) residuals.set(hour, value - mean);
    }
  }
  let [products, squares, pairs] = [0, 0, 0];
  for (const [hour, residual] of residuals) {
    squares += residual ** 2;
    const next = residuals.get(hour + HOUR);
    if (next === undefined) continue;
    products += residual * next;
    pairs += 1;
  }
  if (pairs === 0 || squares === 0) return 1;
  const r = Math.min(MOST_CORRELATED, Math.max(0, products / pairs / (squares / residuals.size)));
  return (1 + r) / (1 - r);
}
