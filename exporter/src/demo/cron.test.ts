import { describe, expect, it } from '@jest/globals';
import { cronStarts } from './cron.js';
import type { CronPlan } from './workload-plan.js';

const at = (iso: string): number => Date.parse(iso) / 1000;
const iso = (starts: readonly number[]): readonly string[] =>
  starts.map((s) => new Date(s * 1000).toISOString().slice(0, 16));
const plan = (over: Partial<CronPlan>): CronPlan => ({
  zone: 'Europe/Paris',
  at: 0,
  everyMinutes: 1440,
  parallelism: 1,
  runMinutes: 10,
  schedule: '',
  ...over,
});

describe('cron starts', () => {
  it('runs at the local hour on both sides of a clock change', () => {
    const starts = cronStarts(plan({ at: 18 * 60 }), at('2026-03-28T00:00:00Z'), at('2026-03-30T00:00:00Z'));
    expect(iso(starts)).toEqual(['2026-03-28T17:00', '2026-03-29T16:00']);
  });

  it('keeps to its days of the week', () => {
    const starts = cronStarts(
      plan({ at: 450, everyMinutes: 720, days: [0, 4] }),
      at('2026-06-01T00:00:00Z'),
      at('2026-06-08T00:00:00Z'),
    );
    expect(iso(starts)).toEqual([
      '2026-06-01T05:30',
      '2026-06-01T17:30',
      '2026-06-05T05:30',
      '2026-06-05T17:30',
    ]);
  });

  it('answers the same whether a range is asked for whole or in parts', () => {
    const quarter = plan({ at: 5, everyMinutes: 15, zone: 'America/Chicago' });
    const from = at('2026-03-07T00:00:00Z');
    const to = at('2026-03-09T00:00:00Z');
    const parts: number[] = [];
    for (let t = from; t < to; t += 300) parts.push(...cronStarts(quarter, t, t + 300));
    const whole = cronStarts(quarter, from, to);
    expect(parts).toEqual(whole);
    expect(whole.length).toBeGreaterThan(180);
  });
});
