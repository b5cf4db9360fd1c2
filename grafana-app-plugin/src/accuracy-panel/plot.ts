/** Scales of a small chart. */
export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Room for the numbers beside the axes, px. */
export const MARGIN = { left: 52, right: 8, top: 8, bottom: 22 };

/** From a value to px. */
export type Scale = (value: number) => number;

export const scale = (from: number, to: number, start: number, end: number): Scale =>
  to === from ? () => (start + end) / 2 : (value) => start + ((value - from) / (to - from)) * (end - start);

/** Round values, three to six of them, from 0 to at least `max`. */
export function ticks(max: number): readonly number[] {
  if (!(max > 0)) return [0];
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  return Array.from({ length: Math.ceil(max / size - 1e-9) + 1 }, (_, i) => i * size);
}

export const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`).join('');
