/** Ledgers to be moved in tests, and all that can be asked of them. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, seconds } from '../../domain/units.js';
import type { Archive } from '../../ports/archive.js';
import type { ComparisonHistory } from '../../ports/comparison.js';
import type { FactorStore } from '../../ports/factor-store.js';
import type { FindingsStore } from '../../ports/findings.js';
import { AMOUNTS, type History } from '../../ports/history.js';
import type { Ledger } from '../../ports/ledger.js';
import type { RecommendationStore } from '../../ports/recommendations.js';
import type { Restating } from '../../ports/restating.js';
import { arbResult, impossibleResult, T0 } from '../../ports/testing/results.js';
import type { UsageProfiles } from '../../ports/usage-profile.js';
import { exportLines, importLines, planExport } from '../archive.js';
import { recommendationOf } from './archive-records.js';

export interface ArchiveStores {
  readonly ledger: Ledger & Restating;
  readonly openArchive: () => Promise<Archive>;
  readonly factors: FactorStore;
  readonly outlook?: {
    readonly findings: FindingsStore;
    readonly recommendations: RecommendationStore;
    readonly profiles: UsageProfiles;
  };
}

/** One empty database. */
export interface ArchivePlace {
  /** Open the stores of cluster "c" with a step of half an hour; once. */
  open(): Promise<ArchiveStores>;
  /** Open a reader beside them. */
  openHistory(): Promise<History & ComparisonHistory>;
  remove(): Promise<void>;
}
export type MakeArchivePlace = () => Promise<ArchivePlace>;

/** Two intervals an hour: few enough to fill days with. */
export const ARCHIVE_STEP = seconds(1800);
export const PER_DAY = DAY / ARCHIVE_STEP;
export const at = (n: number) => epochSeconds(T0 + n * ARCHIVE_STEP);
export const NOW = epochSeconds(1_800_000_000);
export const EVER = { from: epochSeconds(0), to: epochSeconds(2_000_000_000) };
export const RANGE = { from: at(0), to: at(3 * PER_DAY) };

export const placed = (result: IntervalResult, n: number): IntervalResult => ({
  ...result,
  interval: { start: at(n), step: ARCHIVE_STEP },
});

export async function exported({ ledger, openArchive }: ArchiveStores, range = EVER): Promise<string[]> {
  const archive = await openArchive();
  const plan = await planExport({ ledger, archive }, range);
  const lines: string[] = [];
  const of = { cluster: 'c', step: ARCHIVE_STEP };
  for await (const line of exportLines({ ledger, archive }, of, plan, () => undefined)) lines.push(line);
  return lines;
}

export async function imported({ openArchive }: ArchiveStores, lines: readonly string[], cluster = 'c') {
  const archive = await openArchive();
  async function* each() {
    yield* lines;
  }
  return importLines(each(), { archive, cluster, onHead: () => undefined, onProgress: () => undefined });
}

/** Lines are long: only the first that differs is shown, from where it does. */
export function same(lines: readonly string[], expected: readonly string[]): void {
  const n = expected.findIndex((line, i) => line !== lines[i]);
  const [found, wanted] = [lines[n] ?? '', expected[n] ?? ''];
  const at = Math.max(0, [...wanted].findIndex((c, i) => c !== found[i]) - 60);
  expect(found.slice(at, at + 200)).toBe(wanted.slice(at, at + 200));
  expect(found.length).toBe(wanted.length);
  expect(lines).toHaveLength(expected.length);
}

/** How often intervals were committed is raised by whatever is imported. */
export const withoutTotals = (lines: readonly string[]) =>
  lines.filter((line) => !line.includes('"record":"totals"'));

/** All that can be asked, by every group and grain. */
export async function told(
  { ledger, outlook, factors }: ArchiveStores,
  history: History & ComparisonHistory,
) {
  const ranges = [
    RANGE,
    { from: at(0), to: at(PER_DAY) },
    { from: at(PER_DAY + 1), to: at(2 * PER_DAY + 5) },
  ];
  const groups = [
    ['pod', 'node', 'zone'],
    ['namespace'],
    ['workload', 'provider'],
    ['label:team'],
    [],
  ] as const;
  const answers: unknown[] = [];
  for (const range of ranges) {
    for (const by of groups) answers.push(sortedGroups(await history.totals({ range, by, filters: {} })));
    for (const step of [HOUR, DAY]) {
      const asked = { range, by: ['namespace', 'node'] as const, filters: {}, amounts: AMOUNTS, step };
      answers.push(await history.series(asked));
    }
    answers.push(await history.nodes(range), await history.namespaces(range), await history.workloads(range));
    answers.push(sorted(await history.comparisonCells({ range, filters: {}, step: HOUR })));
    answers.push(await history.resolution(range));
  }
  const hours = (await outlook?.profiles.hours(RANGE)) ?? [];
  const profiles: unknown[] = [];
  for (const hour of hours) profiles.push(await outlook?.profiles.hour(hour));
  return {
    answers,
    profiles: profiles.map((hour) => nearly(hour, NOT_TOLD)),
    clusters: await history.clusters(),
    marks: await ledger.marks(EVER),
    latest: await ledger.latest(),
    counters: await ledger.counters(),
    restatements: await ledger.restatements(EVER),
    openDays: await ledger.openDays(NOW),
    factors: [await factors.intensity('FR', EVER), await factors.intensityChanges(epochSeconds(0), 100)],
    embodied: await factors.embodied('boavizta', 'aws', 'm5.xlarge'),
    recommendations: await outlook?.recommendations.keptRecommendations(),
    savings: await outlook?.recommendations.savingsCounters(),
    scan: await outlook?.recommendations.lastScan(),
    findings: await outlook?.findings.storedFindings('score'),
    note: await ledger.note('first'),
  };
}

const sorted = (cells: readonly unknown[]) => cells.map((c) => JSON.stringify(nearly(c))).sort();
const sortedGroups = ({ groups, ...rest }: Awaited<ReturnType<History['totals']>>) => ({ groups, ...rest });

/** Which of two currencies of one hour is named is not said; and Elasticsearch adds requests up by the names of pods. */
const NOT_TOLD = ['currency', 'cpuRequest', 'memoryRequest', 'cpuRequestSeconds', 'memoryRequestSeconds'];

/** Sums of doubles depend on their order; all else is exact. @param but fields to leave out */
const nearly = (value: unknown, but: readonly string[] = []): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, v: unknown) => {
      if (but.includes(key)) return undefined;
      if (v instanceof Uint8Array) return Buffer.from(v).toString('hex');
      if (typeof v === 'bigint') return String(v);
      return typeof v === 'number' && !Number.isInteger(v) ? Number(v.toPrecision(9)) : v;
    }),
  );

/** Few different intervals, many times, so that whole days are quickly filled. */
export const arbLedger = fc.record({
  pool: fc.array(
    fc.oneof({ weight: 6, arbitrary: arbResult(T0) }, { weight: 1, arbitrary: fc.constant(null) }),
    {
      minLength: 2,
      maxLength: 6,
    },
  ),
  picks: fc.array(fc.nat(), { minLength: 3, maxLength: 40 }),
  /** Beyond two whole days. */
  more: fc.integer({ min: 1, max: 7 }),
  /** Hours of which the rows go, and whether the sums of the hours of the first day, and of the day, do. */
  hours: fc.integer({ min: 0, max: 49 }),
  pruned: fc.constantFrom('rows', 'hours', 'day'),
});
export type LedgerPlan = typeof arbLedger extends fc.Arbitrary<infer T> ? T : never;

export const resultAt = ({ pool, picks }: LedgerPlan, n: number): IntervalResult => {
  const picked = pool[picks[n % picks.length]! % pool.length]!;
  return placed(picked ?? impossibleResult(T0), n);
};

export const countOf = ({ more }: LedgerPlan) => 2 * PER_DAY + more;

export async function fill(
  { ledger }: ArchiveStores,
  plan: LedgerPlan,
  count = countOf(plan),
): Promise<void> {
  for (let n = 0; n < count; n++) await ledger.commit(resultAt(plan, n), NOW);
  // Tried again in vain: one more attempt.
  await ledger.commit(resultAt(plan, 3), NOW);
}

export async function prune({ ledger }: ArchiveStores, { hours, pruned }: LedgerPlan): Promise<void> {
  const raw = epochSeconds(T0 + (pruned === 'rows' ? hours : Math.max(hours, 24)) * HOUR);
  const hour = pruned === 'rows' ? at(0) : at(PER_DAY);
  const day = pruned === 'day' ? at(PER_DAY) : at(0);
  while (Object.values(await ledger.prune({ raw, hour, day })).some((n) => n > 0));
}

export async function addRecords({ ledger, factors, outlook }: ArchiveStores): Promise<void> {
  const point = { hour: at(0), value: gramsPerKwh(41.5), provisional: true };
  await factors.putIntensity('FR', 'electricity-maps', [point, { ...point, hour: at(2) }], NOW);
  await factors.putIntensity(
    'FR',
    'electricity-maps',
    [{ ...point, provisional: false }],
    epochSeconds(NOW + 5),
  );
  const machine = { total: kilograms(812.5), band: { lo: 100, hi: 90 }, closestMatch: 'm5.large' };
  await factors.putEmbodied('boavizta', 'aws', 'm5.xlarge', machine, NOW);
  await ledger.setNote('first', 'done "then"');
  if (!outlook) return;
  const { recommendation, event, booking, scan } = recommendationOf(at(0), 'c');
  await outlook.recommendations.changeRecommendations({
    kept: [{ recommendation, baseline: null }],
    events: [event, { ...event, at: NOW, from: 'active', to: 'applied' }],
    bookings: [booking, { ...booking, start: at(2), nanoCurrency: null }],
    scan,
  });
  const score = { subject: '', body: { score: 71 } as never };
  await outlook.findings.replaceFindings('score', [score, { ...score, subject: 'shop' }], NOW);
}

export async function restateOne({ ledger }: ArchiveStores, n: number): Promise<void> {
  const held = await ledger.interval(at(n));
  if (!held || held.rows.length === 0) return;
  const change = { reason: 'intensity-final' as const, at: NOW, oldFactor: 1, newFactor: 2 };
  const { node, operational } = held.nodes[0]!;
  const emissions = { oldEmissions: operational, newEmissions: operational };
  const sources = { oldSource: 'a', newSource: 'b' };
  const restatement = { start: at(n), node, ...change, ...emissions, ...sources };
  await ledger.restate({ ...held, revision: 'told anew' }, [restatement], NOW);
}
