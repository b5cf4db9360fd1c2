/** Hours of the day in which nobody uses it. */
import {
  autoscalerOf,
  clockOf,
  hoursOf,
  isScalable,
  targetOf,
  type Draft,
  type LocalClock,
  type ScanFacts,
} from '../facts.js';
import { QUIET_DAYS } from '../settings.js';
import { workloadKey, type WorkloadProfile } from '../usage-window.js';
import { schedulePatch } from '../schedule-patch.js';

/** A run of local hours: `from` the first, `length` of them, across midnight too. */
export interface QuietTime {
  readonly from: number;
  readonly length: number;
  /** Days on which it was quiet, of `days` on which all of its hours are known. */
  readonly quietDays: number;
  readonly days: number;
}

export function offPeakScaling(facts: ScanFacts, w: WorkloadProfile): Draft | null {
  const { idleShare, minIdleHours } = facts.settings.offPeak;
  if (!isScalable(w)) return null;
  // Down to none already, or in the hands of something that would undo it.
  if (w.pods.subarray(w.first).some((pods) => pods === 0) || autoscalerOf(facts.knowledge, w)) return null;
  const clock = clockOf(facts, w.gridZone);
  const quiet = quietTime(w, clock, idleShare, minIdleHours);
  return quiet === null || quiet.length === 24 ? null : draftOf(facts, w, quiet, clock);
}

/**
 * The longest run of hours of the day, of at least `least`, that is under a share of the peak on five days of seven (with less
 * than a week of history: on all of them); of equal ones the earliest.
 */
export function quietTime(
  w: Pick<WorkloadProfile, 'cores' | 'first'>,
  { hours }: Pick<LocalClock, 'hours'>,
  idleShare: number,
  least: number,
): QuietTime | null {
  const peak = Math.max(...w.cores.subarray(w.first));
  if (!(peak > 0)) return null;
  const quiet = new QuietHours(hours, w, idleShare * peak);
  const candidates = quiet.candidates();
  for (let length = candidates.length; length >= least; length--) {
    for (const from of candidates) {
      const found = quiet.daysOf(from, length);
      if (found.days >= 1 && found.quietDays >= quiet.needed * found.days) return { from, length, ...found };
    }
  }
  return null;
}

/** Which local hours of which days were quiet. */
class QuietHours {
  readonly #firstDay: number;
  readonly #days: number;
  /** By day and hour: 0 not known, 1 busy, 2 quiet. */
  readonly #states: Uint8Array;
  /** Share of the days. */
  readonly needed: number;

  constructor(hours: LocalClock['hours'], w: Pick<WorkloadProfile, 'cores' | 'first'>, below: number) {
    this.#firstDay = hours[w.first]!.day;
    this.#days = hours.at(-1)!.day - this.#firstDay + 1;
    this.#states = new Uint8Array(24 * this.#days);
    for (let i = w.first; i < hours.length; i++) {
      const at = 24 * (hours[i]!.day - this.#firstDay) + hours[i]!.hour;
      // Twice the same local hour, when clocks go back: quiet when both are.
      if (this.#states[at] !== BUSY) this.#states[at] = w.cores[i]! < below ? QUIET : BUSY;
    }
    this.needed = hours.length - w.first >= NEARLY_A_WEEK ? QUIET_DAYS : 1;
  }

  /** Hours of the day that are quiet by themselves on days enough, ascending. */
  candidates(): number[] {
    return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => {
      const { days, quietDays } = this.daysOf(hour, 1);
      return days > 0 && quietDays >= this.needed * days;
    });
  }

  /** Days on which all hours of a run are known, and on which all of them were quiet. */
  daysOf(from: number, length: number): Pick<QuietTime, 'quietDays' | 'days'> {
    let [days, quietDays] = [0, 0];
    for (let day = 0; day < this.#days; day++) {
      const first = 24 * day + from;
      if (first + length > this.#states.length) break;
      let least: number = QUIET;
      for (let i = first; i < first + length && least > 0; i++) least = Math.min(least, this.#states[i]!);
      if (least > 0) days++;
      if (least === QUIET) quietDays++;
    }
    return { days, quietDays };
  }
}

const BUSY = 1;
const QUIET = 2;
/** Hours from which on a day that differs may be a weekend. */
const NEARLY_A_WEEK = 6 * 24;

function draftOf(facts: ScanFacts, w: WorkloadProfile, quiet: QuietTime, clock: LocalClock): Draft {
  const until = (quiet.from + quiet.length) % 24;
  const minute = clock.hours.at(-1)!.minute;
  const pods = Math.max(1, Math.round(w.pods[w.last]!));
  const schedule = {
    down: `${minute} ${quiet.from} * * *`,
    up: `${minute} ${until} * * *`,
    timeZone: clock.timeZone,
  };
  return {
    type: 'OFF_PEAK_SCALING',
    target: targetOf(w),
    claims: { workloads: [workloadKey(w)] },
    shares: sharesOf(w, quiet, clock),
    hours: hoursOf(facts.usage, w),
    samples: w.samples,
    current: { pods },
    proposed: { pods: 0, from: schedule.down, until: schedule.up, time_zone: clock.timeZone },
    evidence: {
      quiet_from_hour: quiet.from,
      quiet_hours: quiet.length,
      quiet_days: quiet.quietDays,
      days: quiet.days,
      cpu_peak_cores: Math.max(...w.cores.subarray(w.first)),
    },
    caveats: [
      ...clock.caveats,
      ...(facts.knowledge.autoscalers === null ? (['AUTOSCALERS_UNKNOWN'] as const) : []),
    ],
    patch: schedulePatch(w, pods, schedule, facts.knowledge.autoscalers),
  };
}

/** What falls into these hours of the day: use there, and the time that its pods hold something. */
function sharesOf(w: WorkloadProfile, quiet: QuietTime, { hours }: LocalClock) {
  const isIn = (hour: number): boolean => (hour - quiet.from + 24) % 24 < quiet.length;
  let [pods, quietPods, dynamic, quietDynamic] = [0, 0, 0, 0];
  for (let i = w.first; i < hours.length; i++) {
    const inside = Number(isIn(hours[i]!.hour));
    pods += w.pods[i]!;
    quietPods += inside * w.pods[i]!;
    dynamic += w.dynamic[i]!;
    quietDynamic += inside * w.dynamic[i]!;
  }
  const held = pods > 0 ? quietPods / pods : 0;
  return { dynamic: dynamic > 0 ? quietDynamic / dynamic : 0, cpu: held, memory: held, storage: 0 };
}
