/** Reading half-hours of the UK Carbon Intensity API and taking their mean by the hour. */
import { floorTo, HOUR } from '../../domain/interval.js';
import { gramsPerKwh, type EpochSeconds } from '../../domain/units.js';
import { instantOf } from '../../net/instant.js';
import { numberWithin, own } from '../../net/json-value.js';
import type { IntensityPoint } from '../../ports/intensity-provider.js';

const HALF_HOUR = 1800;
/** Above what any grid reaches. */
const MAX_GRAMS = 3000;

export interface Hours {
  readonly points: readonly IntensityPoint[];
  /** Half-hours left out because they cannot be read or cannot be true. */
  readonly rejected: number;
}

interface Half {
  readonly value: number;
  readonly provisional: boolean;
}

/**
 * Whole hours, ascending; null when the body is not an answer. An hour is final once both halves have their estimated actual
 * value; a forecast in its place, or half an hour alone, is provisional.
 */
export function readHours(body: unknown): Hours | null {
  const list = own(body, 'data');
  if (!Array.isArray(list)) return null;
  const hours = new Map<EpochSeconds, Map<number, Half>>();
  let rejected = 0;
  for (const entry of list as readonly unknown[]) {
    const from = instantOf(own(entry, 'from'));
    const intensity = own(entry, 'intensity');
    if (own(intensity, 'actual') === null && own(intensity, 'forecast') === null) continue;
    const half = halfOf(intensity);
    if (from === null || from % HALF_HOUR !== 0 || !half) {
      rejected += 1;
      continue;
    }
    const hour = floorTo(from, HOUR);
    const halves = hours.get(hour) ?? new Map<number, Half>();
    hours.set(hour, halves.set(from, half));
  }
  const points = [...hours].map(([hour, halves]) => pointOf(hour, [...halves.values()]));
  return { points: points.toSorted((a, b) => a.hour - b.hour), rejected };
}

function halfOf(intensity: unknown): Half | null {
  const actual = numberWithin(intensity, 'actual', 0, MAX_GRAMS);
  if (actual !== null) return { value: actual, provisional: false };
  const forecast = numberWithin(intensity, 'forecast', 0, MAX_GRAMS);
  return forecast === null ? null : { value: forecast, provisional: true };
}

function pointOf(hour: EpochSeconds, halves: readonly Half[]): IntensityPoint {
  const mean = halves.reduce((sum, { value }) => sum + value, 0) / halves.length;
  const provisional = halves.length < 2 || halves.some((half) => half.provisional);
  return { hour, value: gramsPerKwh(mean), provisional };
}
