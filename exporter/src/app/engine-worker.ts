/** Worker thread that collects, computes and writes. It hands snapshots and status to the serving thread and ends on "stop". */
import { parentPort, workerData } from 'node:worker_threads';
import type { BuildInfo } from '../exposition/metric-row.js';
import { transferables, type RenderedSnapshot } from '../exposition/render.js';
import type { PipelineStatus } from '../ports/status.js';
import type { TimeRange } from '../domain/interval.js';
import { composeEngine, type ComposedEngine } from './compose.js';
import { loadConfig, secretsOf } from './config.js';
import type { LaunchInput } from './launch-input.js';
import { loadInput } from './launch-input.js';
import { createLogger } from './log.js';
import { modeOf } from './mode.js';
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
  | { readonly kind: 'backfill-progress'; readonly id: string; readonly done: number; readonly total: number }
  /** `error` is empty when all of it was collected. */
  | { readonly kind: 'backfill-end'; readonly id: string; readonly error: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What the serving thread asks for. */
export type EngineRequest =
  { readonly kind: 'stop' } | { readonly kind: 'backfill'; readonly id: string; readonly range: TimeRange };

const port = parentPort!;
const send = (message: EngineMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

async function work({ input, build }: EngineWorkerData): Promise<void> {
  const loaded = loadConfig(loadInput(input));
  // The serving thread has read the same configuration a moment ago; a file that changed in between is the only way here.
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  const { config } = loaded;
  const engine = await composeEngine(config, modeOf(config), {
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
  });
  const stop = new AbortController();
  port.on('message', (request: EngineRequest) => {
    if (request.kind === 'stop') stop.abort();
    else void backfill(engine, request.id, request.range);
  });
  send({ kind: 'ready' });
  try {
    await engine.run(stop.signal);
  } finally {
    await engine.close();
  }
}

async function backfill(engine: ComposedEngine, id: string, range: TimeRange): Promise<void> {
  const ended = (error: string) => send({ kind: 'backfill-end', id, error });
  await engine
    .backfill(range, (done, total) => send({ kind: 'backfill-progress', id, done, total }))
    .then(
      () => ended(''),
      (error: Error) => ended(error.message),
    );
}

try {
  await work(workerData as EngineWorkerData);
} catch (error) {
  send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
port.close();
