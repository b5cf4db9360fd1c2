/** A connection that is lost at any call, before the server got it or before its answer came, costs nothing but the try. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { epochSeconds, millijoules } from '../../domain/units.js';
import type { Ledger } from '../../ports/ledger.js';
import { at, impossibleResult, podRow, provenance, resultOf, shareRow } from '../../ports/testing/results.js';
import { makePostgresStore, type PostgresStore } from './testing/store.js';

jest.setTimeout(120_000);

const NOW = epochSeconds(1_800_000_000);
const EVER = { from: epochSeconds(0), to: at(1e6) };

const first = resultOf(at(0), [podRow(), shareRow('idle')]);
/** New in every dimension. */
const second = resultOf(
  at(0),
  [
    podRow({
      namespace: 'new',
      workload: { name: 'new', type: 'Job' },
      labels: { a: 'b' },
      energy: millijoules(1),
    }),
    podRow({ node: 'n2' }),
    shareRow('idle'),
  ],
  { revision: 'r2', currency: 'CHF' },
  () => ({
    instanceType: 'new',
    provenance: provenance({ pueBand: { lo: 1, hi: 1 }, gridZone: 'DE', pue: 1.3 }),
  }),
);

type Side = 'before' | 'after';
interface Connection {
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Cuts the connection at the n-th call of any client; 0: never. */
class Saboteur {
  calls = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was, and called on a client
  readonly #original = pg.Client.prototype.query;

  arm(n: number, side: Side): void {
    const original = this.#original;
    const count = () => ++this.calls;
    this.calls = 0;
    pg.Client.prototype.query = function (this: pg.Client & Connection, ...args: unknown[]) {
      const cut = count() === n;
      if (cut && side === 'before') this.connection.stream.destroy();
      const answer = (original as (...all: unknown[]) => unknown).apply(this, args);
      if (!cut || side === 'before') return answer;
      if (answer instanceof Promise) {
        return answer.then(() => {
          this.connection.stream.destroy();
          throw new Error('Connection terminated unexpectedly');
        });
      }
      return answer;
    } as typeof pg.Client.prototype.query;
  }

  disarm(): void {
    pg.Client.prototype.query = this.#original;
  }
}

let store: PostgresStore;
let ledger: Ledger;
const saboteur = new Saboteur();
beforeEach(async () => {
  store = await makePostgresStore();
  ledger = await store.openLedger();
});
afterEach(async () => {
  saboteur.disarm();
  await store.remove();
});

const told = async (of: Ledger) => ({
  marks: (await of.marks(EVER)).map(({ attempts: _, ...mark }) => mark),
  latest: await of.latest(),
  counters: await of.counters(),
});

describe.each<Side>(['before', 'after'])('a connection that is lost %s', (side) => {
  it('any call of a commit leaves all of it or nothing, and the next try makes it whole', async () => {
    let calls = 0;
    const twin = await store.openLedger('twin');
    await twin.commit(first, NOW);
    const before = await told(twin);
    await twin.commit(second, NOW);
    const after = await told(twin);
    for (let n = 1; ; n++) {
      const own = await store.openLedger(`c${n}`);
      await own.commit(first, NOW);
      saboteur.arm(n, side);
      const outcome = await own.commit(second, NOW).catch((error: unknown) => error as Error);
      saboteur.disarm();
      if (outcome instanceof Error) {
        expect(outcome.message).toMatch(/PostgreSQL 127\.0\.0\.1:\d+\/greenkube schema s\d+ /);
        expect([before, after]).toContainEqual(await told(own));
      }
      await own.commit(second, NOW);
      expect(await told(own)).toEqual(after);
      await own.close();
      if (!(outcome instanceof Error)) break;
      calls = n;
    }
    expect(calls).toBeGreaterThan(20);
  });

  it('any call of a commit that makes an hour and a day whole leaves sums of neither, or both', async () => {
    const last = resultOf(at(287), [podRow(), shareRow('idle')]);
    for (let n = 0; n < 276; n++) await ledger.commit(impossibleResult(at(n)), NOW);
    for (let n = 276; n < 287; n++) await ledger.commit(resultOf(at(n), [podRow()]), NOW);
    const history = await store.openHistory();
    const sums = async () => (await history.totals({ range: EVER, by: ['pod'], filters: {} })).total.energy;
    const open = await sums();
    const whole = open + BigInt(last.nodes[0]!.energy);
    for (let n = 1; ; n++) {
      saboteur.arm(n, side);
      const failed = await ledger.commit(last, NOW).catch((error: unknown) => error as Error);
      saboteur.disarm();
      const days = await ledger.openDays(at(288));
      expect([
        [1, open],
        [0, whole],
      ]).toContainEqual([days.length, await sums()]);
      if (!(failed instanceof Error)) break;
      expect(n).toBeLessThan(100);
    }
    expect(await sums()).toBe(whole);
  });
});

describe('a server', () => {
  it('that is closed to the ledger is told of by name', async () => {
    await ledger.close();
    await expect(ledger.commit(first, NOW)).rejects.toThrow(/greenkube schema s\d+ cannot be reached/);
  });

  it('that ends every connection loses nothing, and the ledger is told that it no longer holds its lease', async () => {
    const stores = await store.openStores('d');
    await stores.ledger.commit(first, NOW);
    await store.admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    if (!stores.lost!.aborted)
      await new Promise((resolve) => stores.lost!.addEventListener('abort', resolve));
    await stores.ledger.close();
    const again = await store.openLedger('d');
    expect(await again.latest()).toEqual(first);
    expect(await again.commit(second, NOW)).toBe('replaced');
  });

  it('that has become read-only says so, and what to do', async () => {
    await store.admin.query('ALTER DATABASE greenkube SET default_transaction_read_only = on');
    try {
      await store.admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND datname = current_database() AND application_name = 'greenkube'`,
      );
      await expect(store.openLedger('e')).rejects.toThrow(
        /is read-only: a standby, .* must lead to the primary/,
      );
    } finally {
      await store.admin.query('ALTER DATABASE greenkube RESET default_transaction_read_only');
    }
  });
});
