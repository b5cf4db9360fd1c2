/** Several exporters on one schema: one writes for a cluster, others take over, and none that was replaced can write. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { epochSeconds, seconds } from '../../domain/units.js';
import { at, podRow, resultOf, shareRow, STEP } from '../../ports/testing/results.js';
import { openStores, type Stores, type WaitingReason } from '../factory.js';
import { makePostgresStore, type PostgresStore } from './testing/store.js';

jest.setTimeout(60_000);

const NOW = epochSeconds(1_800_000_000);
const result = (n: number) => resultOf(at(n), [podRow(), shareRow('idle')]);

let store: PostgresStore;
const open: Stores[] = [];
beforeEach(async () => {
  store = await makePostgresStore();
});
afterEach(async () => {
  for (const stores of open.splice(0)) await stores.ledger.close().catch(() => undefined);
  await store.remove();
});

const optionsOf = (cluster = 'c', leaseFor = 1) => ({
  ...store.options,
  cluster,
  step: STEP,
  leaseFor: seconds(leaseFor),
});

/** Another exporter that waits; `told` fills with why. */
function waiting(cluster = 'c') {
  const stop = new AbortController();
  const told: WaitingReason[] = [];
  const stores = openStores(optionsOf(cluster), {
    signal: stop.signal,
    onWaiting: (reason) => told.push(reason),
  });
  stores.then(
    (s) => open.push(s),
    () => undefined,
  );
  return { stores, told, stop };
}

async function opened(cluster?: string): Promise<Stores> {
  const stores = await openStores(optionsOf(cluster));
  open.push(stores);
  return stores;
}

describe('two exporters of one cluster', () => {
  it('do not both write: the second is refused, or waits and knows for whom', async () => {
    await opened();
    await expect(openStores(optionsOf())).rejects.toThrow(/writes for cluster c; only one may/);
    const { told, stores, stop } = waiting();
    while (told.length === 0) await delay(20);
    expect(told).toEqual([{ kind: 'held', holder: expect.stringMatching(/.+\/[0-9a-f]{6}$/) }]);
    stop.abort();
    await expect(stores).rejects.toThrow('only one may');
  });

  it('change places when the first ends', async () => {
    const leader = await opened();
    await leader.ledger.commit(result(0), NOW);
    const other = waiting();
    while (other.told.length === 0) await delay(20);
    await leader.ledger.close();
    const { ledger } = await other.stores;
    expect(await ledger.latest()).toEqual(result(0));
    expect(await ledger.commit(result(1), NOW)).toBe('written');
  });

  it('change places when the first stands still, which then cannot write', async () => {
    const leader = await opened();
    await leader.ledger.commit(result(0), NOW);
    // As if the process were stopped: nobody hears of it any more, and its connections stay.
    const { schema } = store.options;
    await store.admin.query(`CREATE FUNCTION ${schema}.still() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN IF EXISTS (SELECT 1 FROM ${schema}.lease WHERE token = 1) THEN RETURN NULL; END IF; RETURN NEW; END'`);
    await store.admin.query(
      `CREATE TRIGGER still BEFORE UPDATE ON ${schema}.heartbeat FOR EACH ROW EXECUTE FUNCTION ${schema}.still()`,
    );
    const other = waiting();
    const { ledger } = await other.stores;
    await store.admin.query(`DROP TRIGGER still ON ${schema}.heartbeat`);
    await expect(leader.ledger.commit(result(1), NOW)).rejects.toThrow(
      /another exporter has taken over writing for cluster c; nothing was written/,
    );
    expect(leader.lost!.aborted).toBe(true);
    expect((await ledger.marks({ from: at(0), to: at(9) })).map((m) => m.start)).toEqual([at(0)]);
    expect(await ledger.commit(result(1), NOW)).toBe('written');
  });

  it('wait for a transaction of the one that is replaced, and then see what it wrote', async () => {
    const leader = await opened();
    const commits = Promise.all([0, 1, 2].map((n) => leader.ledger.commit(result(n), NOW)));
    const other = waiting();
    await commits;
    await leader.ledger.close();
    const { ledger } = await other.stores;
    expect((await ledger.marks({ from: at(0), to: at(9) })).length).toBe(3);
  });
});

describe('exporters of several clusters', () => {
  it('write side by side to one schema, and a question about all of them is one question', async () => {
    const clusters = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(clusters.map((cluster) => opened(cluster)));
    const totals = async () => {
      const history = await store.openHistory();
      return history.totals({ range: { from: at(0), to: at(24) }, by: ['namespace'], filters: {} });
    };
    await Promise.all(
      all.map(async ({ ledger }) => {
        for (let n = 0; n < 24; n++) await ledger.commit(result(n), NOW);
      }),
    );
    const { groups, coverage } = await totals();
    expect(coverage).toBe(1);
    expect(groups.filter((g) => g.key.namespace === 'shop').map((g) => g.key.cluster)).toEqual(clusters);
    const one = groups[0]!.sums;
    for (const group of groups.filter((g) => g.key.namespace === groups[0]!.key.namespace)) {
      expect(group.sums).toEqual(one);
    }
  });

  it('start at once on a schema that there is not yet', async () => {
    const schema = `fresh_${Date.now()}`;
    const stores = await Promise.all(
      ['a', 'b', 'c'].map((cluster) => openStores({ ...optionsOf(cluster), schema })),
    );
    for (const { ledger } of stores) {
      expect(await ledger.latest()).toBeNull();
      await ledger.close();
    }
    await store.admin.query(`DROP SCHEMA ${schema} CASCADE`);
  });
});
