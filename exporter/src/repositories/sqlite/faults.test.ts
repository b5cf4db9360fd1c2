/** A commit that fails, at whatever statement, leaves nothing behind: neither in the file nor in memory. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { epochSeconds, millijoules } from '../../domain/units.js';
import type { Ledger } from '../../ports/ledger.js';
import { at, impossibleResult, podRow, provenance, resultOf, shareRow } from '../../ports/testing/results.js';
import { makeSqliteStore } from './testing/store.js';

const NOW = epochSeconds(1_800_000_000);
const EVER = { from: epochSeconds(0), to: at(1e6) };

let store: Awaited<ReturnType<typeof makeSqliteStore>>;
let ledger: Ledger;
let saboteur: Database.Database;
beforeEach(async () => {
  store = await makeSqliteStore();
  ledger = await store.openLedger();
  saboteur = new Database(store.path);
});
afterEach(async () => {
  saboteur.close();
  await store.remove();
});

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

const dump = () => {
  const tables = saboteur
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  return Object.fromEntries(tables.map((t) => [t, saboteur.prepare(`SELECT * FROM ${t}`).all()]));
};

const DIMENSIONS = [
  'currency',
  'namespace',
  'workload',
  'node',
  'label_set',
  'entity',
  'node_spec',
  'basis',
  'provenance',
];
const FACTS = ['pod_usage', 'namespace_usage', 'node_usage', 'interval'];
const COUNTERS = ['workload_counter', 'workload_energy', 'workload_cost', 'node_counter', 'node_energy'];

describe('a commit that fails', () => {
  it.each([
    ...[...DIMENSIONS, ...FACTS, ...COUNTERS].map((table) => [`INSERT ON ${table}`]),
    ...[...COUNTERS, 'cluster'].map((table) => [`UPDATE ON ${table}`]),
    ...FACTS.map((table) => [`DELETE ON ${table}`]),
  ])('at %s leaves what was there, and succeeds when tried again', async (statement) => {
    await ledger.commit(first, NOW);
    const before = dump();
    const counters = await ledger.counters();
    saboteur.exec(
      `CREATE TRIGGER fault BEFORE ${statement} BEGIN SELECT raise(ABORT, 'the disk is on fire'); END`,
    );
    await expect(ledger.commit(second, NOW)).rejects.toThrow(
      /greenkube\.db refused a statement \(the disk is on fire\)/,
    );
    expect(dump()).toEqual(before);
    expect(await ledger.counters()).toEqual(counters);
    expect(await ledger.latest()).toEqual(first);

    saboteur.exec('DROP TRIGGER fault');
    expect(await ledger.commit(second, NOW)).toBe('replaced');
    expect(await ledger.latest()).toEqual(second);
    expect(saboteur.pragma('foreign_key_check')).toEqual([]);
  });

  it('leaves no rows or markers of an interval that was to be the first', async () => {
    const empty = dump();
    saboteur.exec("CREATE TRIGGER fault BEFORE INSERT ON interval BEGIN SELECT raise(ABORT, 'no'); END");
    await expect(ledger.commit(first, NOW)).rejects.toThrow('no');
    expect(dump()).toEqual(empty);
    expect(await ledger.marks(EVER)).toEqual([]);
  });

  it('fails when the ledger is closed', async () => {
    await ledger.close();
    await expect(ledger.commit(first, NOW)).rejects.toThrow(/not open/);
  });
});

describe('a commit that makes an hour and a day whole', () => {
  const HOURS = ['pod_hour', 'namespace_hour', 'node_hour', 'workload_hour_histogram'];
  const DAYS = ['pod_day', 'namespace_day', 'node_day'];
  const last = (revision: string) => resultOf(at(287), [podRow(), shareRow('idle')], { revision });

  beforeEach(async () => {
    for (let n = 0; n < 276; n++) await ledger.commit(impossibleResult(at(n)), NOW);
    for (let n = 276; n < 287; n++) await ledger.commit(resultOf(at(n), [podRow()]), NOW);
  });

  const failsWhole = async (statement: string, revision: string) => {
    const before = dump();
    saboteur.exec(`CREATE TRIGGER fault BEFORE ${statement} BEGIN SELECT raise(ABORT, 'no'); END`);
    await expect(ledger.commit(last(revision), NOW)).rejects.toThrow('no');
    expect(dump()).toEqual(before);
    saboteur.exec('DROP TRIGGER fault');
  };

  it('fails whole at whatever statement, and so does one that changes them', async () => {
    for (const table of [...HOURS, 'hour_seal', ...DAYS, 'day_seal']) {
      await failsWhole(`INSERT ON ${table}`, 'r1');
    }
    await failsWhole('UPDATE ON entity', 'r1');
    expect(await ledger.commit(last('r1'), NOW)).toBe('written');
    for (const table of [...HOURS, ...DAYS]) await failsWhole(`DELETE ON ${table}`, 'r2');
    expect(await ledger.commit(last('r2'), NOW)).toBe('replaced');
  });
});

describe('the sums beside the rows', () => {
  it('agree with the rows after replacements', async () => {
    await ledger.commit(first, NOW);
    await ledger.commit(second, NOW);
    await ledger.commit(resultOf(at(1), [podRow()]), NOW);
    const fromRows = saboteur.prepare('SELECT sum(energy) energy, sum(embodied) embodied FROM node_usage');
    const namespaces = saboteur.prepare(
      'SELECT sum(energy) energy, sum(embodied) embodied FROM namespace_usage',
    );
    expect(namespaces.get()).toEqual(fromRows.get());
    const kept = saboteur.prepare('SELECT sum(energy) energy FROM node_energy');
    expect(kept.get()).toMatchObject({ energy: (fromRows.get() as { energy: number }).energy });
  });
});
