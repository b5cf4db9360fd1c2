/** What part of time a query means and how finely it is cut: ranges, buckets and the point budget. */
import { ceilTo, floorTo, type TimeRange } from '../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../domain/units.js';

/** Points of one series, as Prometheus limits them. */
export const MAX_POINTS = 11_000;
/** Points of all series of an answer. */
export const MAX_CELLS = 500_000;
/** Without a step the range is cut into at most this many buckets: a year of days fits. */
const AUTO_POINTS = 370;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Bucket lengths chosen from; those at or above one hour are whole numbers of any ledger step. */
const LADDER = [1, 5, 10, 15, 60, 180, 360, 720, 1440, 10_080].map((minutes) => minutes * MINUTE);
const LONGEST = LADDER.at(-1)!;

/** Fixed lengths, as in GreenKube 0.2: m is 30 days and y 365 days. */
const LAST_UNITS: Readonly<Record<string, number>> = {
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  m: 30 * DAY,
  y: 365 * DAY,
};
const STEP_UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};
const MAX_LAST = 20 * 365 * DAY;
/** 9999-12-31T23:59:59Z, the last instant RFC 3339 can write. */
const MAX_INSTANT = 253_402_300_799;

/** A question that cannot be answered as asked: which parameter, why, and what to write instead. */
export class QueryProblem extends Error {
  constructor(
    readonly parameter: string,
    message: string,
    readonly fix: string,
  ) {
    super(message);
    this.name = 'QueryProblem';
  }
}

export interface RangeParameters {
  readonly last?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The grid intervals that a query means: those whose start lies in [from, to), the end clamped to the newest whole interval at
 * `now`, so that neighbouring ranges never share one and never miss one. A range too short to hold a start means the interval it
 * lies in. Default: the last 24 h. Throws `QueryProblem`.
 */
export function parseRange(p: RangeParameters, now: EpochSeconds, step: Seconds): TimeRange {
  if (p.from === undefined && p.to === undefined)
    return onGrid(lastRange(p.last ?? '24h', floorTo(now, step)), now, step);
  if (p.last !== undefined) {
    throw new QueryProblem(
      'last',
      'last cannot be combined with from and to.',
      'Give either last, or from and to.',
    );
  }
  if (p.from === undefined)
    throw new QueryProblem('from', 'to was given without from.', 'Add from, or use last.');
  const from = parseInstant('from', p.from);
  const to = p.to === undefined ? now : parseInstant('to', p.to);
  if (from >= to) {
    throw new QueryProblem(
      'from',
      'from is not before to.',
      'Ranges are half-open, [from, to): give an earlier from.',
    );
  }
  if (from >= now)
    throw new QueryProblem('from', 'from lies in the future.', 'Give a from before the present.');
  return onGrid({ from, to }, now, step);
}

function onGrid({ from, to }: TimeRange, now: EpochSeconds, step: Seconds): TimeRange {
  const first = ceilTo(from, step);
  const end = Math.min(ceilTo(to, step), floorTo(now, step));
  if (first < end) return { from: first, to: epochSeconds(end) };
  const only = floorTo(from, step);
  return { from: only, to: epochSeconds(only + step) };
}

/** Counted back from the end of the newest whole interval, so that 24h are as many intervals at any time of asking. */
function lastRange(last: string, to: EpochSeconds): TimeRange {
  if (last === 'ytd') {
    return { from: epochSeconds(Date.UTC(new Date(to * 1000).getUTCFullYear(), 0, 1) / 1000), to };
  }
  const match = /^([1-9]\d{0,5})(min|h|d|w|m|y)$/.exec(last);
  const length = match ? Number(match[1]) * LAST_UNITS[match[2]!]! : NaN;
  if (!(length <= MAX_LAST)) {
    throw new QueryProblem(
      'last',
      'last is not a length of time of at most 20y.',
      'Write for example 30min, 24h, 7d, 4w, 3m (of 30 days), 1y (of 365 days) or ytd.',
    );
  }
  return { from: epochSeconds(Math.max(0, to - length)), to };
}

/** An instant as RFC 3339 or as epoch seconds; fractions are kept. Throws `QueryProblem`. */
export function parseInstant(parameter: string, text: string): EpochSeconds {
  const value = /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : parseRfc3339(text);
  if (value >= 0 && value <= MAX_INSTANT) return epochSeconds(value);
  const fix = /^\d{13}$/.test(text)
    ? `This looks like milliseconds: write ${text.slice(0, 10)}.`
    : 'Write RFC 3339, for example 2026-01-31T00:00:00Z, or epoch seconds.';
  throw new QueryProblem(parameter, `${parameter} is not an instant.`, fix);
}

function parseRfc3339(text: string): number {
  // A "+" that was not percent-encoded arrives as a space.
  const written = text.replace(/ (\d{2}:\d{2})$/, '+$1').toUpperCase();
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.exec(written);
  if (!match) return NaN;
  // Date reads 30 February as 2 March; what does not print as it was written is no date.
  const local = Date.parse(`${match[1]}Z`);
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(match[1]!)) return NaN;
  return Date.parse(`${match[1]}${match[3]}`) / 1000 + Number(match[2] ?? 0);
}

/** A bucket length such as 5m, 1h or 1d: a whole number of ledger steps. Throws `QueryProblem`. */
export function parseStep(text: string, ledgerStep: Seconds): Seconds {
  const match = /^([1-9]\d{0,6})(s|min|m|h|d|w)$/.exec(text);
  const length = match ? Number(match[1]) * STEP_UNITS[match[2]!]! : NaN;
  if (!(length <= 366 * DAY) || length % ledgerStep !== 0) {
    const unit = formatDuration(ledgerStep);
    throw new QueryProblem(
      'step',
      `step is not a multiple of ${unit}, the step of the ledger, of at most 366d.`,
      `Write for example ${unit}, 1h or 1d.`,
    );
  }
  return seconds(length);
}

/** The shortest bucket that cuts the range into a few hundred points. */
export function autoStep(range: TimeRange, ledgerStep: Seconds): Seconds {
  return shortestWithin(range, ledgerStep, AUTO_POINTS);
}

function shortestWithin(range: TimeRange, ledgerStep: Seconds, points: number): Seconds {
  const steps = [ledgerStep as number, ...LADDER.filter((s) => s > ledgerStep && s % ledgerStep === 0)];
  return seconds(steps.find((s) => bucketsIn(range, s) <= points) ?? LONGEST);
}

/** Number of epoch-aligned buckets that the range touches. */
export function bucketsIn(range: TimeRange, step: number): number {
  return (ceilTo(range.to, step) - floorTo(range.from, step)) / step;
}

/** Refuse an answer of more points than the budget, naming a step that fits. Throws `QueryProblem`. */
export function checkBudget(range: TimeRange, step: Seconds, ledgerStep: Seconds, series = 1): void {
  const points = bucketsIn(range, step);
  if (points <= MAX_POINTS && points * series <= MAX_CELLS) return;
  const allowed = Math.min(MAX_POINTS, Math.floor(MAX_CELLS / Math.max(1, series)));
  const better = shortestWithin(range, ledgerStep, allowed);
  const fits = better > step && bucketsIn(range, better) <= allowed;
  throw new QueryProblem(
    fits ? 'step' : 'by',
    `${series} series of ${points} points are more than the budget of ${MAX_POINTS} points a series and ${MAX_CELLS} in all.`,
    fits
      ? `Use step=${formatDuration(better)} or longer.`
      : 'Group by fewer keys, ask for fewer metrics, filter, or shorten the range.',
  );
}

/** Seconds in the largest unit that divides them: 300 is "5m", 86400 "1d". */
export function formatDuration(length: number): string {
  const [unit, size] = (
    [
      ['d', DAY],
      ['h', HOUR],
      ['m', MINUTE],
    ] as const
  ).find(([, s]) => length % s === 0) ?? ['s', 1];
  return `${length / size}${unit}`;
}
