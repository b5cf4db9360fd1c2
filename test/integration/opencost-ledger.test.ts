/** The collecting half of the exporter with an OpenCost beside a real Prometheus, over an hour and until its bill has settled. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { runEngine } from '../e2e/engine-in-process.js';
import { differences, readLedger, timeless, type LedgerContent } from '../e2e/ledger-content.js';
import type { Fault, FaultyServer } from '../fakes/faulty-server.js';
import { startOpenCost } from '../fakes/opencost.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { descriptionOf, RUNNING, usageOf } from './usage-of-seed.js';

jest.setTimeout(180_000);

const STEP = 300;
const HOUR = 3600;
const START = Date.UTC(2026, 0, 15, 10) / 1000;
/** An hour, until its bill is final ten minutes later, and three cycles more. */
const CYCLES = 12 + 2 + 3;
const THE_HOUR = { from: epochSeconds(START), to: epochSeconds(START + HOUR) };
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

/** By hour, in units of 1e-5: what OpenCost can say. The final bill of an hour is a tenth more than what it said before. */
const POD_COST = 2400;
const IDLE_COST = 7000;

suite('an exporter with OpenCost', () => {
  let dir: string;
  let prometheus: PrometheusServer;
  let opencost: FaultyServer;
  let now = START;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-opencost-'));
    prometheus = await startPrometheus({ dir: join(dir, 'prometheus') });
    const [from, to] = [START - 600, START + CYCLES * STEP];
    for (let t = from; t < to; t += HOUR) {
      const end = Math.min(t + HOUR, to);
      await remoteWrite(prometheus.url, slice([...usageOf(from, to), ...descriptionOf(from, to)], t, end));
    }
  }, 60_000);
  afterEach(() => opencost?.close());
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** @param fault answered in the cycles from `since` to before `until` */
  async function run(
    name: string,
    fault: Fault | null,
    [since, until] = [0, 0],
    { url = true, from = START + STEP + 60 } = {},
  ) {
    opencost = await startOpenCost({ bill: (from, to) => billOf(from, to, now) });
    const path = join(dir, `${name}.db`);
    let cycle = 0;
    const set = (): void => opencost.fail(cycle >= since && cycle < until ? fault : null);
    set();
    const warnings = await runEngine({
      flags: {
        'prometheus-url': prometheus.url,
        'db-path': path,
        'cluster-name': 'e2e',
        backfill: from > START + HOUR ? '90m' : '10m',
        currency: 'EUR',
        'price-cpu-core-hour': '0.03',
        'price-ram-gb-hour': '0.004',
        ...(url && { 'opencost-api-url': opencost.url }),
      },
      from: (now = from),
      until: START + CYCLES * STEP + 60,
      onWake: async (at) => {
        now = at;
        cycle++;
        set();
      },
    });
    return { path, warnings, content: readLedger(path, THE_HOUR) };
  }

  it('tells the cost of each interval by the bill, and the hour to the last nano-unit when it is final', async () => {
    const { content, path } = await run('undisturbed', null);
    expect(content.marks).toHaveLength(12);
    expect(costReasons(content)).toEqual([]);
    const pods = content.rows.filter(({ kind }) => kind === 'pod');
    for (const { pod } of RUNNING) {
      const costs = pods.filter((row) => row.pod === pod).map(({ cost }) => cost!);
      expect(sum(costs)).toBe(POD_COST * 11e3);
    }
    const all = content.rows.map(({ cost }) => cost!);
    expect(sum(all)).toBe((RUNNING.length * POD_COST + IDLE_COST) * 11e3);
    // The hour that is under way is told provisionally.
    const open = { from: THE_HOUR.to, to: epochSeconds(THE_HOUR.to + HOUR) };
    const under = readLedger(path, open);
    expect(costReasons(under)).toEqual(['COST_PROVISIONAL']);
    expect(under.rows.find(({ pod }) => pod === 'db-0')?.cost).toBeCloseTo((POD_COST * 1e4) / 12, -3);
  });

  it('comes to the same in a backfill, where a whole hour is told at once', async () => {
    const live = await run('live', null);
    await opencost.close();
    const later = await run('later', null, [0, 0], { from: START + (CYCLES - 1) * STEP + 60 });
    expect(
      opencost.requests.filter(({ params }) => params.get('window')?.includes('T10:00:00Z,')),
    ).toHaveLength(1);
    expect(differences(timeless(live.content), timeless(later.content))).toEqual([]);
  });

  it('without one, prices stand in, and the rows say so', async () => {
    const { content, warnings } = await run('without', null, [0, 0], { url: false });
    expect(costReasons(content)).toEqual(['PRICE_TABLE']);
    expect(content.rows.find(({ kind }) => kind === 'idle')?.cost).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  it.each<[string, Fault, [number, number]]>([
    ['is down within the hour', { kind: 'status', status: 503, body: 'no' }, [3, 7]],
    ['sends a login page while the hour settles', { kind: 'page' }, [11, 14]],
    ['cuts its answers from the start', { kind: 'cut' }, [0, 5]],
    ['garbles them in between', { kind: 'garble' }, [5, 9]],
  ])(
    'that %s leaves the ledger as it would have been, three cycles after the bill',
    async (name, fault, during) => {
      const slug = name.replaceAll(' ', '-');
      const calm = await run(`calm-${slug}`, null);
      await opencost.close();
      const torn = await run(`torn-${slug}`, fault, during);
      expect(
        torn.warnings.filter((line) => line.includes('"source":"opencost"') && line.includes('"reason"')),
      ).toHaveLength(1);
      expect(differences(timeless(calm.content), timeless(torn.content))).toEqual([]);
    },
  );
});

function billOf(from: number, to: number, now: number) {
  const part = ((to - from) / HOUR) * (now >= from + HOUR + 600 ? 1.1 : 1);
  return {
    pods: RUNNING.map(({ namespace, pod, node }) => ({
      namespace,
      pod,
      node,
      minutes: (to - from) / 60,
      cpuCost: (POD_COST / 1e5) * part,
      ramCost: 0,
    })),
    idle: (IDLE_COST / 1e5) * part,
  };
}

const costReasons = ({ nodes }: LedgerContent): string[] =>
  [...new Set(nodes.flatMap(({ provenance }) => provenance.reasons))].filter((r) => /PRICE|COST/.test(r));

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

type Series = ReturnType<typeof usageOf> extends Generator<infer T> ? T : never;

/** What was scraped in a stretch of time. */
const slice = (all: readonly Series[], from: number, to: number): Series[] =>
  all.map(({ labels, samples }) => ({
    labels,
    samples: samples.filter(([t]) => t >= from * 1000 && t < to * 1000),
  }));
