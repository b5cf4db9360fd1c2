/** What the collector is made to live through when nothing else is said: two and a half days, everything that a ledger does. */
import { settings } from '../../exporter/src/domain/testing/arbitrary.js';
import type { CollectorOptions } from './collector.js';

export const HOUR = 3600;
export const DAY = 24 * HOUR;

export type Scenario = Omit<CollectorOptions, 'path' | 'clock' | 'until' | 'windows'> & {
  /** When the first life begins. */
  readonly begin: number;
  /** When the last one begins: every restart has had its time by then. */
  readonly end: number;
};

export interface Setting {
  readonly scenario: Scenario;
  /** Folder of what is observed in it (windows.ts). */
  readonly windows: string;
}

/** Intervals are collected this long after they end. */
const SETTLE = 60;

/** Cycles that a ledger has to become what it would have been without the fault. */
export const GRACE_CYCLES = 3;

export const scenario = (over: Partial<Scenario> = {}): Scenario => {
  const { start = Date.UTC(2026, 2, 27, 20) / 1000, step = 900 } = over;
  const end = over.end ?? start + 56 * HOUR + step + SETTLE;
  return {
    start,
    begin: start + 2 * step + SETTLE,
    end,
    step,
    settle: SETTLE,
    backfill: 30 * DAY,
    retention: { raw: 8 * HOUR, hour: 14 * HOUR, day: 20 * HOUR },
    remembers: null,
    hold: null,
    lateUntil: end - 4 * HOUR,
    jumps: [],
    settings: settings(),
    intensity: 473,
    prices: { currency: 'USD', cpuCoreHour: 0.03, ramGbHour: 0.004 },
    ...over,
  };
};

/** A life from one instant on, to the end of the scenario and the cycles of grace after it. */
export function lifeFrom({ scenario, windows }: Setting, path: string, clock: number): CollectorOptions {
  const { begin: _begin, end, ...rest } = scenario;
  return { ...rest, windows, path, clock, until: end + GRACE_CYCLES * rest.step };
}
