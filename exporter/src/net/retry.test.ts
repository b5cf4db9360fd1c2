import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, pause, retryAfterMs, RetryBudget } from './retry.js';

describe('retry budget', () => {
  it('never lets more retries through than ten and a fifth of the successes', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (events) => {
        const budget = new RetryBudget();
        let retries = 0;
        let successes = 0;
        for (const success of events) {
          if (success) {
            budget.credit();
            successes += 1;
          } else if (budget.take()) retries += 1;
        }
        expect(retries).toBeLessThanOrEqual(10 + successes / 5 + 1e-9);
      }),
    );
  });

  it('lets single failures among many successes be retried', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1000; i++) {
      for (let n = 0; n < 5; n++) budget.credit();
      expect(budget.take()).toBe(true);
    }
  });
});

describe('waiting', () => {
  it('doubles with each attempt and stays between half and whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const ms = backoffMs(100, attempt, random);
          expect(ms).toBeGreaterThanOrEqual(50 * 2 ** attempt);
          expect(ms).toBeLessThan(100 * 2 ** attempt);
        },
      ),
    );
  });

  it.each([
    ['5', undefined, 5000],
    ['0', undefined, 0],
    ['Wed, 14 Jan 2026 10:00:07 GMT', 'Wed, 14 Jan 2026 10:00:00 GMT', 7000],
    ['Wed, 14 Jan 2026 09:00:00 GMT', 'Wed, 14 Jan 2026 10:00:00 GMT', 0],
    ['Wed, 14 Jan 2026 10:00:07 GMT', undefined, null],
    ['soon', 'Wed, 14 Jan 2026 10:00:00 GMT', null],
    ['-3', undefined, null],
    [undefined, undefined, null],
  ])('reads Retry-After %p with Date %p as %p ms', (header, date, expected) => {
    expect(retryAfterMs(header, date)).toBe(expected);
  });

  it('ends a pause at once when the signal aborts', async () => {
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort();
    expect(await waiting).toBe(false);
    expect(await pause(60_000, controller.signal)).toBe(false);
    expect(await pause(0, undefined)).toBe(true);
  });
});
