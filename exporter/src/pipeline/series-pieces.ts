/** A long series read a day at a time, so that whoever shares the thread has its turn in between. */
import { DAY, type TimeRange } from '../domain/interval.js';
import { epochSeconds } from '../domain/units.js';
import type { History, SeriesAnswer, SeriesQuery } from '../ports/history.js';

export interface Pacing {
  /** Let others run. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** One answer a day, oldest first; those of the days that were read before the signal was aborted. */
export async function seriesByDay(
  history: Pick<History, 'series'>,
  query: SeriesQuery,
  { pause, signal }: Pacing,
): Promise<readonly SeriesAnswer[]> {
  const answers: SeriesAnswer[] = [];
  for (const range of daysOf(query.range)) {
    await pause();
    if (signal.aborted) break;
    answers.push(await history.series({ ...query, range }));
  }
  return answers;
}

function* daysOf({ from, to }: TimeRange): Generator<TimeRange> {
  for (let start = from as number; start < to; start = start - (start % DAY) + DAY) {
    const end = Math.min(start - (start % DAY) + DAY, to);
    yield { from: epochSeconds(start), to: epochSeconds(end) };
  }
}
