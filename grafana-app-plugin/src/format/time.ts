/** Instants and lengths of time as people write them, in the time zone of the Grafana user. */
import { dateTimeFormat, type TimeZone } from '@grafana/data';

/** "2026-11-24 09:30", RFC 3339 given. */
export const instant = (text: string | null | undefined, timeZone: TimeZone = 'browser'): string =>
  text ? dateTimeFormat(text, { timeZone, format: 'YYYY-MM-DD HH:mm' }) : '–';

const LENGTHS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Seconds as "3 h" or "12 min", rounded down. */
export function length(seconds: number): string {
  const [size, unit] = LENGTHS.find(([from]) => seconds >= from) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}
