/** Durations in the words of Prometheus: 5m, 1h30m, 30d, 500ms. A year is 365 d and a week 7 d, as Prometheus has it. */

const UNITS = [
  ['y', 365 * 86400],
  ['w', 7 * 86400],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
] as const;

const DURATION = new RegExp(`^(?=\\d)${UNITS.map(([unit]) => `(?:(\\d{1,9})${unit})?`).join('')}$`);

/** Seconds of a Prometheus duration; null when the text is not one. Units go from large to small, each at most once. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const milliseconds = UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size * 1000, 0);
  return Math.round(milliseconds) / 1000;
}

/** The shortest exact form, days being the largest unit: 5400 is "1h30m", 0 is "0s". Whole milliseconds only. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return '0s';
  return UNITS.slice(2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / (size * 1000));
      rest -= count * size * 1000;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
}
