/** How a budget stands: used, how fast, and what it comes to by the end of its period. */
import type { TimeRange } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import type { Budget } from './budget.js';
import { profileOf, projected, reachedAt, type Ahead, type HourAmount } from './projection.js';

/** All amounts in the unit of the limit. */
export interface BudgetState {
  readonly budget: Budget;
  readonly period: TimeRange;
  /** Up to when `used` counts. */
  readonly asOf: EpochSeconds;
  readonly used: number;
  /** By what is uncertain about the figure itself; null where that is not kept (money). */
  readonly usedLow: number | null;
  readonly usedHigh: number | null;
  /** used / limit; may pass 1. */
  readonly usedRatio: number;
  /** Share of the elapsed part of the period that is known, 0..1. */
  readonly coverage: number;
  /** Use of the elapsed part over what an even use of the budget would be; null before anything has elapsed. */
  readonly burnRate: number | null;
  /** The same of the last 24 hours. */
  readonly burnRate24h: number | null;
  /** At the end of the period; null: too little is known of the past. */
  readonly projected: Ahead | null;
  /** When the limit is reached, past or to come; null: not within the period. */
  readonly runsOutAt: EpochSeconds | null;
  readonly status: BudgetStatus;
}

/** "at-risk": the projection passes the limit. "unknown": there is no projection. */
export const BUDGET_STATUSES = ['ok', 'at-risk', 'exhausted', 'unknown'] as const;
export type BudgetStatus = (typeof BUDGET_STATUSES)[number];

export interface BudgetUse {
  readonly used: number;
  readonly usedLow: number | null;
  readonly usedHigh: number | null;
  readonly coverage: number;
  /** Known hours of the last weeks up to `asOf`, ascending; those of the period among them. */
  readonly hours: readonly HourAmount[];
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export function budgetState(
  budget: Budget,
  period: TimeRange,
  asOf: EpochSeconds,
  use: BudgetUse,
): BudgetState {
  const { value: limit } = budget.limit;
  const { used, usedLow, usedHigh, coverage, hours } = use;
  const profile = profileOf(hours);
  const ahead = profile && projected(profile, asOf, period.to);
  const over = used >= limit;
  const runsOut = over
    ? passedAt(hours, period, limit, { used, asOf })
    : profile && reachedAt(profile, limit - used, asOf, period.to);
  const total = ahead && { value: used + ahead.value, low: used + ahead.low, high: used + ahead.high };
  return {
    budget,
    period,
    asOf,
    used,
    usedLow,
    usedHigh,
    usedRatio: used / limit,
    coverage,
    burnRate: burnRate(used, (asOf - period.from) * coverage, limit, period),
    burnRate24h: recentBurn(hours, asOf, limit, period),
    projected: total,
    runsOutAt: runsOut === null ? null : epochSeconds(Math.floor(runsOut)),
    status: over ? 'exhausted' : total === null ? 'unknown' : total.value >= limit ? 'at-risk' : 'ok',
  };
}

/** 1: the budget lasts exactly for its period. */
function burnRate(used: number, knownSeconds: number, limit: number, { from, to }: TimeRange): number | null {
  if (knownSeconds <= 0) return null;
  return used / knownSeconds / (limit / (to - from));
}

function recentBurn(
  hours: readonly HourAmount[],
  asOf: EpochSeconds,
  limit: number,
  period: TimeRange,
): number | null {
  const recent = hours.filter(({ hour }) => hour >= asOf - DAY && hour < asOf);
  const used = recent.reduce((sum, { value }) => sum + value, 0);
  return burnRate(used, recent.length * HOUR, limit, period);
}

/**
 * When the limit was reached, counted back from what is used now, as hours may not reach back to the beginning of the period; then
 * the beginning of what is known.
 */
function passedAt(
  hours: readonly HourAmount[],
  { from }: TimeRange,
  limit: number,
  { used, asOf }: { readonly used: number; readonly asOf: EpochSeconds },
): number {
  let before = used;
  let earliest: number = asOf;
  for (const { hour, value } of hours.toReversed()) {
    if (hour < from) break;
    if (before - value < limit) return hour + ((limit - (before - value)) / value) * HOUR;
    before -= value;
    earliest = hour;
  }
  return earliest;
}
