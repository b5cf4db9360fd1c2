/**
 * Twin runs: two ledgers of the same hour of a cluster without kube-state-metrics. One of the twins loses its API server for a
 * while; three cycles after it is back, both ledgers say the same.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKubernetesInventory } from '../../exporter/src/collectors/kubernetes/index.js';
import {
  FAST,
  NODES as NODE_PATH,
  PODS as POD_PATH,
} from '../../exporter/src/collectors/kubernetes/testing/bench.js';
import {
  FakeApiServer,
  type FakeObject,
} from '../../exporter/src/collectors/kubernetes/testing/fake-api-server.js';
import { createPrometheusSource } from '../../exporter/src/collectors/prometheus/index.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { Cycle } from '../../exporter/src/pipeline/cycle.js';
import { StatusKeeper } from '../../exporter/src/pipeline/status.js';
import { factorSources } from '../../exporter/src/pipeline/testing/factor-sources.js';
import { withInventory } from '../../exporter/src/pipeline/with-inventory.js';
import type { Inventory } from '../../exporter/src/ports/inventory-source.js';
import { openLedger } from '../../exporter/src/repositories/factory.js';
import { differences, readLedger, readMarks, timeless } from '../e2e/ledger-content.js';
import { startCuttingRelay, type CuttingRelay } from '../servers/cutting-relay.js';
import { NODES } from '../servers/kube-apiserver/seed.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { RUNNING, usageOf, type SeededPod } from './usage-of-seed.js';

jest.setTimeout(120_000);

const START = Date.UTC(2026, 0, 15, 10) / 1000;
const STEP = seconds(300);
const CYCLES = 10;
const RANGE = { from: epochSeconds(START), to: epochSeconds(START + CYCLES * STEP) };
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

interface Rig {
  readonly server: FakeApiServer;
  readonly relay: CuttingRelay;
  /** Waits until the inventory is as it should be, or unavailable. */
  readonly seen: (wanted: (value: Inventory | null) => boolean) => Promise<void>;
}

/** What happens before a cycle. */
type Script = (cycle: number, rig: Rig) => Promise<void>;

suite('an API server that is down for a while', () => {
  let dir: string;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-twin-'));
    prometheus = await startPrometheus({ dir: join(dir, 'prometheus') });
    await remoteWrite(prometheus.url, usageOf(START - 600, RANGE.to));
  }, 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function run(name: string, script: Script): Promise<string> {
    const path = join(dir, `${name}.db`);
    const server = await FakeApiServer.start();
    for (const node of NODES) server.put(NODE_PATH, nodeObject(node));
    for (const pod of RUNNING) server.put(POD_PATH, podObject(pod));
    const access = server.access;
    if (access.kind !== 'in-cluster') throw new Error('no port');
    const relay = await startCuttingRelay(Number(access.port));
    const inventory = createKubernetesInventory({
      access: { ...access, port: String(relay.port) },
      timeout: seconds(5),
      labels: [],
      timing: { ...FAST, graceMs: 0 },
    });
    const seen = async (wanted: (value: Inventory | null) => boolean): Promise<void> => {
      for (const end = Date.now() + 20_000; ; await delay(10)) {
        const outcome = await inventory.current();
        if (wanted(outcome.ok ? outcome.value : null)) return;
        if (Date.now() > end) throw new Error('the inventory was never as wanted');
      }
    };
    let now = START;
    const clock = { now: () => epochSeconds(now) };
    const status = new StatusKeeper(clock, () => 0);
    const source = createPrometheusSource({
      url: prometheus.url,
      verifyCerts: true,
      timeout: seconds(20),
      maxBytes: 1e8,
      labels: [],
      clock,
    });
    status.addSource(source.name, true);
    const ignore = () => undefined;
    const log = { info: ignore, warn: ignore };
    const ledger = await openLedger({ type: 'sqlite', path, cluster: 'c', step: STEP });
    const cycle = new Cycle(
      {
        usage: withInventory({ usage: source, inventory, clock, status, log }),
        ledger,
        factors: factorSources(),
        clock,
        status,
        step: STEP,
        settle: seconds(60),
        // Only what the run itself lives through.
        backfill: seconds(CYCLES * STEP),
        onNewest: async () => undefined,
        onProgress: ignore,
      },
      null,
    );
    try {
      for (let i = 0; i < CYCLES; i++) {
        now = START + (i + 1) * STEP + 60;
        await script(i, { server, relay, seen });
        while ((await cycle.run(new AbortController().signal)).state === 'more');
      }
    } finally {
      await Promise.all([inventory.close(), source.close(), ledger.close()]);
      await Promise.all([relay.close(), server.close()]);
    }
    return path;
  }

  /** In every run the database is made anew under its name, with other requests, within the fifth interval. */
  const remake: Script = async (cycle, { server }) => {
    if (cycle !== 4) return;
    server.remove(POD_PATH, podObject(DATABASE).metadata.uid);
    server.put(POD_PATH, podObject(DATABASE, { uid: 'made-again', cpu: '1500m', at: START + 4.5 * STEP }));
  };

  const cut: Script = async (cycle, { relay, seen }) => {
    if (cycle !== 3) return;
    relay.cut();
    await seen((value) => value === null);
  };
  const waits: Script = (cycle, { seen }) => seen((value) => isCurrent(value, cycle));

  it.each<[string, Script]>([
    ['comes back as it was', async (_, { relay }) => relay.mend()],
    [
      'comes back with another token and nothing of its past',
      async (_, { relay, server }) => {
        server.token = 'second-token';
        server.mount('second-token');
        server.forget();
        relay.mend();
      },
    ],
  ])('and %s leaves the ledger as it would have been', async (name, mend) => {
    const slug = name.replaceAll(' ', '-');
    const undisturbed = await run(`undisturbed-${slug}`, async (cycle, rig) => {
      await remake(cycle, rig);
      await waits(cycle, rig);
    });
    const partial: number[] = [];
    const path = join(dir, `disturbed-${slug}.db`);
    await run(`disturbed-${slug}`, async (cycle, rig) => {
      partial.push(readMarks(path, RANGE).filter(({ state }) => state === 'partial').length);
      await remake(cycle, rig);
      await cut(cycle, rig);
      if (cycle === 5) await mend(cycle, rig);
      if (cycle < 3 || cycle >= 5) await waits(cycle, rig);
    });
    // The fault shows while it lasts; three cycles after its end nothing is left of it.
    expect([partial[5], partial[8]]).toEqual([2, 0]);
    const [calm, torn] = [undisturbed, path].map((file) => readLedger(file, RANGE));
    expect(calm!.marks.map(({ state }) => state)).toEqual(new Array(CYCLES).fill('complete'));
    expect(calm!.rows.filter(({ kind }) => kind === 'pod')).toHaveLength(CYCLES * RUNNING.length);
    expect(differences(timeless(calm!), timeless(torn!))).toEqual([]);
    const uids = calm!.rows.filter(({ pod }) => pod === DATABASE.pod).map(({ uid }) => uid);
    expect(uids).toEqual(uids.map((_, i) => (i < 4 ? podObject(DATABASE).metadata.uid : 'made-again')));
  });
});

/** From the fifth cycle on a database asks for more. */
function isCurrent(value: Inventory | null, cycle: number): boolean {
  const pod = value?.pods.find(({ name }) => name === DATABASE.pod);
  return pod?.cpuRequest === (cycle >= 4 ? 1.5 : 1);
}

const nodeObject = ({ name, providerID, memory, labels }: (typeof NODES)[number]): FakeObject => ({
  metadata: { name, uid: `node-${name}`, labels },
  spec: { providerID },
  status: { capacity: { cpu: '4', memory }, allocatable: { cpu: '4', memory } },
});

const DATABASE = RUNNING.find(({ pod }) => pod === 'db-0')!;

function podObject(
  { namespace, pod, node }: SeededPod,
  { uid = `pod-${namespace}-${pod}`, cpu = '1', at = START - 3600 } = {},
): FakeObject {
  const containers = [{ name: 'main', resources: { requests: { cpu, memory: '64Mi' } } }];
  return {
    metadata: { name: pod, namespace, uid, creationTimestamp: new Date(at * 1000).toISOString() },
    spec: { nodeName: node, containers },
    status: { phase: 'Running' },
  };
}
