/**
 * List and watch of the Kubernetes API at 50 000 pods: how long it takes, how long it blocks the event loop, and what it keeps.
 * The API server is a process of its own that makes up its objects as they are asked for, of the size that real ones have.
 *
 *   node --expose-gc test/dist/test/bench/kubernetes-bench.js
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type * as Kubernetes from '../../exporter/src/collectors/kubernetes/index.js';
import type { KubernetesInventory } from '../../exporter/src/collectors/kubernetes/index.js';
import { seconds } from '../../exporter/src/domain/units.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../exporter/src/net/testing/certificate.js';
import type { Inventory } from '../../exporter/src/ports/inventory-source.js';
import { built } from './built.js';

const { createKubernetesInventory } = await built<typeof Kubernetes>('collectors/kubernetes/index.js');

const PODS = 50_000;
const NODES = 1000;
const PODS_OF_A_SET = 10;
/** Ten revisions of each Deployment are kept by default; most have fewer. */
const SETS = (PODS / PODS_OF_A_SET) * 3;
const CLAIMS = 2000;
const CHANGES = 20_000;

export interface KubernetesResult {
  readonly kind: 'kubernetes';
  readonly pods: number;
  readonly nodes: number;
  /** From the first request to the joined inventory. */
  readonly listSeconds: number;
  /** Longest block of the event loop, ms. */
  readonly listBlockMs: number;
  /** Bytes of JSON that were read for it. */
  readonly listBytes: number;
  /** On the heap after a collection, minus before. */
  readonly keptBytes: number;
  readonly rssPeakBytes: number;
  readonly changes: number;
  readonly watchSeconds: number;
  readonly watchBlockMs: number;
  /** One more inventory after one change. */
  readonly currentMs: number;
  readonly currentBlockMs: number;
}

/** Largest gap between ticks of a short timer, less the timer's own. */
class BlockMeter {
  private last = performance.now();
  private worst = 0;
  private readonly timer = setInterval(() => {
    const now = performance.now();
    this.worst = Math.max(this.worst, now - this.last - TICK);
    this.last = now;
  }, TICK);

  /** The worst since the last call. */
  async take(): Promise<number> {
    await delay(3 * TICK);
    const { worst } = this;
    this.worst = 0;
    return worst;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
const TICK = 2;

/** In a process of its own, whose heap nobody else fills. */
export function runKubernetesBench(): KubernetesResult {
  const args = ['--expose-gc', import.meta.filename];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as KubernetesResult;
}

async function runHere(): Promise<KubernetesResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-bench-'));
  writeFileSync(join(folder, 'token'), 'bench');
  writeFileSync(join(folder, 'ca.crt'), TEST_CERTIFICATE);
  const server = fork(import.meta.filename, ['server'], { execArgv: [] });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const access = { kind: 'in-cluster', host: '127.0.0.1', port: String(port), folder } as const;
  const inventory = createKubernetesInventory({ access, timeout: seconds(60), labels: ['app'] });
  const meter = new BlockMeter();
  try {
    return await measure(inventory, meter, server);
  } finally {
    meter.stop();
    await inventory.close();
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  inventory: KubernetesInventory,
  meter: BlockMeter,
  server: ReturnType<typeof fork>,
): Promise<KubernetesResult> {
  const before = heap();
  let rssPeak = 0;
  const rss = setInterval(() => (rssPeak = Math.max(rssPeak, process.memoryUsage.rss())), 20);
  await meter.take();
  const began = performance.now();
  const first = await valueOf(inventory);
  const listSeconds = (performance.now() - began) / 1000;
  if (first.pods.length !== PODS) throw new Error(`${first.pods.length} pods instead of ${PODS}`);
  const listBlockMs = await meter.take();
  const kept = heap() - before;
  await meter.take();

  server.send('change');
  const changing = performance.now();
  await until(inventory, ({ pods }) => pods.some((pod) => pod.name === 'last'));
  const watchSeconds = (performance.now() - changing) / 1000;
  const watchBlockMs = await meter.take();

  server.send('once');
  await delay(200);
  await meter.take();
  const asked = performance.now();
  await valueOf(inventory);
  const currentMs = performance.now() - asked;
  const currentBlockMs = await meter.take();
  clearInterval(rss);
  server.send('bytes');
  const [{ bytes }] = (await once(server, 'message')) as [{ bytes: number }];
  return {
    kind: 'kubernetes',
    pods: PODS,
    nodes: NODES,
    listSeconds,
    listBlockMs,
    listBytes: bytes,
    keptBytes: kept,
    rssPeakBytes: rssPeak,
    changes: CHANGES,
    watchSeconds,
    watchBlockMs,
    currentMs,
    currentBlockMs,
  };
}

function heap(): number {
  if (!globalThis.gc) throw new Error('run with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function valueOf(inventory: KubernetesInventory): Promise<Inventory> {
  const outcome = await inventory.current();
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

async function until(inventory: KubernetesInventory, wanted: (value: Inventory) => boolean): Promise<void> {
  while (!wanted(await valueOf(inventory))) await delay(250);
}

// ------------------------------------------------------------------------------------------------------ the server

const managed = (manager: string, fields: object): object => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-15T10:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: fields,
});
const pad = (n: number, width: number): string => String(n).padStart(width, '0');
const uid = (kind: number, i: number): string => `${pad(kind, 8)}-0000-4000-8000-${pad(i, 12)}`;
const container = (name: string, i: number): object => ({
  name,
  image: `registry.example.com/team/${name}:v1.2.${i % 50}`,
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: Array.from({ length: 8 }, (_, k) => ({ name: `SETTING_${k}`, value: `some-value-of-${k}` })),
  resources: {
    requests: { cpu: `${50 + (i % 40) * 10}m`, memory: `${64 + (i % 16) * 32}Mi` },
    limits: { memory: '1Gi' },
  },
  livenessProbe: {
    httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
  },
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'IfNotPresent',
  volumeMounts: [
    { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
});

/** About 5 KB as JSON, as pods of a Deployment with a sidecar are. */
function podObject(
  i: number,
  name = `service-${Math.floor(i / PODS_OF_A_SET)}-7d4b9c5f68-${pad(i, 5)}`,
): object {
  const set = Math.floor(i / PODS_OF_A_SET);
  const labels = { app: `service-${set}`, team: `team-${set % 40}`, 'pod-template-hash': '7d4b9c5f68' };
  const paths = Object.fromEntries(
    Array.from({ length: 20 }, (_, k) => [`f:some-field-${k}`, { '.': {}, [`f:${k}`]: {} }]),
  );
  return {
    metadata: {
      name,
      generateName: `service-${set}-7d4b9c5f68-`,
      namespace: `namespace-${set % 200}`,
      uid: uid(1, i),
      resourceVersion: String(1000 + i),
      creationTimestamp: '2026-01-15T10:00:00Z',
      labels,
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': 'c'.repeat(64) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `service-${set}-7d4b9c5f68`,
          uid: uid(2, set * 3),
          controller: true,
        },
      ],
      managedFields: [managed('kube-controller-manager', paths), managed('kubelet', paths)],
    },
    spec: {
      nodeName: `node-${i % NODES}`,
      containers: [container('main', set), container('proxy', set)],
      volumes: i < CLAIMS ? [{ name: 'data', persistentVolumeClaim: { claimName: `data-${i}` } }] : [],
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: '2026-01-15T10:00:00Z',
      })),
      podIP: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      containerStatuses: ['main', 'proxy'].map((each) => ({
        name: each,
        state: { running: { startedAt: '2026-01-15T10:00:00Z' } },
        ready: true,
        restartCount: 0,
        imageID: `registry.example.com/team/${each}@sha256:${'a'.repeat(64)}`,
        containerID: `containerd://${'b'.repeat(64)}`,
      })),
    },
  };
}

const nodeObject = (i: number): object => ({
  metadata: {
    name: `node-${i}`,
    uid: uid(3, i),
    labels: Object.fromEntries(
      Array.from({ length: 25 }, (_, k) => [`example.com/label-${k}`, `value-${k % 5}`]),
    ),
  },
  spec: { providerID: `aws:///eu-west-3a/i-${pad(i, 17)}` },
  status: {
    capacity: { cpu: '64', memory: '256Gi' },
    allocatable: { cpu: '63', memory: '250Gi' },
    images: Array.from({ length: 50 }, (_, k) => ({
      names: [`registry.example.com/image-${k}@sha256:${'d'.repeat(64)}`],
      sizeBytes: k,
    })),
  },
});

const ownedObject = (i: number): object => ({
  metadata: {
    name: `service-${Math.floor(i / 3)}-${i % 3 === 0 ? '7d4b9c5f68' : pad(i, 10)}`,
    namespace: `namespace-${Math.floor(i / 3) % 200}`,
    uid: uid(2, i),
    ownerReferences: [
      {
        kind: 'Deployment',
        name: `service-${Math.floor(i / 3)}`,
        uid: uid(4, Math.floor(i / 3)),
        controller: true,
      },
    ],
    managedFields: [managed('kube-controller-manager', {})],
  },
});

const claimObject = (i: number): object => ({
  metadata: {
    name: `data-${i}`,
    namespace: `namespace-${Math.floor(i / PODS_OF_A_SET) % 200}`,
    uid: uid(5, i),
  },
  spec: { storageClassName: 'gp3' },
  status: { phase: 'Bound', capacity: { storage: '20Gi' } },
});

const LISTS: Readonly<Record<string, readonly [count: number, make: (i: number) => object]>> = {
  '/api/v1/pods': [PODS, (i) => podObject(i)],
  '/api/v1/nodes': [NODES, nodeObject],
  '/apis/apps/v1/replicasets': [SETS, ownedObject],
  '/api/v1/persistentvolumeclaims': [CLAIMS, claimObject],
};

function serve(): void {
  let bytes = 0;
  const watches = new Map<string, ServerResponse>();
  const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://bench');
    if (url.searchParams.get('watch') === 'true') {
      response.writeHead(200).flushHeaders();
      watches.set(url.pathname, response);
      return;
    }
    const [count, make] = LISTS[url.pathname] ?? [0, nodeObject];
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(count, from + Number(url.searchParams.get('limit')));
    const items = Array.from({ length: to - from }, (_, k) => make(from + k));
    const metadata = { resourceVersion: '100000', ...(to < count ? { continue: String(to) } : {}) };
    const body = JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata, items });
    bytes += body.length;
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  const change = async (count: number): Promise<void> => {
    const response = watches.get('/api/v1/pods')!;
    for (let i = 0; i < count; i++) {
      const object = podObject(i, i === CHANGES - 1 ? 'last' : undefined);
      if (!response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`)) await once(response, 'drain');
    }
  };
  process.on('message', (message) => {
    if (message === 'bytes') process.send!({ bytes });
    else void change(message === 'change' ? CHANGES : 1);
  });
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === 'server') serve();
  else console.log(JSON.stringify(await runHere(), null, 2));
}
