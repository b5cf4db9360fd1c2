/**
 * How busy a workload is, minute by minute: a number in [0, 1] for each 60 s cell of the epoch. A shape knows nothing but the cell,
 * so integrals over any range are sums over cells and do not depend on who asked before.
 */
import { unit } from './hash.js';
import { localWeekMinute, type TimeZone } from './local-time.js';

/** Length of a cell, seconds. Rates are constant within one: shorter than any grid step, longer than any scrape interval. */
export const CELL = 60;
const WEEK_MINUTES = 7 * 1440;

/** Activity in [0, 1] of the cell that starts at `cell * 60` seconds since the epoch. */
export type Shape = (cell: number) => number;

/** Knots of one day: hour of the day and level, ascending from hour 0 to 24; straight lines between. */
export type Day = readonly (readonly [hour: number, level: number])[];

export interface Weekly {
  readonly zone: TimeZone;
  readonly workday: Day;
  readonly weekend: Day;
}

/**
 * "steady": one level. "weekly": a local week. "bursts": `base`, and 1 during the epoch hours that a hash chooses.
 */
export type ShapeSpec =
  | { readonly kind: 'steady'; readonly level: number }
  | { readonly kind: 'weekly'; readonly week: Weekly }
  | { readonly kind: 'bursts'; readonly base: number; readonly chance: number };

function levelAt(day: Day, hour: number): number {
  for (let i = 1; i < day.length; i++) {
    const [h0, l0] = day[i - 1]!;
    const [h1, l1] = day[i]!;
    if (hour <= h1) return l0 + ((hour - h0) / (h1 - h0)) * (l1 - l0);
  }
  return day[day.length - 1]![1];
}

function weekTable(week: Weekly): Float64Array {
  const table = new Float64Array(WEEK_MINUTES);
  for (let m = 0; m < WEEK_MINUTES; m++) {
    table[m] = levelAt(m < 5 * 1440 ? week.workday : week.weekend, (m % 1440) / 60);
  }
  return table;
}

/** The shape of a specification; `key` chooses the burst hours. */
export function shapeOf(spec: ShapeSpec, key: number): Shape {
  switch (spec.kind) {
    case 'steady':
      return () => spec.level;
    case 'weekly': {
      const table = weekTable(spec.week);
      const minute = localWeekMinute(spec.week.zone);
      return (cell) => table[minute(cell)]!;
    }
    case 'bursts':
      return (cell) => (unit(key, Math.floor(cell / 60)) < spec.chance ? 1 : spec.base);
  }
}

/** Shop customers: a dip at night, noon and evening peaks; more at weekends. */
export const consumers = (zone: TimeZone): ShapeSpec => ({
  kind: 'weekly',
  week: {
    zone,
    workday: [
      [0, 0.35],
      [3, 0.22],
      [6, 0.28],
      [9, 0.6],
      [12.5, 0.8],
      [15, 0.66],
      [20.5, 0.95],
      [24, 0.35],
    ],
    weekend: [
      [0, 0.38],
      [4, 0.22],
      [8, 0.35],
      [11, 0.85],
      [16, 0.9],
      [20.5, 1],
      [24, 0.38],
    ],
  },
});

/** People at work: office hours with a lunch dip, a third of the load left at night and at weekends. */
export const officeHours = (zone: TimeZone): ShapeSpec => ({
  kind: 'weekly',
  week: {
    zone,
    workday: [
      [0, 0.34],
      [6.5, 0.34],
      [9.5, 0.95],
      [12.5, 0.8],
      [14.5, 1],
      [18.5, 0.5],
      [20, 0.34],
      [24, 0.34],
    ],
    weekend: [
      [0, 0.34],
      [14, 0.4],
      [24, 0.34],
    ],
  },
});

/** In use from early morning to late evening all week; `night` is what is left from 23:30 to 05:30. */
export const closedAtNight = (zone: TimeZone, night: number): ShapeSpec => {
  const day: Day = [
    [0, night],
    [5.5, night],
    [7, 0.85],
    [13, 1],
    [20, 0.9],
    [23.5, night],
    [24, night],
  ];
  return { kind: 'weekly', week: { zone, workday: day, weekend: day } };
};
