import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Draft } from '../facts.js';
import { facts, workload, type FactsOverrides, type WorkloadOverrides } from '../testing/facts.js';
import { slotsOf } from './batch-runs.js';
import { carbonAwareScheduling } from './carbon-aware-scheduling.js';

function judge(over: WorkloadOverrides, known: FactsOverrides = {}): Draft | null {
  const w = workload(over);
  return carbonAwareScheduling(facts({ ...known, workloads: [w] }), w);
}

describe('carbon-aware scheduling', () => {
  /** Two hours from 18:00 in Paris, each day. */
  const evening: WorkloadOverrides = {
    workloadType: 'CronJob',
    load: (i) => ([18, 19].includes((i + 2) % 24) ? 1 : 0),
    podsAt: (i) => ([18, 19].includes((i + 2) % 24) ? 1 : 0),
  };
  /** Dirtiest in the evening by `ratio` over 13:00 and 14:00. */
  const grid = (ratio: number): FactsOverrides => ({
    intensity: {
      FR: (i) => {
        const hour = (i + 2) % 24;
        if (hour === 18 || hour === 19) return 100 * ratio;
        return hour === 13 || hour === 14 ? 100 : 130;
      },
    },
  });

  it.each<[string, WorkloadOverrides, FactsOverrides, boolean]>([
    ['1.51 times the best hours of the day', evening, grid(1.51), true],
    ['1.5 times', evening, grid(1.5), false],
    ['a service', { ...evening, workloadType: 'Deployment' }, grid(2), false],
    ['nothing known of the grid', evening, {}, false],
  ])('%s', (_, over, known, found) => expect(judge(over, known) !== null).toBe(found));

  it('moves the run to the best hours and saves emissions of its use, not energy', () => {
    const found = judge(evening, grid(2))!;
    expect(found.proposed).toMatchObject({
      start_hour: 13,
      schedule: '0 13 * * *',
      time_zone: 'Europe/Paris',
    });
    expect(found.shares).toMatchObject({ dynamic: 0, cpu: 0, memory: 0 });
    expect(found.shares.shifted).toBeCloseTo(0.5, 9);
  });

  /** An hour at each of these times in Paris, each day. */
  const runsAt = (...starts: readonly number[]): WorkloadOverrides => ({
    workloadType: 'CronJob',
    load: (i) => (starts.includes((i + 2) % 24) ? 1 : 0),
    podsAt: (i) => (starts.includes((i + 2) % 24) ? 1 : 0),
  });
  /** 100 g/kWh at 13:00 and 14:00, `ratio` times that at 18:00 and 19:00, 130 else. */
  const scheduleOf = (over: WorkloadOverrides, ratio: number): unknown =>
    judge(over, grid(ratio))?.proposed['schedule'] ?? null;

  it.each<[string, WorkloadOverrides, number, string | null]>([
    ['the one of two that is dirty, over 1.5 times', runsAt(8, 18), 1.51, '0 8,14 * * *'],
    ['none at 1.5 times', runsAt(8, 18), 1.5, null],
    ['none where the clean hours are in the part of the day of another', runsAt(9, 18), 1.51, null],
    ['one out of four', runsAt(1, 7, 13, 19), 2, '0 1,7,13,17 * * *'],
    ['none of a run in every hour', { ...runsAt(), load: () => 1, podsAt: () => 0.3 }, 2, null],
  ])('of several runs a day moves %s', (_, over, ratio, schedule) =>
    expect(scheduleOf(over, ratio)).toBe(schedule),
  );

  it('says which runs it moves, how far apart they get, and saves their part alone', () => {
    const found = judge(runsAt(8, 18), grid(2))!;
    expect(found.current).toMatchObject({ start_hours: '8,18', longest_wait_hours: 14 });
    expect(found.proposed).toMatchObject({ start_hours: '8,14', longest_wait_hours: 18 });
    expect(found.evidence).toMatchObject({
      moved: '18:00 to 14:00',
      moved_energy_ratio: 0.5,
      intensity_grams_per_kwh: 200,
    });
    expect(found.caveats).toContain('RUN_SPACING');
    expect(found.shares.shifted).toBeCloseTo(100 / (200 + 130), 9);
    expect(found.patch.yaml).toContain('schedule: "0 8,14 * * *"');
    expect(judge(evening, grid(2))!.caveats).not.toContain('RUN_SPACING');
  });

  /** From 17:00 to 20:00, with so many pods in the hours between the first and the last. */
  const long = (within: number): WorkloadOverrides => {
    const course = (i: number) => [1, within, within, 1][((i + 2) % 24) - 17] ?? 0;
    return { workloadType: 'CronJob', load: (i) => (course(i) > 0 ? 1 : 0), podsAt: course };
  };
  it.each([
    [0.91, true],
    [0.89, false],
  ])('takes hours with %d pods among others for one long run: %s', (pods, found) => {
    expect(judge(long(pods), grid(3)) !== null).toBe(found);
  });

  it('leaves out days that a run begins before or ends after', () => {
    const overnight = runsAt(23, 0);
    const dirtyNight = { intensity: { FR: (i: number) => ([23, 0].includes((i + 2) % 24) ? 300 : 100) } };
    expect(judge(overnight, dirtyNight)).toBeNull();
    expect(judge(runsAt(22, 23), dirtyNight)).not.toBeNull();
  });

  it('goes by the days that have as many runs as most', () => {
    const load = (i: number) => ([8, 18].includes((i + 2) % 24) || i === 30 ? 1 : 0);
    const found = judge({ ...runsAt(8, 18), load }, grid(2))!;
    expect(found.proposed['schedule']).toBe('0 8,14 * * *');
    expect(Number(found.evidence['runs']) % 2).toBe(0);
  });

  it('gives runs parts of the day that do not touch, hold them, and never double the longest wait', () => {
    const runs = fc
      .uniqueArray(fc.integer({ min: 0, max: 11 }), { minLength: 2, maxLength: 12 })
      .map((starts) => starts.toSorted((a, b) => a - b).map((start) => ({ start: 2 * start, length: 1 })));
    fc.assert(
      fc.property(runs, (all) => {
        const slots = slotsOf(all);
        const waits = (starts: readonly number[]) =>
          starts.map((start, i) => (starts[i + 1] ?? starts[0]! + 24) - start);
        const longest = Math.max(...waits(all.map((run) => run.start)));
        slots.forEach(({ from, to }, k) => {
          expect(from).toBeLessThanOrEqual(all[k]!.start);
          expect(to).toBeGreaterThanOrEqual(all[k]!.start + 1);
          const next = slots[k + 1];
          if (next) expect(next.from).toBeGreaterThan(to);
          const latest = next ? next.to - 1 : slots[0]!.to - 1 + 24;
          expect(latest - from).toBeLessThan(2 * longest);
        });
      }),
    );
  });

  it('keeps to the days of the week on which it ran', () => {
    const onWorkdays = (i: number) =>
      [18, 19].includes((i + 2) % 24) && Math.floor((i + 2) / 24) < 5 ? 1 : 0;
    const found = judge({ ...evening, load: onWorkdays }, grid(2))!;
    expect(found.proposed['schedule']).toBe('0 13 * * 1,2,3,4,5');
  });
});
