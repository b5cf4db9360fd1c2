/** Batch work that runs once a day, at an hour when the grid is much dirtier than at the best hour of the same day. */
import {
  clockOf,
  hoursOf,
  isBatch,
  targetOf,
  type Draft,
  type LocalClock,
  type ScanFacts,
} from '../facts.js';
import type { Caveat, Patch } from '../model.js';
import { commandAlone, patchObject } from '../patch.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';

/** One run, and the best of all runs of its length on its day. Intensities in g/kWh, weighted by the energy of each hour. */
export interface Run {
  readonly startHour: number;
  readonly hours: number;
  /** mJ. */
  readonly energy: number;
  readonly intensity: number;
  readonly bestHour: number;
  readonly best: number;
}

export function carbonAwareScheduling(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const intensity = facts.intensity.get(w.gridZone);
  if (!isBatch(w) || intensity === undefined) return null;
  const clock = clockOf(facts, w.gridZone);
  const runs = runsOf(w, clock, (i) => intensity.get(facts.usage.hours[i]!) ?? NaN);
  const energy = sum(runs, (r) => r.energy);
  if (!(energy > 0)) return null;
  const actual = sum(runs, (r) => r.energy * r.intensity) / energy;
  const best = sum(runs, (r) => r.energy * r.best) / energy;
  // A grid that is clean at some hour of every day has no ratio, and is the best case there is.
  if (!(actual > facts.settings.carbonAwareRatio * best)) return null;
  return draftOf(facts, w, clock, { runs, actual, best });
}

/** Runs of days with one run that ends on its day, of which the intensity of every hour is known. */
export function runsOf(
  w: Pick<WorkloadProfile, 'dynamic' | 'first'>,
  { hours }: Pick<LocalClock, 'hours'>,
  intensityAt: (index: number) => number,
): readonly Run[] {
  return daysOf(w, hours).flatMap((day) => runOf(w, hours, day, intensityAt) ?? []);
}

/** Hours by local day. */
function daysOf(
  { first }: Pick<WorkloadProfile, 'first'>,
  hours: LocalClock['hours'],
): readonly (readonly number[])[] {
  const days = new Map<number, number[]>();
  for (let i = first; i < hours.length; i++) {
    const day = days.get(hours[i]!.day);
    if (day) day.push(i);
    else days.set(hours[i]!.day, [i]);
  }
  return [...days.values()];
}

/** Fewer hours of a day are not a day of which the best could be known: clocks go forward once a year. */
const WHOLE_DAY = 23;

function runOf(
  w: Pick<WorkloadProfile, 'dynamic'>,
  hours: LocalClock['hours'],
  day: readonly number[],
  intensityAt: (index: number) => number,
): Run | null {
  const busy = day.filter((i) => w.dynamic[i]! > 0);
  const first = busy[0];
  if (first === undefined || day.length < WHOLE_DAY || busy.at(-1)! - first !== busy.length - 1) return null;
  const weights = busy.map((i) => w.dynamic[i]!);
  const energy = sum(weights, (mj) => mj);
  /** Intensity of the same run, had it begun at another hour. */
  const meanFrom = (start: number) => sum(weights, (mj, k) => mj * intensityAt(start + k)) / energy;
  const intensity = meanFrom(first);
  const last = day.at(-1)!;
  const starts = day.filter((i) => i + weights.length - 1 <= last);
  const best = starts.reduce((a, b) => (meanFrom(b) < meanFrom(a) ? b : a));
  if (Number.isNaN(intensity) || Number.isNaN(meanFrom(best))) return null;
  return {
    startHour: hours[first]!.hour,
    hours: weights.length,
    energy,
    intensity,
    bestHour: hours[best]!.hour,
    best: meanFrom(best),
  };
}

interface Found {
  readonly runs: readonly Run[];
  readonly actual: number;
  readonly best: number;
}

function draftOf(
  facts: ScanFacts,
  w: WorkloadProfile,
  clock: LocalClock,
  { runs, actual, best }: Found,
): Draft {
  const startHour = mostFrequent(runs.map((r) => r.startHour));
  const bestHour = mostFrequent(runs.map((r) => r.bestHour));
  const schedule = `0 ${bestHour} * * ${weekdaysOf(w, clock)}`;
  const caveats: readonly Caveat[] = ['SCHEDULE_UNKNOWN', ...clock.caveats];
  return {
    type: 'CARBON_AWARE_SCHEDULING',
    target: targetOf(w),
    claims: { workloads: [workloadKey(w)] },
    shares: { dynamic: 0, cpu: 0, memory: 0, storage: 0, shifted: 1 - best / actual },
    hours: hoursOf(facts.usage, w),
    samples: w.samples,
    current: { start_hour: startHour, time_zone: clock.timeZone },
    proposed: { start_hour: bestHour, schedule, time_zone: clock.timeZone },
    evidence: {
      runs: runs.length,
      run_hours: Math.max(...runs.map((r) => r.hours)),
      grid_zone: w.gridZone,
      intensity_grams_per_kwh: actual,
      best_intensity_grams_per_kwh: best,
    },
    caveats,
    patch: patchOf(w, schedule, clock.timeZone),
  };
}

function patchOf(w: WorkloadProfile, schedule: string, timeZone: string): Patch {
  if (w.workloadType === 'CronJob') {
    const object = { namespace: w.namespace, name: w.workload, kind: 'CronJob' };
    return patchObject(object, { schedule, timeZone });
  }
  return commandAlone(`kubectl --namespace ${w.namespace} get job ${w.workload} --output yaml`, [
    `start it at ${schedule} ${timeZone}, where it is started`,
  ]);
}

/** As cron writes them: without those of which a whole day was seen and no run. */
function weekdaysOf(
  w: Pick<WorkloadProfile, 'dynamic' | 'first'>,
  { hours }: Pick<LocalClock, 'hours'>,
): string {
  const idle = new Map<number, boolean>();
  for (const day of daysOf(w, hours)) {
    const ran = day.some((i) => w.dynamic[i]! > 0);
    const { weekday } = hours[day[0]!]!;
    if (ran || day.length >= WHOLE_DAY) idle.set(weekday, !ran && (idle.get(weekday) ?? true));
  }
  const left = [0, 1, 2, 3, 4, 5, 6].filter((weekday) => !idle.get(weekday));
  return left.length === 7 ? '*' : left.join(',');
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

const sum = <T>(items: readonly T[], of: (item: T, i: number) => number): number =>
  items.reduce((total, item, i) => total + of(item, i), 0);
