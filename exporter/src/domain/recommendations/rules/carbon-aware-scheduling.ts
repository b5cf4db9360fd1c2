/** Batch work that runs once or several times a day, with runs at hours when the grid is much dirtier than at others of the day. */
import {
  clockOf,
  hoursOf,
  isBatch,
  targetOf,
  type Draft,
  type LocalClock,
  type ScanFacts,
} from '../facts.js';
import type { Caveat, Details, Patch } from '../model.js';
import { commandAlone, patchObject } from '../patch.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';
import { dailyRuns, daysOf, sum, WHOLE_DAY, type DailyRun, type DailyRuns } from './batch-runs.js';

export function carbonAwareScheduling(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const intensity = facts.intensity.get(w.gridZone);
  if (!isBatch(w) || intensity === undefined) return null;
  const clock = clockOf(facts, w.gridZone);
  const found = dailyRuns(w, clock, (i) => intensity.get(facts.usage.hours[i]!) ?? NaN);
  if (found === null) return null;
  // A grid that is clean at some hour of every day has no ratio, and is the best case there is.
  const isDirty = (run: DailyRun): boolean =>
    run.intensity > facts.settings.carbonAwareRatio * run.best && run.better < run.intensity;
  const moved = found.runs.filter(isDirty);
  return moved.length === 0 ? null : draftOf(facts, w, clock, found, moved);
}

/** Emissions, but for a factor. */
const emittedBy = (runs: readonly DailyRun[], intensityOf: (run: DailyRun) => number): number =>
  sum(runs, (run) => run.energy * intensityOf(run));

function draftOf(
  facts: ScanFacts,
  w: WorkloadProfile,
  clock: LocalClock,
  { days, runs }: DailyRuns,
  moved: readonly DailyRun[],
): Draft {
  const starts = runs.map((run) => run.startHour);
  const better = runs.map((run) => (moved.includes(run) ? run.betterHour : run.startHour));
  const schedule = `0 ${better.join(',')} * * ${weekdaysOf(w, clock)}`;
  const several: readonly Caveat[] = runs.length > 1 ? ['RUN_SPACING'] : [];
  const energy = sum(moved, (run) => run.energy);
  const saved = emittedBy(moved, (run) => run.intensity) - emittedBy(moved, (run) => run.better);
  return {
    type: 'CARBON_AWARE_SCHEDULING',
    target: targetOf(w),
    claims: { workloads: [workloadKey(w)] },
    shares: {
      ...{ dynamic: 0, cpu: 0, memory: 0, storage: 0 },
      shifted: saved / emittedBy(runs, (run) => run.intensity),
    },
    hours: hoursOf(facts.usage, w),
    samples: w.samples,
    current: { ...startsAt(starts), time_zone: clock.timeZone },
    proposed: { ...startsAt(better), schedule, time_zone: clock.timeZone },
    evidence: {
      runs: days * runs.length,
      run_hours: Math.max(...runs.map((run) => run.hours)),
      ...(runs.length > 1 && {
        moved: moved.map((run) => `${run.startHour}:00 to ${run.betterHour}:00`).join(', '),
        moved_energy_ratio: energy / sum(runs, (run) => run.energy),
      }),
      grid_zone: w.gridZone,
      intensity_grams_per_kwh: emittedBy(moved, (run) => run.intensity) / energy,
      best_intensity_grams_per_kwh: emittedBy(moved, (run) => run.best) / energy,
    },
    caveats: ['SCHEDULE_UNKNOWN', ...several, ...clock.caveats],
    patch: patchOf(w, schedule, clock.timeZone),
  };
}

/** Of several runs also how long at most it is from one to the next. */
const startsAt = (hours: readonly number[]): Details =>
  hours.length === 1
    ? { start_hour: hours[0]! }
    : { start_hours: hours.join(','), longest_wait_hours: longestWait(hours) };

const longestWait = (hours: readonly number[]): number =>
  Math.max(...hours.map((hour, i) => (hours[i + 1] ?? hours[0]! + 24) - hour));

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
