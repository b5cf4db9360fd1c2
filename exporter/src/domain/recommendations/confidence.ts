/** How far a recommendation can be trusted, and how far its figures may be off. */
import type { Caveat, YearlyAmounts } from './model.js';

/** What not knowing (or knowing) these leaves of the confidence. */
const LEFT: Partial<Readonly<Record<Caveat, number>>> = {
  AUTOSCALERS_UNKNOWN: 0.7,
  AUTOSCALED: 0.7,
  CONTAINER_USE_UNKNOWN: 0.9,
  CONTAINERS_UNKNOWN: 0.9,
  OUT_OF_MEMORY_UNKNOWN: 0.6,
  CONSTRAINTS_UNKNOWN: 0.7,
  TIME_ZONE_UNKNOWN: 0.9,
};

/** Half a day of history is worth a confidence of a half, a day two thirds, a week 0.93. */
const HALF_DAYS = 0.5;

/**
 * @param hours whole hours of history
 * @param coverage share of the time since its beginning that these hours are, 0..1
 * @returns 0..1
 */
export function confidenceOf(hours: number, coverage: number, caveats: readonly Caveat[]): number {
  const days = hours / 24;
  const known = (days / (days + HALF_DAYS)) * coverage;
  return caveats.reduce((confidence, caveat) => confidence * (LEFT[caveat] ?? 1), known);
}

/**
 * Bounds of a request by days of history N, as the Kubernetes vertical pod autoscaler widens its own (recommender/logic,
 * confidenceMultiplier): upper * (1 + 1/N), lower * (1 + 0.001/N)^-2.
 */
export function requestBounds(
  target: number,
  hours: number,
): { readonly low: number; readonly high: number } {
  const days = Math.max(hours / 24, 1 / 24);
  return { low: target * (1 + 0.001 / days) ** -2, high: target * (1 + 1 / days) };
}

const scaled = (amounts: YearlyAmounts, by: number): YearlyAmounts => ({
  joules: amounts.joules * by,
  grams: amounts.grams * by,
  cost: amounts.cost === null ? null : amounts.cost * by,
});

const least = (a: YearlyAmounts, b: YearlyAmounts): YearlyAmounts => ({
  joules: Math.min(a.joules, b.joules),
  grams: Math.min(a.grams, b.grams),
  cost: a.cost === null || b.cost === null ? a.cost : Math.min(a.cost, b.cost),
});

/** Of claimed savings; high is at most what there is to be saved. */
export function savingsBounds(
  claimed: YearlyAmounts,
  confidence: number,
  most: YearlyAmounts,
): { readonly low: YearlyAmounts; readonly high: YearlyAmounts } {
  const high = confidence > 0 ? scaled(claimed, 1 / confidence) : most;
  return { low: scaled(claimed, confidence), high: least(high, most) };
}
