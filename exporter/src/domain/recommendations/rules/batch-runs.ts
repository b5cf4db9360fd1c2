/** When batch work ran, run by run of the day, and at which hours the same runs would have met a cleaner grid. */
import type { LocalClock } from '../facts.js';
import type { WorkloadProfile } from '../usage-window.js';

/** One of the runs of a day, over all days that had as many. Intensities in g/kWh, weighted by the energy of each hour. */
export interface DailyRun {
  /** Local hour in which it mostly began, and hours that the longest took. */
  readonly startHour: number;
  readonly hours: number;
  /** mJ, of all days. */
  readonly energy: number;
  readonly intensity: number;
  /** Had it begun at the best hour of each day, of those that it may begin at. */
  readonly best: number;
  /** The hour at which, always, it had met the cleanest grid, and what that had been. */
  readonly betterHour: number;
  readonly better: number;
}

type BatchWork = Pick<WorkloadProfile, 'dynamic' | 'pods' | 'first'>;
type IntensityAt = (index: number) => number;

export interface DailyRuns {
  /** Whole days that had as many runs as most days. */
  readonly days: number;
  /** In the order of the day. */
  readonly runs: readonly DailyRun[];
}

/** Hours of work that follow one another. */
interface Block {
  readonly first: number;
  /** mJ of each hour. */
  readonly weights: readonly number[];
}

interface BatchDay {
  readonly indices: readonly number[];
  readonly blocks: readonly Block[];
}

/** Null: there is no day of which all is known. */
export function dailyRuns(
  w: BatchWork,
  { hours }: Pick<LocalClock, 'hours'>,
  intensityAt: IntensityAt,
): DailyRuns | null {
  const all = daysOf(w, hours).flatMap((indices): BatchDay[] => {
    const blocks = blocksOf(w, indices);
    return blocks.length > 0 && blocks.every((b) => isKnown(b, intensityAt)) ? [{ indices, blocks }] : [];
  });
  if (all.length === 0) return null;
  const count = mostFrequent(all.map((day) => day.blocks.length));
  const days = all.filter((day) => day.blocks.length === count);
  const runs = Array.from({ length: count }, (_, k) => ({
    start: mostFrequent(days.map(({ blocks }) => hours[blocks[k]!.first]!.hour)),
    length: Math.max(...days.map(({ blocks }) => blocks[k]!.weights.length)),
  }));
  const slots = slotsOf(runs);
  const judged = runs.map((run, k) => judge(days, k, run, slots[k]!, { hours, intensityAt }));
  return { days: days.length, runs: judged };
}

/** Hours by local day. */
export function daysOf(
  { first }: Pick<WorkloadProfile, 'first'>,
  hours: LocalClock['hours'],
): readonly (readonly number[])[] {
  const days = new Map<number, number[]>();
  for (let i = first; i < hours.length; i++) {
    const day = days.get(hours[i]!.day);
    if (day) day.push(i);
    else days.set(hours[i]!.day, [i]);
  }
  return [...days.values()];
}

/** Fewer hours of a day are not a day of which the best could be known: clocks go forward once a year. */
export const WHOLE_DAY = 23;
/** Pods below this in an hour amid others have not run through it: those are several runs, and nobody knows how many. */
const THROUGHOUT = 0.9;

/** Runs of a day; none for a day that is not whole, that a run begins before or ends after, or whose runs cannot be told apart. */
function blocksOf({ dynamic, pods }: BatchWork, day: readonly number[]): readonly Block[] {
  const isBusy = (i: number): boolean => dynamic[i]! > 0;
  const [from, to] = [day[0]!, day.at(-1)!];
  if (day.length < WHOLE_DAY) return [];
  if ((isBusy(from) && isBusy(from - 1)) || (isBusy(to) && isBusy(to + 1))) return [];
  const blocks: { first: number; weights: number[] }[] = [];
  for (const i of day.filter(isBusy)) {
    const last = blocks.at(-1);
    if (last && last.first + last.weights.length === i) last.weights.push(dynamic[i]!);
    else blocks.push({ first: i, weights: [dynamic[i]!] });
  }
  const runsThrough = ({ first, weights }: Block): boolean =>
    weights.slice(1, -1).every((_, k) => pods[first + 1 + k]! >= THROUGHOUT);
  return blocks.every(runsThrough) ? blocks : [];
}

const isKnown = ({ first, weights }: Block, intensityAt: IntensityAt): boolean =>
  weights.every((_, k) => Number.isFinite(intensityAt(first + k)));

interface TypicalRun {
  readonly start: number;
  readonly length: number;
}

/** Hours of the day [from, to) in which a run may begin and end. */
interface Slot {
  readonly from: number;
  readonly to: number;
}

/**
 * A run alone has the day. Of several each keeps to its own part of it, so that they keep their order and the longest wait from
 * one to the next never doubles: the free time between two is halved, and an hour of it stays free.
 */
export function slotsOf(runs: readonly TypicalRun[]): readonly Slot[] {
  if (runs.length === 1) return [{ from: 0, to: 24 }];
  const endOf = ({ start, length }: TypicalRun): number => start + length;
  const middle = (run: TypicalRun, nextStart: number): number => Math.floor((endOf(run) + nextStart) / 2);
  return runs.map((run, k) => {
    const before = k > 0 ? middle(runs[k - 1]!, run.start) : middle(runs.at(-1)!, run.start + 24) - 24;
    const after = k < runs.length - 1 ? middle(run, runs[k + 1]!.start) : middle(run, runs[0]!.start + 24);
    return { from: Math.max(0, before + 1), to: Math.min(24, after) };
  });
}

interface Course {
  readonly hours: LocalClock['hours'];
  readonly intensityAt: IntensityAt;
}

function judge(
  days: readonly BatchDay[],
  k: number,
  { start, length }: TypicalRun,
  slot: Slot,
  { hours, intensityAt }: Course,
): DailyRun {
  const starts = Array.from({ length: 24 }, (_, hour) => hour).filter(
    (hour) => hour === start || (hour >= slot.from && hour + length <= slot.to),
  );
  const totals = new Map(starts.map((hour) => [hour, 0]));
  let [energy, actual, best] = [0, 0, 0];
  for (const { indices, blocks } of days) {
    const { first, weights } = blocks[k]!;
    /** Emissions of the same run, had it begun at another hour, but for a factor; NaN: not on that day, or not known. */
    const from = (index: number): number =>
      index + weights.length - 1 <= indices.at(-1)!
        ? sum(weights, (mj, i) => mj * intensityAt(index + i))
        : NaN;
    const own = from(first);
    const others = starts.map((hour) => {
      const index = indices.find((i) => hours[i]!.hour === hour);
      const emitted = index === undefined ? NaN : from(index);
      totals.set(hour, totals.get(hour)! + emitted);
      return emitted;
    });
    energy += sum(weights, (mj) => mj);
    actual += own;
    best += Math.min(own, ...others.filter(Number.isFinite));
  }
  const known = [...totals].filter(([, emitted]) => Number.isFinite(emitted));
  const [betterHour, better] = known.reduce((a, b) => (b[1] < a[1] ? b : a), [start, actual] as const);
  return {
    startHour: start,
    hours: length,
    energy,
    intensity: actual / energy,
    best: best / energy,
    betterHour,
    better: better / energy,
  };
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

export const sum = <T>(items: readonly T[], of: (item: T, i: number) => number): number =>
  items.reduce((total, item, i) => total + of(item, i), 0);
