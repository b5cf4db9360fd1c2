/** The serving half: answers from memory and from read-only connections, while a worker thread collects and writes. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { TimeRange } from '../domain/interval.js';
import type { BuildInfo } from '../exposition/metric-row.js';
import { createExposition, type Exposition } from '../exposition/document.js';
import { encodeReport } from '../exposition/report/encode.js';
import { negotiate } from '../exposition/negotiate.js';
import type { MetricsBody } from '../http/deps.js';
import { createHttpServer, type HttpServer } from '../http/server.js';
import { JobQueue } from '../pipeline/jobs.js';
import { StatusKeeper } from '../pipeline/status.js';
import type { JobProgress } from '../ports/jobs.js';
import type { PipelineStatus } from '../ports/status.js';
import type { HistoryOptions } from '../repositories/factory.js';
import { composeStaticFactors } from './compose-factors.js';
import { calibratedBy } from './compose-measured.js';
import { effectiveConfig, secretsOf, type Config } from './config.js';
import type { EngineMessage, EngineRequest, EngineWorkerData } from './engine-worker.js';
import { databaseOf } from './database.js';
import { createHistoryPool, type ReadHistory } from './history-pool.js';
import type { LaunchInput } from './launch-input.js';
import { createLogger } from './log.js';
import type { Mode } from './mode.js';
import { createProgress, type Progress } from './progress.js';
import { TransitionCalls } from './recommender-calls.js';
import { systemClock, systemStopwatch } from './system.js';

type Logger = ReturnType<typeof createLogger>;

export interface ServeOptions {
  readonly input: LaunchInput;
  readonly config: Config;
  readonly mode: Mode;
  readonly build: BuildInfo;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** Where a progress bar is drawn; null where standard error is not a terminal. */
  readonly terminal: { write(text: string): void } | null;
}

/** Exit codes; 2 (configuration) is decided before anything is started. */
export const EXIT_OK = 0;
export const EXIT_FAILED = 1;

const READERS = 2;

/** Between two collections of the process's own metrics; scrapes in between get the same bytes. */
const SELF_METRICS_MS = 10_000;

/** A worker that has not ended by itself after this long is ended: SIGTERM is promised to take 5 s at most. */
const STOP_MS = 4000;

/** Runs until the signal is aborted or the collecting thread fails. Returns the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const { config, mode, signal } = options;
  const log = createLogger({ ...config.log, secrets: secretsOf(config) });
  const registry = new Registry();
  registry.setDefaultLabels({ cluster: mode.cluster });
  collectDefaultMetrics({ register: registry });
  const exposition = createExposition([registry]);
  await exposition.refresh();
  const engine = startEngine(options, exposition, log);
  const failure = await engine.ready;
  if (failure !== null) {
    log.fatal({ reason: failure }, 'cannot start');
    return EXIT_FAILED;
  }
  const history = startReaders({ ...databaseOf(config, mode), step: config.time.step });
  const jobs = new JobQueue({
    clock: systemClock,
    newId: () => randomBytes(8).toString('hex'),
    work: (job, report) =>
      job.kind === 'scan'
        ? engine.scan(job.id, report)
        : engine.backfill(job.id, job.params as TimeRange, report),
  });
  const { status, recommender } = engine;
  const http = createServer(options, { registry, exposition, history, jobs, recommender, status, log });
  const refresh = setInterval(() => {
    exposition.refresh().catch((error: unknown) => log.warn({ err: error }, 'self-metrics failed'));
  }, SELF_METRICS_MS);
  let code = EXIT_OK;
  try {
    const { host, port } = await http.listen();
    log.info({ ...mode, step: config.time.step, url: urlOf(config, host, port) }, 'serving');
    code = await Promise.race([engine.ended, aborted(signal).then(() => EXIT_OK)]);
  } catch (error) {
    log.fatal({ reason: messageOf(error) }, 'cannot serve');
    code = EXIT_FAILED;
  }
  clearInterval(refresh);
  await Promise.all([http.close(), engine.stop(), jobs.close()]);
  await history.close();
  log.info({ code }, 'stopped');
  return code;
}

/**
 * V8 lets a heap grow to a multiple of what lives in it before it collects, and the multiple depends on the limit: up to 4 without
 * one of less than 2 GiB, about 1.6 with 1 GiB. 50 000 pods keep some 160 MiB alive at the height of a cycle.
 */
const ENGINE_HEAP = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 24 };

interface EngineThread {
  /** Null once the ledger is open; a message when it cannot be. */
  readonly ready: Promise<string | null>;
  /** Exit code, when the thread ends. */
  readonly ended: Promise<number>;
  readonly status: () => PipelineStatus;
  /** Collect a range; rejects with the reason when it cannot be. */
  backfill(id: string, range: TimeRange, report: (progress: JobProgress) => void): Promise<void>;
  /** Scan for recommendations; rejects with the reason when it cannot be. */
  scan(id: string, report: (progress: JobProgress) => void): Promise<void>;
  readonly recommender: TransitionCalls;
  stop(): Promise<void>;
}

function startEngine(options: ServeOptions, exposition: Exposition, log: Logger): EngineThread {
  const { input, build, terminal } = options;
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), {
    workerData: { input, build } satisfies EngineWorkerData,
    resourceLimits: ENGINE_HEAP,
  });
  const progress = createProgress({
    label: 'collecting history',
    terminal,
    line: (message) => log.info({}, message),
    now: () => systemClock.now(),
  });
  let status = new StatusKeeper(systemClock, systemStopwatch).snapshot();
  let failure: string | null = null;
  const jobs = new Map<string, { report(p: JobProgress): void; end(error: string): void }>();
  const ready = new Promise<string | null>((resolve) => {
    worker.on('message', (message: EngineMessage) => {
      if (message.kind === 'ready') resolve(null);
      else if (message.kind === 'snapshot') exposition.publish(message.snapshot);
      else if (message.kind === 'status') status = message.status;
      else if (message.kind === 'progress') showProgress(progress, message.progress);
      else if (message.kind === 'job-progress') jobs.get(message.id)?.report(message);
      else if (message.kind === 'job-end') jobs.get(message.id)?.end(message.error);
      else if (message.kind === 'transition-end') recommender.settle(message.id, message.answer);
      else failure = message.message;
    });
    worker.on('error', (error) => (failure = messageOf(error)));
    worker.on('exit', () => resolve(failure ?? 'the collecting thread ended'));
  });
  const exit = once(worker, 'exit');
  const ask = (request: EngineRequest) => worker.postMessage(request);
  const recommender = new TransitionCalls(ask);
  const run = (id: string, report: (progress: JobProgress) => void, request: EngineRequest) =>
    new Promise<void>((resolve, reject) => {
      const end = (error: string) => {
        jobs.delete(id);
        if (error === '') resolve();
        else reject(new Error(error));
      };
      jobs.set(id, { report: ({ done, total }) => report({ done, total }), end });
      ask(request);
    });
  const ended = exit.then(async () => {
    progress.end();
    // A thread that never became ready has been told of as what cannot start.
    if (failure !== null && (await ready) === null) log.fatal({ reason: failure }, 'collecting failed');
    return failure === null ? EXIT_OK : EXIT_FAILED;
  });
  return {
    ready,
    ended,
    status: () => status,
    backfill: (id, range, report) => run(id, report, { kind: 'backfill', id, range }),
    scan: (id, report) => run(id, report, { kind: 'scan', id }),
    recommender,
    stop: async () => {
      ask({ kind: 'stop' });
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      await exit;
      clearTimeout(timer);
    },
  };
}

function showProgress(progress: Progress, state: PipelineStatus['backfill']): void {
  if (state) progress.update(state.done, state.total);
  else progress.end();
}

function startReaders(options: HistoryOptions): ReadHistory {
  const url = new URL('./history-worker.js', import.meta.url);
  return createHistoryPool(READERS, () => new Worker(url, { workerData: options }));
}

interface Served {
  readonly registry: Registry;
  readonly exposition: Exposition;
  readonly history: ReadHistory;
  readonly jobs: JobQueue;
  readonly recommender: TransitionCalls;
  readonly status: () => PipelineStatus;
  readonly log: Logger;
}

function createServer(
  options: ServeOptions,
  { registry, exposition, history, jobs, recommender, status, log }: Served,
): HttpServer {
  const { config, mode, build } = options;
  const { http } = config;
  return createHttpServer({
    host: http.host,
    port: http.port,
    rootPath: http.rootPath,
    auth: {
      token: http.token?.reveal() ?? null,
      operatorToken: http.operatorToken?.reveal() ?? null,
      metricsToken: http.metricsToken?.reveal() ?? null,
      metricsAnonymous: http.metricsAnonymous,
      allowAnonymous: http.allowAnonymous,
    },
    corsOrigins: http.corsOrigins,
    ...tlsOf(config),
    history,
    encodeReport,
    jobs,
    config: () => effectiveConfig(config),
    podLabels: config.labels,
    factors: {
      ...composeStaticFactors(config),
      ...(config.measured.calibrate && { calibrated: calibratedBy(config, () => status().calibration) }),
    },
    comparison: history,
    outlook: history,
    recommendations: history,
    recommender,
    status,
    metrics: (accept, acceptEncoding) => metricsBody(exposition, accept, acceptEncoding),
    ...(config.metrics.compat && {
      compatMetrics: (acceptEncoding: string | undefined) => compatBody(exposition, acceptEncoding),
    }),
    version: build,
    cluster: mode.cluster,
    step: config.time.step,
    clock: systemClock,
    log,
    registry,
  });
}

/** Read when the server starts and again once a minute, so that a renewed certificate is served without a restart. */
function tlsOf({ http }: Config) {
  const { tls } = http;
  return tls ? { tls: readTls(tls), readTls: () => readTls(tls) } : {};
}

function readTls(files: NonNullable<Config['http']['tls']>) {
  return {
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
    ...(files.clientCaFile ? { ca: readFileSync(files.clientCaFile) } : {}),
  };
}

function metricsBody(
  exposition: Exposition,
  accept: string | undefined,
  acceptEncoding: string | undefined,
): MetricsBody | null {
  const document = exposition.current();
  if (!document) return null;
  const { format, gzip, contentType } = negotiate(accept, acceptEncoding);
  const ready = format === 'text' ? document.text : document.openMetrics;
  return { body: gzip ? ready.gzip : ready.plain(), contentType, gzip };
}

function compatBody(exposition: Exposition, acceptEncoding: string | undefined): MetricsBody | null {
  const compat = exposition.current()?.compat;
  if (!compat) return null;
  // GreenKube 0.2 knew the text format alone.
  const { gzip, contentType } = negotiate(undefined, acceptEncoding);
  return { body: gzip ? compat.gzip : compat.plain(), contentType, gzip };
}

function urlOf(config: Config, host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${config.http.tls ? 'https' : 'http'}://${name}:${port}${config.http.rootPath}/`;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => undefined);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
