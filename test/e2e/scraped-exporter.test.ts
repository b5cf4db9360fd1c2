/**
 * A real Prometheus that is both what the exporter reads usage from and what scrapes it, while both go on. The world is written
 * into it a few minutes into the future, a scrape every 2 s, so that intervals of 10 s are whole when they settle; the exporter
 * is scraped every second.
 */
import { spawnSync } from 'node:child_process';
import { get, type OutgoingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createWorld } from '../../exporter/src/demo/world.js';
import { floorTo, type TimeRange } from '../../exporter/src/domain/interval.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { freePort, startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';
import { runEngine } from './engine-in-process.js';
import { endAll, startExporter, waitFor, type Check, type Exporter } from './exporter.js';
import { differences, readLedger, readMarks, timeless } from './ledger-content.js';
import {
  answered,
  begunSince,
  FAMILIES,
  groupOf,
  growth,
  increaseQuery,
  type Figures,
} from './counter-families.js';
import { ScrapesOf } from './scraped.js';
import { loadWorld } from './world-in-prometheus.js';

jest.setTimeout(300_000);

const STEP = 10;
const BEHIND = 120;
const AHEAD = 8 * 60;
const SETTLE = 1;

const suite = requireOrSkip('prometheus') && requireOrSkip('promtool') ? describe : describe.skip;

suite('an exporter scraped by the Prometheus that it reads', () => {
  const dir = mkdtempSync(join(tmpdir(), 'scraped-exporter-'));
  const database = join(dir, 'e2e.db');
  let prometheus: PrometheusServer;
  let prometheusConfig: string;
  let exporter: Exporter;
  let port: number;
  let loaded: TimeRange;
  let scrapes: ScrapesOf;

  const flags = () => ({
    'prometheus-url': prometheus.url,
    'cluster-name': 'e2e',
    step: `${STEP}s`,
    settle: `${SETTLE}s`,
    backfill: '10m',
  });
  const start = () =>
    startExporter({
      args: [
        ...Object.entries(flags()).map(([k, v]) => `--${k}=${v}`),
        `--db-path=${database}`,
        `--api-port=${port}`,
      ],
    });

  beforeAll(async () => {
    port = await freePort();
    prometheusConfig = [
      'global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1h}',
      `scrape_configs: [{job_name: greenkube, static_configs: [{targets: ['127.0.0.1:${port}']}]}]`,
    ].join('\n');
    prometheus = await startPrometheus({ dir, config: prometheusConfig });
    const now = Math.floor(Date.now() / 1000);
    loaded = { from: epochSeconds(now - BEHIND), to: epochSeconds(now + AHEAD) };
    await loadWorld(prometheus.url, createWorld({ seed: 1, start: loaded.from }), loaded, 2);
    exporter = await start();
    await exporter.settled();
    scrapes = new ScrapesOf(prometheus.url);
    await waitFor('a scrape with counters', async () => (await scrapes.last(60)).length > 0);
  });

  afterAll(async () => {
    await endAll();
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('serves what promtool has nothing to say about, also compressed, and as OpenMetrics', async () => {
    const plain = await metricsBytes(exporter, {});
    const lint = spawnSync('promtool', ['check', 'metrics'], { input: plain.body, encoding: 'utf8' });
    expect([lint.status, lint.stdout, lint.stderr]).toEqual([0, '', '']);
    expect(plain.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const gzip = await metricsBytes(exporter, { 'accept-encoding': 'gzip' });
    expect(gzip.encoding).toBe('gzip');
    const text = gunzipSync(gzip.body).toString();
    expect(familiesIn(text)).toEqual(familiesIn(plain.body.toString()));
    const open = await metricsBytes(exporter, {
      accept: 'application/openmetrics-text;version=1.0.0',
    });
    expect(open.type).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(open.body.toString()).toMatch(/\n# EOF\n$/);
    // Prometheus asks for OpenMetrics first, and its parser is strict.
    expect(await scrapes.value('min_over_time(up[30s])')).toBe(1);
  });

  it('goes on counting after a restart: no counter falls', async () => {
    const before = await scrapes.last(60);
    expect((await exporter.stop()).code).toBe(0);
    exporter = await start();
    const seen = before.at(-1)!;
    await waitFor('two intervals after the restart', async () => {
      const newest = (await scrapes.last(30)).at(-1);
      return newest !== undefined && newest.completed >= seen.completed + 2 * STEP;
    });
    const all = await scrapes.last(120);
    const falls = all.slice(1).flatMap(({ counters }, i) => {
      const then = all[i]!.counters;
      return [...counters].filter(([key, { value }]) => value < (then.get(key)?.value ?? 0));
    });
    expect(falls).toEqual([]);
    expect(seen.counters.size).toBeGreaterThan(200);
    expect([...seen.counters.keys()].filter((key) => !all.at(-1)!.counters.has(key))).toEqual([]);
    expect(
      await scrapes.value('max(resets({__name__=~"greenkube_(workload|namespace|node)_.*_total"}[2m]))'),
    ).toBe(0);
  });

  /**
   * A scrape names the interval that its counters end with, so two scrapes name a range of the API exactly. increase() over the
   * window adds what it extrapolates: the window over the time between its first and last sample, whose ends each lack less than
   * a scrape interval.
   */
  it('has counters whose increase is what the API says of the range', async () => {
    const WINDOW = 35;
    await waitFor('scrapes through the window', async () => {
      const inside = await scrapes.last(WINDOW);
      return inside.length > 1 && inside.at(-1)!.at - inside[0]!.at > WINDOW - 3;
    });
    const at = (await scrapes.last(WINDOW)).at(-1)!.at;
    const inside = await scrapes.last(WINDOW, at);
    const [first, last] = [inside[0]!, inside.at(-1)!];
    expect(last.completed - first.completed).toBeGreaterThanOrEqual(3 * STEP);
    const stretch = WINDOW / (last.at - first.at);
    for (const family of FAMILIES) {
      const rows = await totals(exporter, family.by, { from: first.completed, to: last.completed });
      const said = answered(rows, family);
      expect(said.size).toBeGreaterThan(5);
      expect(growth(first, last, family)).toEqual(said);
      const begun = begunSince(first, last, family);
      const increases = await scrapes.query(increaseQuery(family, WINDOW), at);
      const compared = increases.filter(({ metric }) => !begun.has(groupOf(metric, family)));
      expect(compared.length).toBeGreaterThan(5);
      for (const { metric, value } of compared) {
        const amount = (said.get(groupOf(metric, family)) ?? 0) * family.unit;
        expect(Number(value![1])).toBeGreaterThanOrEqual(amount * (1 - 1e-9));
        expect(Number(value![1])).toBeLessThanOrEqual(amount * stretch * (1 + 1e-9));
      }
    }
  });

  it('goes on without Prometheus, says so once, and lacks nothing when it is back', async () => {
    const until = readMarks(database, ALL).at(-1)!.start;
    process.kill(prometheus.pid, 'SIGKILL');
    const errors = await refusals(exporter);
    await waitFor('two cycles to fail', async () => (await refusals(exporter)) >= errors + 2);
    const ready = await exporter.get('/readyz');
    expect(ready.status).toBe(503);
    const checks = (JSON.parse(ready.text) as { checks: readonly Check[] }).checks;
    expect(checks).toContainEqual({ name: 'prometheus', ok: false, required: true, reason: 'refused' });
    expect((await exporter.get('/metrics')).status).toBe(200);
    expect((await totals(exporter, 'node', { from: until - 6 * STEP, to: until })).length).toBeGreaterThan(
      20,
    );
    expect(exporter.said('source unavailable')).toHaveLength(1);

    await prometheus.stop();
    prometheus = await startPrometheus({
      dir,
      config: prometheusConfig,
      port: Number(new URL(prometheus.url).port),
    });
    const back = floorTo(Date.now() / 1000, STEP);
    await waitFor('the intervals missed', () => readMarks(database, ALL).at(-1)!.start >= back);
    await exporter.settled();
    expect(exporter.said('source unavailable')).toHaveLength(1);
    expect(exporter.said('collecting again')).toHaveLength(1);
    expect((await exporter.get('/readyz')).status).toBe(200);
    expect((await exporter.stop()).code).toBe(0);

    // The oldest data are found to the minute: before them are intervals of which nothing is known.
    const marks = readMarks(database, { ...ALL, from: epochSeconds(loaded.from + 60) });
    const starts = marks.map((mark) => mark.start);
    expect(starts).toEqual(starts.map((_, i) => starts[0]! + i * STEP));
    expect(starts.at(-1)! - until).toBeGreaterThanOrEqual(2 * STEP);
    expect(marks.filter(({ state }) => state !== 'complete')).toEqual([]);
    // Collected anew in one go, it is the same to the bit.
    const path = join(dir, 'anew.db');
    const now = starts.at(-1)! + STEP + SETTLE;
    await runEngine({ flags: { ...flags(), 'db-path': path }, from: now, until: now });
    const range = { from: epochSeconds(starts[0]!), to: epochSeconds(now) };
    expect(differences(timeless(readLedger(path, range)), timeless(readLedger(database, range)))).toEqual([]);
  });
});

const ALL: TimeRange = { from: epochSeconds(0), to: epochSeconds(1e10) };

async function totals(
  exporter: Exporter,
  by: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Figures[]> {
  const query = `by=${by}&from=${from}&to=${to}&limit=1000`;
  return (await exporter.json<{ rows: readonly Figures[] }>(`/api/v1/totals?${query}`)).rows;
}

/** Failed calls of Prometheus for want of a connection, since the exporter's start. */
async function refusals(exporter: Exporter): Promise<number> {
  type Services = Readonly<Record<string, { readonly errors: Readonly<Record<string, number>> }>>;
  const { services } = await exporter.json<{ services: Services }>('/api/v1/health');
  return services['prometheus']!.errors['refused'] ?? 0;
}

interface Raw {
  readonly type: string | undefined;
  readonly encoding: string | undefined;
  readonly body: Buffer;
}

/** /metrics as it is on the wire: fetch would undo the compression. */
function metricsBytes(exporter: Exporter, headers: OutgoingHttpHeaders): Promise<Raw> {
  return new Promise((resolve, reject) => {
    get(new URL('/metrics', exporter.url), { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const { 'content-type': type, 'content-encoding': encoding } = response.headers;
        resolve({ type, encoding, body: Buffer.concat(parts) });
      });
    }).on('error', reject);
  });
}

const familiesIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('# TYPE'));
