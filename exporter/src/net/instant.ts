/** Instants as the APIs of others write them. */
import { epochSeconds, type EpochSeconds } from '../domain/units.js';

/** With seconds and zone, without fractions: 2026-01-01T00:00:00Z. */
export const rfc3339 = (at: EpochSeconds): string =>
  new Date(at * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** To the minute: 2026-01-01T00:00Z. */
export const toTheMinute = (at: EpochSeconds): string => rfc3339(at).replace(/:\d{2}Z$/, 'Z');

/** Date, time and an explicit zone; a text without zone would be read as local time. */
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** The instant of an ISO 8601 text, whole seconds; null when it is none. */
export function instantOf(text: unknown): EpochSeconds | null {
  if (typeof text !== 'string' || !WITH_ZONE.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : epochSeconds(Math.floor(ms / 1000));
}
