/**
 * The built exporter in a cluster: a real API server, opened by exactly what ships in deploy/rbac.yaml, and a real Prometheus that
 * scrapes cAdvisor and no kube-state-metrics.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTables } from '../../exporter/src/data/tables.js';
import { nodeEnergy } from '../../exporter/src/domain/energy/node-energy.js';
import { resolveProfile } from '../../exporter/src/domain/energy/resolve-profile.js';
import { detectProvider } from '../../exporter/src/domain/provider.js';
import { nodeSample, settings } from '../../exporter/src/domain/testing/arbitrary.js';
import { bytes, cores, cpuSeconds, epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { endAll, startExporter, waitFor, type Exporter } from '../e2e/exporter.js';
import { readLedger, type LedgerContent } from '../e2e/ledger-content.js';
import { startOpenCost } from '../fakes/opencost.js';
import type { FaultyServer } from '../fakes/faulty-server.js';
import { kubeApiServerOrSkip, startKubeApiServer, type KubeApiServer } from '../servers/kube-apiserver.js';
import { applyShippedRbac, writeAccountKubeconfig } from '../servers/kube-apiserver/rbac.js';
import { create, NODES, seed } from '../servers/kube-apiserver/seed.js';
import { freePort, startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';
import { machineCores, RUNNING, usageOf } from './usage-of-seed.js';

jest.setTimeout(180_000);

const STEP = 20;
/** An API server that fails for ten seconds is no longer believed, and no interval is told before. */
const FLAGS = ['--step=20s', '--settle=12s'];
const suite = kubeApiServerOrSkip() && requireOrSkip('prometheus') ? describe : describe.skip;

interface Service {
  readonly status: string;
  readonly discovered: boolean;
  readonly explanation: string | null;
  readonly last_error: { readonly reason: string; readonly message: string } | null;
}

suite('the exporter in a cluster without kube-state-metrics', () => {
  let dir: string;
  let server: KubeApiServer;
  let prometheus: PrometheusServer;
  let opencost: FaultyServer;
  let token: string;
  /** Kubernetes knows its pods from then on; usage has been there for longer. */
  let seededAt: number;
  const loadedFrom = Math.floor(Date.now() / 1000) - 900;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-cluster-'));
    prometheus = await startPrometheus({ dir: join(dir, 'prometheus') });
    await remoteWrite(prometheus.url, usageOf(loadedFrom, Math.floor(Date.now() / 1000) + 540));
    server = await startKubeApiServer({ dir: join(dir, 'server') });
    await seed(server);
    seededAt = Date.now() / 1000;
    token = await applyShippedRbac(server);
    opencost = await startOpenCost({ bill: billOf });
  }, 120_000);

  afterAll(async () => {
    await endAll();
    await Promise.all([server?.stop(), prometheus?.stop(), opencost?.close()]);
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  const service = (exporter: Exporter, name: string): Promise<Service> =>
    exporter.json<Service>(`/api/v1/health/services/${name}`);
  const isHealthy = async (exporter: Exporter, name: string) =>
    (await service(exporter, name)).status === 'healthy';

  /** Everything that was loaded and is told. */
  function told(path: string): LedgerContent {
    const range = {
      from: epochSeconds(loadedFrom + 2 * STEP),
      to: epochSeconds(Math.floor(Date.now() / 1000)),
    };
    return readLedger(path, range);
  }

  it('in a pod: finds Prometheus and OpenCost among its Services, and needs no setting at all', async () => {
    const account = join(dir, 'account');
    mkdirSync(account);
    writeFileSync(join(account, 'token'), token);
    writeFileSync(join(account, 'ca.crt'), server.ca);
    const exporter = await startExporter({
      args: [...FLAGS, `--db-path=${join(dir, 'pod.db')}`],
      env: {
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(server.port),
        TEST_POD_ACCOUNT: account,
        NODE_OPTIONS: `--require=${join(import.meta.dirname, '../e2e/pod-surroundings.cjs')}`,
      },
    });
    const said = (text: string) => exporter.log.filter(({ msg }) => msg.includes(text)).length;
    await waitFor('the first search', () => said('none of') > 0);
    expect(said('prometheus: none of')).toBe(1);
    expect((await service(exporter, 'prometheus')).last_error?.message).toContain('set PROMETHEUS_URL');

    const port = Number(new URL(prometheus.url).port);
    await addService('monitoring', 'prometheus', await freePort());
    await addService('shop', 'prometheus', port);
    await addService('opencost', 'opencost', Number(new URL(opencost.url).port));
    await waitFor('Prometheus', () => isHealthy(exporter, 'prometheus'));
    await exporter.settled();

    const found = await service(exporter, 'prometheus');
    expect(found).toMatchObject({ discovered: true, last_error: { reason: 'not-configured' } });
    expect(found.explanation).toContain(`using http://prometheus.shop.svc:${port}, the best of 2 candidates`);
    expect(said(`prometheus: using http://prometheus.shop.svc:${port}`)).toBe(1);
    expect(await service(exporter, 'opencost')).toMatchObject({ status: 'healthy', discovered: true });
    const { nodes, rows } = told(join(dir, 'pod.db'));
    expect(rows.filter(({ kind }) => kind === 'pod').map(({ pod }) => pod)).toContain('db-0');
    // Cost is the bill's, and the row says that it is no price of a table.
    const reasons = new Set(nodes.flatMap(({ provenance }) => provenance.reasons));
    expect([...reasons].filter((reason) => /PRICE|COST/.test(reason))).toEqual(['COST_PROVISIONAL']);
    // What everybody may read names no host.
    const { text } = await exporter.get('/readyz');
    expect(text).not.toMatch(/svc|127\.0\.0\.1/);
    await exporter.stop();
  });

  describe('by a kubeconfig', () => {
    let exporter: Exporter;
    let path: string;

    beforeAll(async () => {
      path = join(dir, 'kubeconfig.db');
      const kubeconfig = writeAccountKubeconfig(join(dir, 'account-kubeconfig'), server, token);
      exporter = await startExporter({
        args: [...FLAGS, `--db-path=${path}`, `--prometheus-url=${prometheus.url}`],
        env: { KUBECONFIG: kubeconfig },
      });
      await waitFor('an interval of the seeded pods', () =>
        told(path).marks.some(({ start }) => start >= seededAt),
      );
      await exporter.settled();
    });

    it('has the energy of every node and pod, by the machine that Kubernetes describes', async () => {
      const { marks, nodes, rows } = told(path);
      expect(marks.length).toBeGreaterThan(30);
      expect(marks.filter(({ state }) => state !== 'complete')).toEqual([]);
      expect(new Set(nodes.map(({ node }) => node))).toEqual(new Set(NODES.map(({ name }) => name)));
      for (const { node, energy } of nodes) expect(energy / expectedMillijoules(node)).toBeCloseTo(1, 2);
      const pods = rows.filter(({ kind }) => kind === 'pod');
      const named = new Map(pods.map((row) => [row.pod, row]));
      expect([...named.keys()].toSorted()).toEqual(RUNNING.map(({ pod }) => pod).toSorted());
      expect(pods.filter(({ energy }) => !(energy > 0))).toEqual([]);
      expect(pods.filter(({ start, uid }) => start >= seededAt && uid === '')).toEqual([]);
      expect(named.get('web-7d4b9c-x2k4p')).toMatchObject({ workload: { name: 'web', type: 'Deployment' } });
      expect(named.get('canary-5f6d-abcde')).toMatchObject({ workload: { name: 'canary', type: 'Rollout' } });
      expect(named.get('db-0')).toMatchObject({ cpuRequest: 1, memoryRequest: 2 * 2 ** 30 });
      expect(named.get('db-0')!.storage).toBeGreaterThan(0);
    });

    it('says the same over HTTP, and that Kubernetes is well', async () => {
      const { rows } = await exporter.json<{
        rows: { key: { node: string; pod: string }; energy_joules: number }[];
      }>('/api/v1/totals?by=node,pod&last=10m&limit=100');
      for (const { pod, node } of RUNNING) {
        const found = rows.find(({ key }) => key.pod === pod && key.node === node);
        expect([pod, (found?.energy_joules ?? 0) > 0]).toEqual([pod, true]);
      }
      expect(await service(exporter, 'kubernetes')).toMatchObject({ status: 'healthy', discovered: false });
      expect(JSON.parse((await exporter.get('/readyz')).text)).toMatchObject({
        checks: expect.arrayContaining([{ name: 'kubernetes', ok: true, required: false, reason: null }]),
      });
      expect((await exporter.get('/metrics')).text).toMatch(
        /greenkube_source_up\{[^}]*source="kubernetes"\} 1/,
      );
    });

    it('uses no permission beyond what ships, and writes nothing', () => {
      const calls = server.audit().filter(({ user }) => user.username.endsWith(':greenkube-exporter'));
      expect(new Set(calls.map(({ verb }) => verb))).toEqual(new Set(['list', 'watch']));
      const bad = calls.filter(({ responseStatus }) => ![200, 404].includes(responseStatus?.code ?? 200));
      expect(bad).toEqual([]);
    });

    it('goes on serving and telling intervals when the API server is gone, and says so', async () => {
      await server.stop();
      await waitFor('the outage to be seen', async () => !(await isHealthy(exporter, 'kubernetes')));
      const down = await service(exporter, 'kubernetes');
      expect(down).toMatchObject({ status: 'unreachable', last_error: { reason: 'refused' } });
      const { status, text } = await exporter.get('/readyz');
      expect([status, text]).toEqual([200, expect.stringContaining('"reason":"refused"')]);
      const before = told(path).marks.length;
      await waitFor('another interval', () => told(path).marks.length > before);
      const { marks, rows } = told(path);
      const newest = marks.at(-1)!;
      expect(newest).toMatchObject({ state: 'partial', partialReasons: ['inventory-missing'] });
      const pods = rows.filter(({ kind, start }) => kind === 'pod' && start === newest.start);
      expect(pods).toHaveLength(RUNNING.length);
      expect(
        exporter.log.filter(({ source, level }) => source === 'kubernetes' && level === 'warn'),
      ).toHaveLength(1);
    });
  });

  async function addService(namespace: string, name: string, port: number): Promise<void> {
    await server.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await create(server, `/api/v1/namespaces/${namespace}/services`, {
      metadata: { name },
      spec: { ports: [{ name: 'http', port }] },
    });
  }
});

const billOf = (from: number, to: number) => ({
  pods: RUNNING.map(({ namespace, pod, node }) => ({
    namespace,
    pod,
    node,
    minutes: (to - from) / 60,
    cpuCost: (0.02 * (to - from)) / 3600,
    ramCost: 0,
  })),
  idle: (0.1 * (to - from)) / 3600,
});

/** One whole interval of a node by the model, from what its machine is and used, and the volume of the database. */
function expectedMillijoules(name: string): number {
  const node = NODES.find((each) => each.name === name)!;
  const memory = Number(node.memory.replace(/\D/g, '')) * (node.memory.endsWith('Ki') ? 2 ** 10 : 2 ** 30);
  const used = machineCores(name) * STEP;
  const sample = nodeSample({
    node: name,
    seconds: seconds(STEP),
    cpuCapacity: cores(4),
    memoryCapacity: bytes(memory),
    cpuSeconds: cpuSeconds(used),
    providerId: node.providerID,
    instanceType: node.labels['node.kubernetes.io/instance-type'],
    architecture: node.labels['kubernetes.io/arch'],
    labels: {},
  });
  const model = settings();
  const profile = resolveProfile(sample, detectProvider(sample, ''), createTables(), model);
  const { dynamic, idle, memory: ram } = nodeEnergy(sample, used, profile, model.curve);
  const volume = name === NODES[0].name ? (1.2 / 1e12) * (20 * 2 ** 30) * STEP : 0;
  return (dynamic + idle + ram + volume) * 1000;
}
