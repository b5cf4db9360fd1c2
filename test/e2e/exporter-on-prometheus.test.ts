/**
 * The built exporter as a process, on a real Prometheus that holds two days of the demo world scraped every minute. It is loaded a
 * few minutes into the future, so that what the exporter collects while the tests run is whole too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createWorld, type World } from '../../exporter/src/demo/world.js';
import { floorTo, type TimeRange } from '../../exporter/src/domain/interval.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { checkDatabase } from '../../exporter/src/repositories/sqlite/connection.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';
import { compareWithTruth, fillFromDemo, strangers, type Compared } from './closed-form.js';
import { runEngine } from './engine-in-process.js';
import { endAll, startExporter, waitFor, type Exporter } from './exporter.js';
import {
  differences,
  lines,
  readLedger,
  readMarks,
  STEP,
  timeless,
  type LedgerContent,
} from './ledger-content.js';
import { loadWorld } from './world-in-prometheus.js';

jest.setTimeout(300_000);

const DAYS = 2;
const SCRAPE = 60;
const HOUR = 3600;
/** How far into the future samples are written: Prometheus takes ten minutes. */
const AHEAD = 9 * 60;
const SETTLE = 60;

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('the exporter on a Prometheus with two days of the world', () => {
  const dir = mkdtempSync(join(tmpdir(), 'exporter-on-prometheus-'));
  const database = join(dir, 'backfilled.db');
  let prometheus: PrometheusServer;
  let world: World;
  let exporter: Exporter;
  /** All of the loaded range that had settled when the exporter was started. */
  let known: TimeRange;
  let content: LedgerContent;

  const flags = (path: string, ...more: string[]) => [
    `--prometheus-url=${prometheus.url}`,
    `--db-path=${path}`,
    '--cluster-name=e2e',
    ...more,
  ];
  const start = (path: string, ...more: string[]) => startExporter({ args: flags(path, ...more) });
  const range = (from: number, to: number): TimeRange => ({ from: epochSeconds(from), to: epochSeconds(to) });

  beforeAll(async () => {
    const now = Math.floor(Date.now() / 1000);
    const from = floorTo(now - DAYS * 24 * HOUR, STEP);
    prometheus = await startPrometheus({ dir });
    world = createWorld({ seed: 1, start: from });
    await loadWorld(prometheus.url, world, range(from, now + AHEAD), SCRAPE);
    known = range(from, floorTo(Math.floor(Date.now() / 1000) - SETTLE, STEP));
    exporter = await start(database);
    await exporter.settled();
    content = readLedger(database, known);
  });

  afterAll(async () => {
    await endAll();
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  describe('after the backfill', () => {
    it('is ready, and holds every interval once and complete', async () => {
      const { status, text } = await exporter.get('/readyz');
      expect([status, JSON.parse(text)]).toMatchObject([200, { status: 'ok' }]);
      const starts = Array.from(
        { length: (known.to - known.from) / STEP },
        (_, i) => (known.from as number) + i * STEP,
      );
      expect(content.marks.map((mark) => mark.start)).toEqual(starts);
      expect(content.marks.filter(({ state, coverage }) => state !== 'complete' || coverage !== 1)).toEqual(
        [],
      );
    });

    /** The bound and its reasons: extrapolation.ts. The first interval has no sample before it and is left out. */
    it('has the energy of the closed form, every node and every pod in every interval', async () => {
      const path = join(dir, 'closed-form.db');
      await fillFromDemo(path, world.seed, known.to, DAYS);
      const compared = range(known.from + STEP, known.to);
      const truth = readLedger(path, compared);
      expect(truth.marks).toHaveLength((compared.to - compared.from) / STEP);
      const { nodes, pods } = compareWithTruth(world, compared, content, truth, SCRAPE);
      expect(nodes.length).toBeGreaterThan(23 * truth.marks.length - 1);
      expect(pods.length).toBeGreaterThan(150 * truth.marks.length);
      expect(beyond(nodes)).toEqual([]);
      expect(beyond(pods)).toEqual([]);
      expect(strangers(world, compared, content)).toEqual([]);
      // The bounds say something: they are a few percent of what they bound.
      expect(sum(nodes, 'bound') / sum(nodes, 'truth')).toBeLessThan(0.03);
      expect(sum(pods, 'bound') / sum(pods, 'truth')).toBeLessThan(0.12);
      // Errors at edges have either sign and what one interval does not see its neighbour does: over two days they are gone.
      expect(Math.abs(sum(nodes, 'found') / sum(nodes, 'truth') - 1)).toBeLessThan(0.002);
      expect(Math.abs(sum(pods, 'found') / sum(pods, 'truth') - 1)).toBeLessThan(0.005);
    });

    it('adds up: pods, system and idle of every node in every interval are the node, to the last unit', () => {
      const rest = new Map(content.nodes.map((node) => [`${node.start} ${node.node}`, amounts(node)]));
      for (const row of content.rows) {
        const left = rest.get(`${row.start} ${row.node}`)!;
        amounts(row).forEach((amount, i) => (left[i]! -= amount));
      }
      expect(rest.size).toBe(content.nodes.length);
      expect([...rest].filter(([, left]) => left.some((amount) => amount !== 0))).toEqual([]);
    });

    it('says over HTTP what the ledger holds, of two days and of single intervals', async () => {
      const ranges = [
        known,
        ...[0, 100, 287, 500].map((n) => range(known.from + n * STEP, known.from + (n + 1) * STEP)),
      ];
      for (const { from, to } of ranges) {
        const rows = content.rows.filter((row) => row.start >= from && row.start < to);
        const pods = new Map<string, number>();
        const nodes = new Map<string, number>();
        for (const { kind, node, namespace, pod, energy } of rows) {
          const name = kind === 'pod' ? `${namespace}/${pod}` : `__${kind}__/__${kind}__`;
          add(pods, `${node} ${name}`, energy);
          add(nodes, node, energy);
        }
        const byPod = await totals(exporter, `by=node,pod&from=${from}&to=${to}`);
        const foundPods = millijoules(byPod, ({ node, namespace, pod }) => `${node} ${namespace}/${pod}`);
        expect(differences(written(foundPods), written(pods))).toEqual([]);
        const byNode = await totals(exporter, `by=node&from=${from}&to=${to}`);
        expect(differences(written(millijoules(byNode, ({ node }) => node!)), written(nodes))).toEqual([]);
      }
    });
  });

  it('changes nothing when it runs again, and asks Prometheus for nothing that it has', async () => {
    await exporter.stop();
    const before = readLedger(database, known);
    const newest = range(known.to, known.to + HOUR);
    const more = readMarks(database, newest).length;
    const asked = await rangeQueries(prometheus.url);
    exporter = await start(database);
    await exporter.settled();
    expect((await exporter.stop()).code).toBe(0);
    expect(differences(lines(before), lines(readLedger(database, known)))).toEqual([]);
    expect(differences(timeless(before), timeless(content))).toEqual([]);
    // Two each to find the oldest sample of nodes and of usage; some twenty for an interval that became due in between.
    const fresh = readMarks(database, newest).length - more;
    expect(fresh).toBeLessThanOrEqual(1);
    expect((await rangeQueries(prometheus.url)) - asked).toBeLessThanOrEqual(4 + 30 * fresh);
  });

  it('collects live, and after an hour without Prometheus, to the bit what it backfills', async () => {
    const path = join(dir, 'live.db');
    const first = known.from + STEP + SETTLE;
    const lost = first + 2 * HOUR;
    const found = lost + HOUR;
    const counts: number[] = [];
    const warnings = await runEngine({
      // At each wake only the newest interval and those missed are within reach.
      flags: { 'prometheus-url': prometheus.url, 'db-path': path, 'cluster-name': 'e2e', backfill: '90m' },
      from: first,
      until: found + HOUR,
      onWake: async (now) => {
        counts.push(readMarks(path, known).length);
        if (now >= lost && now < found) await prometheus.stop();
        else if (now >= found) prometheus = await again(prometheus);
      },
    });
    expect(counts.slice(0, 24)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(warnings.map((line) => line.replace(/ .*/, ''))).toEqual(['source']);
    const collected = range(known.from, found + HOUR - SETTLE - STEP);
    expect(
      differences(timeless(readLedger(path, collected)), timeless(readLedger(database, collected))),
    ).toEqual([]);
    expect(readMarks(path, known)).toHaveLength((collected.to - collected.from) / STEP);
  });

  it('ends within 5 s of SIGTERM at any moment, keeps a sound ledger, and goes on to the same', async () => {
    const path = join(dir, 'interrupted.db');
    const hours = 12;
    const reach = range(floorTo(Date.now() / 1000, STEP) - hours * HOUR + 2 * STEP, known.to);
    const run = async (until: (one: Exporter) => Promise<void>, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => {
      const before = readMarks(path, reach).length;
      const one = await start(path, `--backfill=${hours}h`);
      await until(one);
      const { code, seconds } = await one.signal(signal);
      expect(code).toBe(signal === 'SIGKILL' ? null : 0);
      expect(seconds).toBeLessThan(5);
      expect(checkDatabase(path)).toEqual([]);
      expect(readMarks(path, reach).length).toBeGreaterThanOrEqual(before);
    };
    const pendingBelow = (count: number) => async (one: Exporter) =>
      waitFor(`fewer than ${count} intervals pending`, async () => (await pending(one)) < count);
    await run(async () => undefined, 'SIGTERM');
    await run(pendingBelow(125), 'SIGTERM');
    await run(pendingBelow(90), 'SIGKILL');
    await run(pendingBelow(60), 'SIGINT');
    await run(pendingBelow(25), 'SIGKILL');
    await run((one) => one.settled(), 'SIGTERM');
    await run((one) => one.settled(), 'SIGKILL');
    expect(differences(timeless(readLedger(path, reach)), timeless(readLedger(database, reach)))).toEqual([]);
  });

  /** Starts it again on its data and its port. */
  const again = async (server: PrometheusServer): Promise<PrometheusServer> => {
    if (
      await fetch(`${server.url}/-/ready`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return server;
    return startPrometheus({ dir, port: Number(new URL(server.url).port) });
  };
});

const beyond = (compared: readonly Compared[]): readonly Compared[] =>
  compared.filter(({ found, truth, bound }) => !(Math.abs(found - truth) <= bound));

const sum = (compared: readonly Compared[], field: 'found' | 'truth' | 'bound'): number =>
  compared.reduce((total, one) => total + one[field], 0);

/** Amounts that the law of the node holds for; each is a whole number far below 2^53. */
const amounts = (of: {
  energy: number;
  operational: number;
  embodied: number;
  cost: number | null;
}): number[] => [of.energy, of.operational, of.embodied, of.cost ?? 0];

interface Totals {
  readonly rows: readonly {
    readonly key: Readonly<Record<string, string>>;
    readonly energy_joules: number;
  }[];
  readonly next_cursor: string | null;
}

/** All pages. */
async function totals(exporter: Exporter, query: string): Promise<Totals['rows']> {
  const rows: Totals['rows'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Totals = await exporter.json(`/api/v1/totals?${query}&limit=1000${cursor}`);
    rows.push(...page.rows);
    cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
  }
  return rows;
}

function millijoules(
  rows: Totals['rows'],
  keyOf: (key: Readonly<Record<string, string>>) => string,
): ReadonlyMap<string, number> {
  return new Map(rows.map(({ key, energy_joules }) => [keyOf(key), Math.round(energy_joules * 1000)]));
}

const written = (map: ReadonlyMap<string, number>): readonly string[] =>
  [...map].map(([key, value]) => `${key} ${value}`);

const add = (map: Map<string, number>, key: string, amount: number) =>
  map.set(key, (map.get(key) ?? 0) + amount);

/** Range queries that Prometheus has answered since it started. */
async function rangeQueries(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const pattern = /^prometheus_http_requests_total\{code="200",handler="\/api\/v1\/query_range"\} (\d+)/m;
  return Number(pattern.exec(metrics)?.[1] ?? 0);
}

async function pending(exporter: Exporter): Promise<number> {
  const { intervals_pending, services } = await exporter.json<{
    intervals_pending: number;
    services: Record<string, { last_success: string | null }>;
  }>('/api/v1/health');
  return services['prometheus']?.last_success == null ? Infinity : intervals_pending;
}
