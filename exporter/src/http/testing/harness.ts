/** A really listening server on loopback over a small made-up past, and a client for it. */
import { request as httpRequest } from 'node:http';
import { seconds, epochSeconds, cores, bytes, gramsPerKwh, kilograms } from '../../domain/units.js';
import { micrograms, millijoules, cpuSeconds, nanoCurrency } from '../../domain/units.js';
import type { NodeRow } from '../../domain/model.js';
import { encodeReport } from '../../exposition/report/encode.js';
import type { NodeEntry, Sums } from '../../ports/history.js';
import { PHASES, PHASE_BUCKETS, type PipelineStatus, type SourceStatus } from '../../ports/status.js';
import { JobQueue } from '../../pipeline/jobs.js';
import { factorSources } from '../../pipeline/testing/factor-sources.js';
import type { AuthSettings, HttpDeps } from '../deps.js';
import type { ProblemBody } from '../problem.js';
import type { Route } from '../routes/route.js';
import { createHttpServer, type HttpServer } from '../server.js';
import { madeUpFindings } from './made-up-findings.js';
import { MemoryHistory, type Fact } from './memory-history.js';
import { madeUpRecommendations } from './recommendations.js';

export const STEP = 300;
/** 3 min 20 s into an interval. */
export const NOW = Date.UTC(2026, 0, 15, 12, 3, 20) / 1000;
/** End of the newest whole interval. */
export const NEWEST_END = Date.UTC(2026, 0, 15, 12, 0, 0) / 1000;

export const source = (over: Partial<SourceStatus> = {}): SourceStatus => ({
  name: 'prometheus',
  required: true,
  up: true,
  lastSuccess: epochSeconds(NOW - 5),
  lastError: null,
  errors: {},
  latency: seconds(0.012),
  ...over,
});

export const status = (over: Partial<PipelineStatus> = {}): PipelineStatus => ({
  sources: [source()],
  pending: 0,
  lastCompleted: epochSeconds(NEWEST_END),
  backfill: null,
  phases: Object.fromEntries(
    PHASES.map((p) => [p, { counts: new Array<number>(PHASE_BUCKETS.length + 1).fill(0), sum: 0 }]),
  ) as unknown as PipelineStatus['phases'],
  overruns: 0,
  rejectedSamples: {},
  databaseError: null,
  ...over,
});

/** Sums of an energy, mJ: 0.5 ug/mJ operational, 0.1 ug/mJ embodied, 1 nano/mJ, with fixed half-widths. */
export function sumsOf(energy: bigint, estimated = energy, currency: string | null = 'USD'): Sums {
  const operational = energy / 2n;
  const embodied = energy / 10n;
  return {
    energy,
    estimatedEnergy: estimated,
    operational,
    embodied,
    cost: currency === null ? [] : [{ currency, nano: energy }],
    weighted: {
      energyPowerLo: energy * 100n,
      energyPowerHi: energy * 200n,
      operationalPowerLo: operational * 100n,
      operationalPowerHi: operational * 200n,
      operationalPue: operational * 30n,
      operationalIntensityLo: operational * 300n,
      operationalIntensityHi: operational * 300n,
      embodiedLo: embodied * 500n,
      embodiedHi: embodied * 500n,
    },
  };
}

/** `pods` pods in four namespaces on two nodes, each in each of the last `intervals` intervals but the second newest, unknown. */
export function madeUpPast(pods = 12, intervals = 24): MemoryHistory {
  const facts: Fact[] = [];
  const known = new Map<number, number>();
  for (let i = 1; i <= intervals; i++) {
    const start = NEWEST_END - i * STEP;
    if (i === 2) continue;
    known.set(start, 1);
    for (let p = 0; p < pods; p++) facts.push(factOf(start, p, BigInt(1000 * (p % 5) + i)));
  }
  return new MemoryHistory(STEP, facts, known, [nodeEntry('n0'), nodeEntry('n1', NEWEST_END - 5 * STEP)]);
}

function factOf(start: number, p: number, energy: bigint): Fact {
  return {
    start,
    key: {
      cluster: 'c',
      namespace: `ns-${p % 4}`,
      workload: `app-${p % 6}`,
      workload_type: 'Deployment',
      pod: `pod-${p}`,
      node: `n${p % 2}`,
      zone: p % 2 === 0 ? 'FR' : 'DE',
      provider: 'aws',
    },
    sums: sumsOf(energy, energy / 2n, p === 11 ? null : 'USD'),
  };
}

export function nodeEntry(node: string, lastSeen = NEWEST_END - STEP): NodeEntry {
  const band = { lo: 100, hi: 200 };
  const row: NodeRow = {
    node,
    seconds: seconds(STEP),
    instanceType: 'm5.xlarge',
    region: 'eu-west-3',
    zone: 'eu-west-3a',
    architecture: 'amd64',
    cpuCapacity: cores(4),
    memoryCapacity: bytes(16e9),
    cpuSeconds: cpuSeconds(100),
    energy: millijoules(1),
    estimatedEnergy: millijoules(1),
    measuredEnergy: null,
    measuredSource: '',
    meters: [],
    operational: micrograms(1),
    embodied: micrograms(1),
    cost: nanoCurrency(1),
    embodiedTotal: kilograms(900),
    provenance: {
      method: 'estimated',
      estimated: true,
      reasons: ['POWER_MODEL'],
      provider: 'aws',
      gridZone: 'FR',
      pue: 1.15,
      pueSource: 'provider:aws',
      intensity: gramsPerKwh(44.2),
      intensitySource: 'yearly-mean',
      intensityTime: epochSeconds(Date.UTC(2025, 0, 1) / 1000),
      powerProfile: 'family:Skylake',
      powerBand: band,
      pueBand: band,
      intensityBand: band,
      embodiedBand: band,
    },
  };
  return {
    cluster: 'c',
    row,
    firstSeen: epochSeconds(NEWEST_END - 24 * STEP),
    lastSeen: epochSeconds(lastSeen),
  };
}

export const NO_AUTH: AuthSettings = {
  token: null,
  operatorToken: null,
  metricsToken: null,
  metricsAnonymous: true,
  allowAnonymous: false,
};

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export interface Running extends AsyncDisposable {
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  readonly log: LogLine[];
  get(path: string, init?: RequestInit): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed. */
  json<T = ProblemBody>(): T;
}

export async function start(over: Partial<HttpDeps> = {}, routes?: readonly Route[]): Promise<Running> {
  const log: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    log.push({ level, fields, message });
  };
  const clock = { now: () => epochSeconds(NOW) };
  let ids = 0;
  const kept = madeUpRecommendations(epochSeconds(NOW));
  const deps: HttpDeps = {
    host: '127.0.0.1',
    port: 0,
    rootPath: '',
    auth: NO_AUTH,
    corsOrigins: [],
    history: madeUpPast(),
    comparison: { comparisonCells: () => Promise.resolve([]) },
    outlook: madeUpFindings(epochSeconds(NOW)),
    recommendations: kept,
    recommender: kept,
    encodeReport,
    jobs: new JobQueue({
      clock,
      newId: () => (++ids).toString(16).padStart(16, '0'),
      work: () => Promise.resolve(),
    }),
    config: () => [{ key: 'API_PORT', group: 'HTTP', value: '8000', origin: 'default', name: '' }],
    podLabels: ['team', 'app.kubernetes.io/part-of'],
    factors: factorSources(),
    status: () => status(),
    metrics: () => ({ body: Buffer.from('up 1\n'), contentType: 'text/plain; version=0.0.4', gzip: false }),
    compatMetrics: () => ({
      body: Buffer.from('greenkube_pod_count 1\n'),
      contentType: 'text/plain; version=0.0.4',
      gzip: false,
    }),
    version: { version: '0.1.0', revision: 'abc123', nodeVersion: 'v20.18.0' },
    cluster: 'c',
    step: seconds(STEP),
    clock,
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    ...over,
  };
  const server = createHttpServer(deps, routes);
  const { port } = await server.listen();
  const url = `${over.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    server,
    url,
    port,
    log,
    get: (path, init) => get(url + path, init),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function get(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: <T>() => JSON.parse(text) as T };
}

/** A request with headers or a target that `fetch` would not send. */
export function rawRequest(
  port: number,
  options: { path?: string; method?: string; headers?: Record<string, string> },
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject).end();
  });
}
