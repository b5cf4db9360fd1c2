/** Worker thread that collects, computes and writes. It hands snapshots and status to the serving thread and ends on "stop". */
import { parentPort, workerData } from 'node:worker_threads';
import type { BuildInfo } from '../exposition/metric-row.js';
import { transferables, type RenderedSnapshot } from '../exposition/render.js';
import type { PipelineStatus } from '../ports/status.js';
import type { TimeRange } from '../domain/interval.js';
import type { WaitingReason } from '../repositories/factory.js';
import { scanJob, transitionOf, type TransitionAnswer, type TransitionRequest } from './recommender-calls.js';
import { composeEngine, type ComposedEngine, type Host } from './compose.js';
import { loadConfig, secretsOf } from './config.js';
import type { LaunchInput } from './launch-input.js';
import { loadInput } from './launch-input.js';
import { createLogger } from './log.js';
import { modeOf } from './mode.js';
import { createStandby } from './standby.js';
import { sleepUntil, systemClock, systemStopwatch } from './system.js';

export interface EngineWorkerData {
  readonly input: LaunchInput;
  readonly build: BuildInfo;
}

/** What crosses to the serving thread; the rendering's own state stays. */
type PlainSnapshot = Pick<RenderedSnapshot, 'text' | 'openMetrics' | 'compat'>;

export type EngineMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'snapshot'; readonly snapshot: PlainSnapshot }
  | { readonly kind: 'status'; readonly status: PipelineStatus }
  | { readonly kind: 'progress'; readonly progress: PipelineStatus['backfill'] }
  | { readonly kind: 'job-progress'; readonly id: string; readonly done: number; readonly total: number }
  /** `error` is empty when all of it was done. */
  | { readonly kind: 'job-end'; readonly id: string; readonly error: string }
  | { readonly kind: 'transition-end'; readonly id: number; readonly answer: TransitionAnswer }
  | { readonly kind: 'failed'; readonly message: string };

/** What the serving thread asks for. */
export type EngineRequest =
  | { readonly kind: 'stop' }
  | { readonly kind: 'backfill'; readonly id: string; readonly range: TimeRange }
  | { readonly kind: 'scan'; readonly id: string }
  | TransitionRequest;

const port = parentPort!;
const send = (message: EngineMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

async function work({ input, build }: EngineWorkerData): Promise<void> {
  const loaded = loadConfig(loadInput(input));
  // The serving thread has read the same configuration a moment ago; a file that changed in between is the only way here.
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const { config } = loaded;
  const mode = modeOf(config, input.env);
  const stop = new AbortController();
  let engine: ComposedEngine | null = null;
  port.on('message', (request: EngineRequest) => {
    if (request.kind === 'stop') stop.abort();
    else if (request.kind === 'backfill') void backfill(engine, request.id, request.range);
    else if (request.kind === 'scan') void scan(engine, request.id, stop.signal);
    else void transitionOf(engine?.recommender ?? null, request).then((reply) => send(reply));
  });
  const host: Host = {
    clock: systemClock,
    stopwatch: systemStopwatch,
    sleepUntil,
    log: createLogger({ ...config.log, secrets: secretsOf(config) }),
    build,
    onSnapshot: (rendered) => {
      const { text, openMetrics, compat } = rendered;
      send({ kind: 'snapshot', snapshot: { text, openMetrics, compat } }, transferables(rendered));
    },
    onStatus: (status) => send({ kind: 'status', status }),
    onProgress: (progress) => send({ kind: 'progress', progress }),
  };
  const standBy = createStandby(config, mode, host);
  const onWaiting = (reason: WaitingReason) => {
    standBy(reason);
    // Whoever waits serves already.
    send({ kind: 'ready' });
  };
  while (!stop.signal.aborted) {
    try {
      engine = await composeEngine(config, mode, { ...host, waiting: { signal: stop.signal, onWaiting } });
    } catch (error) {
      if (stop.signal.aborted) return;
      throw error;
    }
    send({ kind: 'ready' });
    try {
      await runUntilLost(engine, stop.signal, host);
    } finally {
      const ended = engine;
      engine = null;
      await ended.close();
    }
  }
}

/** Until it is stopped, or another replica has taken over. */
async function runUntilLost(engine: ComposedEngine, stop: AbortSignal, { log }: Host): Promise<void> {
  const { lost } = engine;
  await engine.run(lost ? AbortSignal.any([stop, lost]) : stop);
  if (lost?.aborted && !stop.aborted) log.warn({ reason: messageOf(lost.reason) }, 'no longer collecting');
}

/** @param work what the job does, as soon as there is an engine to do it */
async function runJob(
  engine: ComposedEngine | null,
  id: string,
  work: (engine: ComposedEngine, report: (done: number, total: number) => void) => Promise<void>,
): Promise<void> {
  const ended = (error: string) => send({ kind: 'job-end', id, error });
  if (!engine) return ended('this replica stands by; ask the one that collects');
  await work(engine, (done, total) => send({ kind: 'job-progress', id, done, total })).then(
    () => ended(''),
    (error: Error) => ended(error.message),
  );
}

const backfill = (engine: ComposedEngine | null, id: string, range: TimeRange): Promise<void> =>
  runJob(engine, id, (ready, report) => ready.backfill(range, report));

const scan = (engine: ComposedEngine | null, id: string, signal: AbortSignal): Promise<void> =>
  runJob(engine, id, (ready, report) => scanJob(ready.recommender, signal, report));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  await work(workerData as EngineWorkerData);
} catch (error) {
  send({ kind: 'failed', message: messageOf(error) });
}
port.close();
