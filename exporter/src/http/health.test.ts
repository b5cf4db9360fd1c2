import { describe, expect, it } from '@jest/globals';
import { epochSeconds, seconds } from '../domain/units.js';
import { StatusKeeper } from '../pipeline/status.js';
import { assess } from './health.js';

const STARTED = epochSeconds(1_800_000_000);
const statusOf = (prepare: (keeper: StatusKeeper) => void) => {
  const keeper = new StatusKeeper({ now: () => STARTED }, () => 0);
  prepare(keeper);
  return keeper.snapshot();
};
const later = (by: number) => ({
  now: epochSeconds(STARTED + by),
  startedAt: STARTED,
  step: seconds(300),
});

describe('readiness of replicas', () => {
  it('says which one this is, and does not hold it against the one that waits that it has collected nothing', () => {
    const waits = assess(
      statusOf((keeper) => keeper.standby(true)),
      later(86_400),
    );
    expect(waits.ready).toBe(true);
    expect(waits.checks.map(({ name, reason }) => [name, reason])).toEqual([
      ['database', null],
      ['role', 'standby: another replica collects, this one serves'],
    ]);
    const collects = assess(
      statusOf((keeper) => keeper.standby(false)),
      later(86_400),
    );
    expect(collects.ready).toBe(false);
    expect(collects.checks.find(({ name }) => name === 'role')?.reason).toBe('collecting');
  });

  it('fails while the database does not answer, and has no role where there are no replicas', () => {
    const cut = assess(
      statusOf((keeper) => {
        keeper.standby(false);
        keeper.database('cannot be reached');
      }),
      later(1),
    );
    expect(cut.ready).toBe(false);
    const alone = assess(
      statusOf(() => undefined),
      later(1),
    );
    expect(alone.checks.some(({ name }) => name === 'role')).toBe(false);
  });
});
