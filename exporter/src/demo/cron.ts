/** Start times of cron runs. */
import { utcOffset } from './local-time.js';
import type { CronPlan } from './workload-plan.js';

const DAY = 86_400;

/** 1 January 1970 was a Thursday; 0 = Monday. */
const weekday = (epochDay: number): number => (((epochDay + 3) % 7) + 7) % 7;

/** UTC instant of a minute of a local day; minutes that a clock change skips fall on the hour after. */
function instantOf(plan: CronPlan, epochDay: number, minute: number): number {
  const local = epochDay * DAY + minute * 60;
  return local - utcOffset(plan.zone, local - utcOffset(plan.zone, epochDay * DAY));
}

/** Starts in [from, to), ascending, seconds since the epoch. */
export function cronStarts(plan: CronPlan, from: number, to: number): readonly number[] {
  const starts = new Set<number>();
  for (let day = Math.floor(from / DAY) - 1; day <= Math.floor(to / DAY) + 1; day++) {
    if (plan.days && !plan.days.includes(weekday(day))) continue;
    for (let minute = plan.at; minute < 1440; minute += plan.everyMinutes) {
      const start = instantOf(plan, day, minute);
      if (start >= from && start < to) starts.add(start);
    }
  }
  return [...starts].sort((a, b) => a - b);
}
