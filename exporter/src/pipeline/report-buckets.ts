/** How a report cuts time: ledger steps, and the calendar of UTC with the weeks of ISO 8601. */
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import { instant } from './figures.js';
import { MAX_POINTS, QueryProblem } from './query-range.js';

export const REPORT_STEPS = ['raw', 'hour', 'day', 'week', 'month', 'year'] as const;
/** "raw" is the step of the ledger. */
export type ReportStep = (typeof REPORT_STEPS)[number];

/** A period of the calendar, cut to the range of the report: the first and the last may be shorter than their name says. */
export interface Bucket extends TimeRange {
  /** 2026-01-05T13:05:00Z, 2026-01-05T13, 2026-01-05, 2026-W02, 2026-01 or 2026; without a step the range itself. */
  readonly period: string;
}

/**
 * The periods that a range touches, ascending, without gap or overlap. Step null: one, the whole range.
 * @param range on the grid of the ledger
 */
export function* bucketsOf(
  range: TimeRange,
  step: ReportStep | null,
  ledgerStep: Seconds,
): Generator<Bucket> {
  if (step === null) {
    yield { ...range, period: `${instant(range.from)}/${instant(range.to)}` };
    return;
  }
  for (let from = range.from; from < range.to;) {
    const end = Math.min(endOfPeriod(from, step, ledgerStep), range.to);
    const to = epochSeconds(end);
    yield { from, to, period: periodOf(from, step) };
    from = to;
  }
}

/** Refuse a report of too many periods, naming a step that fits. Throws `QueryProblem`. */
export function checkBuckets(range: TimeRange, step: ReportStep | null, ledgerStep: Seconds): void {
  if (fits(range, step, ledgerStep)) return;
  const better = REPORT_STEPS.find((s) => fits(range, s, ledgerStep))!;
  throw new QueryProblem(
    'step',
    `The range has more than ${MAX_POINTS} periods of this step.`,
    `Use step=${better} or longer, or shorten the range.`,
  );
}

/** Refuse periods shorter than what is still held of the range: they would have nothing in them. Throws `QueryProblem`. */
export function checkResolution(step: 'raw' | 'hour', ledgerStep: Seconds, held: Seconds): void {
  if ((step === 'raw' ? ledgerStep : HOUR) >= held) return;
  throw new QueryProblem(
    'step',
    `The range is no longer held in ${step === 'raw' ? 'single intervals' : 'hours'}.`,
    `Use step=${held > HOUR ? 'day' : 'hour'} or longer, or a later range.`,
  );
}

function fits(range: TimeRange, step: ReportStep | null, ledgerStep: Seconds): boolean {
  if (step === null) return true;
  const length = step === 'raw' ? ledgerStep : SHORTEST[step];
  return (range.to - range.from) / length <= MAX_POINTS - 1;
}

/** Shortest length of a period, seconds. */
const SHORTEST = { hour: HOUR, day: DAY, week: 7 * DAY, month: 28 * DAY, year: 365 * DAY } as const;

/** Monday 00:00 UTC of the week: 1970-01-01 was a Thursday. */
const weekStart = (t: number): number => floorTo(t + 3 * DAY, 7 * DAY) - 3 * DAY;

function endOfPeriod(t: EpochSeconds, step: ReportStep, ledgerStep: Seconds): number {
  const date = new Date(t * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (step) {
    case 'raw':
      return floorTo(t, ledgerStep) + ledgerStep;
    case 'hour':
      return floorTo(t, HOUR) + HOUR;
    case 'day':
      return floorTo(t, DAY) + DAY;
    case 'week':
      return weekStart(t) + 7 * DAY;
    case 'month':
      return Date.UTC(year, month + 1, 1) / 1000;
    case 'year':
      return Date.UTC(year + 1, 0, 1) / 1000;
  }
}

const NAME_LENGTH = { hour: 13, day: 10, month: 7, year: 4 } as const;

/** The name of the period that an instant lies in. */
export function periodOf(t: EpochSeconds, step: ReportStep): string {
  if (step === 'raw') return instant(t);
  if (step === 'week') return isoWeek(t);
  return new Date(t * 1000).toISOString().slice(0, NAME_LENGTH[step]);
}

/** The ISO 8601 week: it belongs to the year that its Thursday lies in, so 2024-12-30 is in 2025-W01. */
export function isoWeek(t: EpochSeconds): string {
  const thursday = weekStart(t) + 3 * DAY;
  const year = new Date(thursday * 1000).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1) / 1000) / (7 * DAY)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
