import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { reconcile } from '../../domain/recommendations/lifecycle.js';
import { scan } from '../../domain/recommendations/scan.js';
import {
  cpuHistogram,
  facts,
  GIB,
  memoryHistogram,
  MIB,
  node,
  placedPod,
  taken,
  WEEK,
  workload,
  type FactsOverrides,
} from '../../domain/recommendations/testing/facts.js';
import { cores, epochSeconds } from '../../domain/units.js';
import { makeSqlitePlace } from '../../repositories/sqlite/testing/analysis-place.js';
import type { Options } from '../cli/options.js';
import { configOf } from '../config/testing/load.js';
import { modeOf } from '../mode.js';
import type { CommandContext } from './context.js';
import { commandRunner } from './index.js';

const AT = epochSeconds(1_780_000_000);

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
beforeEach(async () => (place = await makeSqlitePlace()));
afterEach(() => place.remove());

/** What a scan of two over-requested workloads, one of them without a price, has left in the database. */
async function scanned(more: FactsOverrides = {}): Promise<void> {
  const input = facts({
    workloads: [
      workload({ workload: 'web', cpu: cpuHistogram([0.1, WEEK]) }),
      workload({
        namespace: '=cmd',
        workload: 'api',
        cpu: cpuHistogram([0.2, WEEK]),
        taken: taken({ cost: null }),
      }),
      ...(more.workloads ?? []),
    ],
    nodes: [node(), ...(more.nodes ?? [])],
    knowledge: more.knowledge ?? {},
  });
  const steps = scan(input);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { proposals, totals, caveats } = step.value;
  const { recommendations, events } = reconcile([], proposals, {
    cluster: 'c',
    at: AT,
    observed: { appliedSince: () => null },
  });
  const { recommendations: store } = await place.open();
  await store.changeRecommendations({
    kept: recommendations.map((recommendation) => ({ recommendation, baseline: null })),
    events,
    bookings: [],
    scan: {
      cluster: 'c',
      at: AT,
      window: input.usage.range,
      hours: WEEK,
      workloads: 2,
      nodes: 1,
      totals,
      caveats,
    },
  });
}

async function run(options: Options): Promise<{ code: number; out: string; err: string }> {
  const env = { DB_PATH: place.path, DEMO: 'on' };
  const config = configOf({ env });
  const texts = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        texts[name] += chunk.toString();
        done();
      },
    });
  const context: CommandContext = {
    config,
    mode: modeOf(config),
    options,
    stdout: into('out'),
    stderr: into('err'),
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    clock: { now: () => AT },
    signal: new AbortController().signal,
  };
  const code = await commandRunner('recommend')!(context);
  return { code, ...texts };
}

describe('greenkube recommend', () => {
  it('prints a table with what is claimed and what can be had', async () => {
    await scanned();
    const { code, out } = await run({});
    expect(code).toBe(0);
    expect(out).toMatch(/RIGHTSIZING_CPU +shop\/web +cpu_request=1000m pods=1 +cpu_request=1\d\dm /);
    expect(out).toMatch(/^total /m);
    expect(out).toMatch(/of all active ones .* can be had when they are done: no node can go/);
  });

  it('prints requests as Kubernetes counts them, and machines in cores and GiB', async () => {
    const idle = { cpuUse: 0.01, memoryUse: 0.01 };
    await scanned({
      workloads: [
        workload({
          workload: 'store',
          memoryRequest: 6_440_000_000,
          memory: memoryHistogram([256 * MIB, WEEK]),
        }),
      ],
      nodes: [node({ node: 'big', cpuCapacity: 16, memoryCapacity: 64 * GIB, ...idle })],
      knowledge: {
        pods: ['a', 'b', 'c'].map((pod) => placedPod({ pod, node: 'big', cpuRequest: cores(0.2) })),
      },
    });
    const { out } = await run({});
    expect(out).toMatch(
      /RIGHTSIZING_MEMORY +shop\/store +memory_request=6142 MiB pods=1 +memory_request=\d{3} MiB /,
    );
    expect(out).toMatch(
      /OVERPROVISIONED_NODE +big +instance_type=\S+ cpu=16 cores memory=64 GiB +cpu=4000m memory=16 GiB /,
    );
  });

  it('prints JSON with patches, and CSV that begins no formula', async () => {
    await scanned();
    const json = JSON.parse((await run({ output: ['json'] })).out) as {
      items: { patch: string; type: string }[];
    };
    expect(json.items).toHaveLength(2);
    expect(json.items[0]!.patch).toContain('kind: Deployment');
    const csv = (await run({ output: ['csv'] })).out.split('\n');
    expect(csv[0]).toContain('co2e_grams_per_year');
    expect(csv.find((line) => line.includes('api'))).toContain(",'=cmd,");
  });

  it.each<[Options, number]>([
    [{ 'fail-on': ['count>1'] }, 3],
    [{ 'fail-on': ['count>2'] }, 0],
    [{ 'fail-on': ['count>1'], namespace: ['shop'] }, 0],
    [{ 'fail-on': ['count>=1'], type: ['ZOMBIE_WORKLOAD'] }, 0],
    [{ 'fail-on': ['co2e_grams_per_year>0'] }, 3],
    [{ 'fail-on': ['realisable_co2e_grams_per_year>1e12'] }, 0],
    [{ 'fail-on': ['cost_per_year>0'] }, 3],
    [{ 'fail-on': ['cost_per_year>0'], namespace: ['=cmd'] }, 1],
    [{ 'fail-on': ['cost_per_year>0'], status: ['ignored'] }, 0],
    [{ 'fail-on': ['grams>1'] }, 2],
  ])('%j ends with %d', async (options, code) => {
    await scanned();
    expect((await run(options)).code).toBe(code);
  });

  it('says when nothing has been scanned', async () => {
    await place.open();
    const { code, err } = await run({});
    expect([code, err]).toEqual([1, expect.stringContaining('nothing has been scanned yet')]);
  });
});
