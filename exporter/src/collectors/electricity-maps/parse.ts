/** Reading the answers of Electricity Maps: whole hours only, nothing that cannot be true. */
import { HOUR } from '../../domain/interval.js';
import { gramsPerKwh, type EpochSeconds } from '../../domain/units.js';
import { instantOf } from '../../net/instant.js';
import { isRecord, numberWithin, own, textOf } from '../../net/json-value.js';
import type { IntensityPoint } from '../../ports/intensity-provider.js';

/** No grid reaches it: burning lignite in an old plant comes to 1 400 g/kWh. */
const MAX_GRAMS = 3000;

export interface Points {
  readonly points: readonly IntensityPoint[];
  /** Entries left out because they cannot be read or cannot be true; an hour without a value is none. */
  readonly rejected: number;
}

/**
 * The points of an answer, ascending; null when it is none, or of another zone.
 * @param now hours that have not ended by then are provisional; later ones are left out unless `ahead`
 */
export function readPoints(
  body: unknown,
  gridZone: string,
  now: EpochSeconds,
  ahead: 'past' | 'ahead' = 'past',
): Points | null {
  const entries = entriesOf(body);
  if (!entries || textOf(body, 'zone') !== gridZone) return null;
  const byHour = new Map<EpochSeconds, IntensityPoint>();
  let rejected = 0;
  for (const entry of entries) {
    if (own(entry, 'carbonIntensity') === null) continue;
    const point = pointOf(entry, now);
    if (!point) rejected += 1;
    else if (ahead === 'ahead') byHour.set(point.hour, { ...point, provisional: true });
    else if (point.hour <= now) byHour.set(point.hour, point);
  }
  return { points: [...byHour.values()].toSorted((a, b) => a.hour - b.hour), rejected };
}

/** Version 3 names the list after the endpoint, ranges and version 4 "data"; `latest` is one entry by itself. */
function entriesOf(body: unknown): readonly unknown[] | null {
  for (const key of ['history', 'data', 'forecast']) {
    const list = own(body, key);
    if (Array.isArray(list)) return list as readonly unknown[];
  }
  return isRecord(body) && Object.hasOwn(body, 'carbonIntensity') ? [body] : null;
}

function pointOf(entry: unknown, now: EpochSeconds): IntensityPoint | null {
  const hour = instantOf(own(entry, 'datetime'));
  const value = numberWithin(entry, 'carbonIntensity', 0, MAX_GRAMS);
  if (hour === null || hour % HOUR !== 0 || value === null) return null;
  const provisional = own(entry, 'isEstimated') === true || hour + HOUR > now;
  return { hour, value: gramsPerKwh(value), provisional };
}
