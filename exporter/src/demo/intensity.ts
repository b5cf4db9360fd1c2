/**
 * The grids that the world's machines draw from, hour by hour: a daily course, a sunny dip where there is sun, cleaner weekends
 * and weather that changes from day to day. Made up, but around the yearly means of those zones; a pure function of seed and hour.
 */
import { ceilTo, HOUR, startsIn, type TimeRange } from '../domain/interval.js';
import { gramsPerKwh, type EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { IntensityPoint, IntensityProvider } from '../ports/intensity-provider.js';
import { available, unavailable } from '../ports/outcome.js';
import { combine, hashText, unit } from './hash.js';
import { localWeekMinute, type TimeZone } from './local-time.js';

interface Grid {
  readonly zone: TimeZone;
  /** g/kWh on a workday without sun or wind. */
  readonly base: number;
  /** Share that the evening peak adds, that the midday sun takes away, and that the night takes away. */
  readonly peak: number;
  readonly sun: number;
  readonly night: number;
  /** Largest share that the weather of a day takes away or adds. */
  readonly weather: number;
}

/** By grid zone. Only in the Netherlands does the evening reach more than 1.5 times the best hours of the day. */
const GRIDS: Readonly<Record<string, Grid>> = {
  FR: { zone: 'Europe/Paris', base: 33, peak: 0.16, sun: 0.1, night: 0.06, weather: 0.14 },
  'US-MIDW-MISO': { zone: 'America/Chicago', base: 470, peak: 0.08, sun: 0.06, night: 0.04, weather: 0.1 },
  NL: { zone: 'Europe/Amsterdam', base: 290, peak: 0.24, sun: 0.32, night: 0.04, weather: 0.08 },
  PL: { zone: 'Europe/Paris', base: 690, peak: 0.06, sun: 0.1, night: 0.05, weather: 0.06 },
};

const WEEKEND = 0.92;
/** Hours of the local day of the largest effect, and how far it reaches either side. */
const EVENING = { at: 19, width: 3 } as const;
const MIDDAY = { at: 13.5, width: 4 } as const;
const DEEP_NIGHT = { at: 3, width: 4 } as const;

/** 1 at the hour itself, falling to 0 at its width: half a cosine. */
function bump(hour: number, { at, width }: { readonly at: number; readonly width: number }): number {
  const away = Math.abs(hour - at);
  return away >= width ? 0 : 0.5 * (1 + Math.cos((Math.PI * away) / width));
}

function intensityOf(zone: string, grid: Grid, seed: number, hour: EpochSeconds): number {
  const minute = localWeekMinute(grid.zone)(hour / 60);
  const ofDay = (minute % 1440) / 60 + 0.5;
  const key = combine(seed, hashText(`grid/${zone}`));
  const weather = grid.weather * (2 * unit(key, Math.floor(hour / 86_400)) - 1);
  const gusts = 0.25 * grid.weather * (2 * unit(key, Math.floor(hour / 3600) ^ 0x2c1b3c6d) - 1);
  const course =
    grid.peak * bump(ofDay, EVENING) - grid.sun * bump(ofDay, MIDDAY) - grid.night * bump(ofDay, DEEP_NIGHT);
  const week = minute < 5 * 1440 ? 1 : WEEKEND;
  return Math.round(grid.base * week * (1 + course + weather + gusts) * 10) / 10;
}

/** Knows the hours up to the present one and forecasts nothing: what comes next is for others to work out. */
export function createDemoIntensity(seed: number, clock: Clock): IntensityProvider {
  const pointsOf = (zone: string, range: TimeRange): readonly IntensityPoint[] => {
    const grid = GRIDS[zone];
    if (!grid) return [];
    const to = Math.min(range.to, ceilTo(clock.now(), HOUR)) as EpochSeconds;
    return [...startsIn({ from: range.from, to }, HOUR)].map((hour) => ({
      hour,
      value: gramsPerKwh(intensityOf(zone, grid, seed, hour)),
      provisional: false,
    }));
  };
  return {
    name: 'demo',
    covers: (zone) => Object.hasOwn(GRIDS, zone),
    history: (zone, range, signal) =>
      Promise.resolve(
        signal?.aborted
          ? unavailable('cancelled', 'reading the demo world was cancelled')
          : available(pointsOf(zone, range)),
      ),
  };
}
