import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, startsIn } from '../domain/interval.js';
import { epochSeconds, seconds } from '../domain/units.js';
import type { Ledger } from '../ports/ledger.js';
import { podRow, resultOf, T0 } from '../ports/testing/results.js';
import { openLedger } from '../repositories/factory.js';
import { closeUnreachable, compact } from './compact.js';

const STEP = seconds(1800);
const PER_DAY = DAY / STEP;
const at = (n: number) => epochSeconds(T0 + n * STEP);
const days = (n: number) => seconds(n * DAY);
const { signal } = new AbortController();

let dir: string;
let ledger: Ledger;
beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'greenkube-compact-'));
  ledger = await openLedger({ type: 'sqlite', path: path.join(dir, 'l.db'), cluster: 'c', step: STEP });
});
afterEach(async () => {
  await ledger.close();
  rmSync(dir, { recursive: true });
});

const fill = async (from: number, to: number) => {
  for (const start of startsIn({ from: at(from), to: at(to) }, STEP)) {
    await ledger.commit({ ...resultOf(start, [podRow()]), interval: { start, step: STEP } }, at(to));
  }
};

describe('compaction', () => {
  const retention = { raw: days(1), hour: days(2), day: null };

  it('prunes all that has passed its retention, and no more', async () => {
    await fill(0, 4 * PER_DAY);
    const now = at(4 * PER_DAY);
    // Days 0 to 2 of rows; hours of days 0 and 1.
    expect(await compact(ledger, { now, retention, signal, limit: 1000 })).toEqual({
      pruned: { raw: 72, hour: 2, day: 0 },
      more: false,
    });
    expect((await compact(ledger, { now, retention, signal })).pruned).toEqual({ raw: 0, hour: 0, day: 0 });
    const dropping = { ...retention, day: days(3) };
    expect((await compact(ledger, { now, retention: dropping, signal })).pruned.day).toBe(1);
  });

  it('stops at its limit and when told to', async () => {
    await fill(0, 2 * PER_DAY);
    const options = { now: at(9 * PER_DAY), retention, signal };
    expect(await compact(ledger, { ...options, limit: 3 })).toEqual({
      pruned: { raw: 3, hour: 0, day: 0 },
      more: true,
    });
    const stopped = await compact(ledger, { ...options, signal: AbortSignal.abort() });
    expect(stopped.pruned.raw).toBe(0);
  });
});

describe('what a source can no longer be asked for', () => {
  const options = {
    step: STEP,
    settle: seconds(60),
    backfill: days(30),
    currency: 'USD',
    signal,
  };
  const states = async (from: number, to: number) =>
    (await ledger.marks({ from: at(from), to: at(to) })).map((m) => m.state);

  it('is marked at the head of the first day, once that is a day old, so that the day is whole', async () => {
    await fill(10, 3 * PER_DAY);
    const at2 = { ...options, now: epochSeconds(at(2 * PER_DAY) - 1), oldest: at(10) };
    expect(await closeUnreachable(ledger, at2)).toBe(0);
    expect(await ledger.openDays(at(PER_DAY))).toEqual([at(0)]);
    expect(await closeUnreachable(ledger, { ...at2, now: at(2 * PER_DAY) })).toBe(10);
    expect(await states(0, 11)).toEqual([...Array.from({ length: 10 }, () => 'impossible'), 'complete']);
    expect((await ledger.marks({ from: at(0), to: at(1) }))[0]!.partialReasons).toEqual(['source-retention']);
    expect(await ledger.openDays(at(PER_DAY))).toEqual([]);
    expect(await closeUnreachable(ledger, { ...at2, now: at(2 * PER_DAY) })).toBe(0);
  });

  it('is marked at both edges of a long outage, and not in the days between', async () => {
    await fill(0, 5);
    await fill(40 * PER_DAY + 7, 42 * PER_DAY);
    const closed = await closeUnreachable(ledger, {
      ...options,
      now: at(42 * PER_DAY),
      oldest: at(40 * PER_DAY + 7),
    });
    expect(closed).toBe(PER_DAY - 5 + 7);
    expect(await states(PER_DAY, 40 * PER_DAY)).toEqual([]);
  });

  it('leaves alone what is still wanted, and everything while the source holds nothing', async () => {
    await fill(20, 2 * PER_DAY);
    const now = at(3 * PER_DAY);
    expect(await closeUnreachable(ledger, { ...options, now, oldest: null })).toBe(0);
    expect(await closeUnreachable(ledger, { ...options, now, oldest: at(12) })).toBe(12);
    expect(await states(12, 20)).toEqual([]);
    const stopped = { ...options, now, oldest: at(20), signal: AbortSignal.abort() };
    expect(await closeUnreachable(ledger, stopped)).toBe(0);
  });

  it('changes no day that is whole', async () => {
    await fill(0, 2 * PER_DAY);
    const now = epochSeconds(at(9 * PER_DAY) + HOUR);
    expect(await closeUnreachable(ledger, { ...options, now, oldest: at(8 * PER_DAY) })).toBe(0);
  });
});
