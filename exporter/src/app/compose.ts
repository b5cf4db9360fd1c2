/** The map of the program: which adapter stands behind each port. Nothing else constructs adapters. */
import { createMeasuredSource } from '../collectors/measured/index.js';
import { createPrometheusSource } from '../collectors/prometheus/index.js';
import { createDemoMeasuredSource } from '../demo/measured-source.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import { floorTo } from '../domain/interval.js';
import { NEW_STATE, renderSnapshot, type RenderedSnapshot, type RenderState } from '../exposition/render.js';
import type { BuildInfo } from '../exposition/metric-row.js';
import { Cycle, type CycleDeps } from '../pipeline/cycle.js';
import { StatusKeeper, type Stopwatch } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { Ledger } from '../ports/ledger.js';
import type { MeasuredEnergySource } from '../ports/measured-source.js';
import type { PipelineStatus } from '../ports/status.js';
import type { UsageSource } from '../ports/usage-source.js';
import { openStores } from '../repositories/factory.js';
import type { Config } from './config.js';
import { createEngine, type Engine, type EngineDeps, type EngineLog, type Published } from './engine.js';
import { composeFactors } from './compose-factors.js';
import type { Mode } from './mode.js';

/** What the surroundings give: time, a log, and where results go. */
export interface Host {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly sleepUntil: EngineDeps['sleepUntil'];
  readonly log: EngineLog;
  readonly build: BuildInfo;
  readonly onSnapshot: (snapshot: RenderedSnapshot) => void;
  readonly onStatus: (status: PipelineStatus) => void;
  readonly onProgress: (progress: PipelineStatus['backfill']) => void;
}

export interface ComposedEngine extends Engine {
  close(): Promise<void>;
}

/** @throws DatabaseError when the ledger cannot be opened */
export async function composeEngine(config: Config, mode: Mode, host: Host): Promise<ComposedEngine> {
  const { parts, close } = await composeParts(config, mode, host);
  const { time } = config;
  const engine = await createEngine({
    ...host,
    ...parts,
    retention: { raw: time.rawRetention, hour: time.hourRetention, day: time.dayRetention },
    publish: await createPublisher(config, mode, host, parts.ledger, parts.status),
  });
  return {
    run: (signal) => engine.run(signal),
    backfill: (range, report) => engine.backfill(range, report),
    close,
  };
}

/** What collects a range that it is told, and nothing else. */
export interface Collector {
  readonly cycle: Cycle;
  readonly source: UsageSource;
  close(): Promise<void>;
}

/** @throws DatabaseError when the ledger cannot be opened */
export async function composeCollector(config: Config, mode: Mode, host: PartsHost): Promise<Collector> {
  const { parts, close } = await composeParts(config, mode, host);
  const newest = await parts.ledger.latest();
  const deps = { ...parts, onNewest: () => Promise.resolve(), onProgress: () => undefined };
  return { cycle: new Cycle(deps, newest && newest.interval.start), source: parts.usage, close };
}

type PartsHost = Pick<Host, 'clock' | 'stopwatch' | 'log'>;

interface Parts {
  readonly parts: Omit<CycleDeps, 'onNewest' | 'onProgress'>;
  readonly close: () => Promise<void>;
}

/** The adapters behind a cycle, and how to close them. */
async function composeParts(config: Config, mode: Mode, host: PartsHost): Promise<Parts> {
  const { clock, log } = host;
  const { step, settle, backfill } = config.time;
  const stores = await openStores({ type: 'sqlite', path: mode.databasePath, cluster: mode.cluster, step });
  const status = new StatusKeeper(clock, host.stopwatch);
  const usage = createUsage(config, mode, host);
  status.addSource(usage.source.name, true);
  status.addSource(usage.meters.name, false);
  const factors = composeFactors(config, mode, { store: stores.factors, status, clock, log });
  const { ledger } = stores;
  return {
    parts: {
      usage: usage.source,
      meters: usage.meters,
      ledger,
      factors: { ...factors.sources, meterScopes: config.measured.scopes },
      clock,
      status,
      step,
      settle,
      backfill,
    },
    close: async () => {
      await Promise.all([usage.close(), factors.close()]);
      await ledger.close();
    },
  };
}

interface Usage {
  readonly source: UsageSource;
  readonly meters: MeasuredEnergySource;
  close(): Promise<void>;
}

function createUsage(config: Config, mode: Mode, { clock, log }: PartsHost): Usage {
  const { demo, prometheus, labels, time, measured } = config;
  if (mode.source === 'demo') {
    const days = demo.days * 86_400;
    const start = floorTo(clock.now() - days, time.step);
    const world = createWorld({ seed: demo.seed, start });
    return {
      source: createDemoSource(world, { labels }),
      meters: createDemoMeasuredSource(world),
      close: () => Promise.resolve(),
    };
  }
  const source = createPrometheusSource({
    url: prometheus.url!,
    bearerToken: prometheus.bearerToken?.reveal(),
    username: prometheus.basic?.username,
    password: prometheus.basic?.password.reveal(),
    tenant: prometheus.tenant ?? undefined,
    ca: prometheus.ca ?? undefined,
    verifyCerts: prometheus.verifyCerts,
    timeout: prometheus.timeout,
    maxBytes: prometheus.maxBytes,
    extraMatchers: prometheus.extraMatchers,
    labels,
    clock,
    log,
  });
  const { promQl, matchers } = source;
  return {
    source,
    meters: createMeasuredSource({ promQl, matchers, sources: measured.sources ?? 'auto' }),
    close: () => source.close(),
  };
}

/** Note in the ledger that keeps which workloads have folded into "other", so that counters go on after a restart. */
const FOLDS = 'exposition-folds';

async function createPublisher(
  config: Config,
  mode: Mode,
  host: Host,
  ledger: Ledger,
  status: StatusKeeper,
): Promise<(published: Published) => Promise<void>> {
  const stored = await ledger.note(FOLDS);
  let state: RenderState = stored
    ? { ...NEW_STATE, folds: JSON.parse(stored) as RenderState['folds'] }
    : NEW_STATE;
  const { detail, maxSeries, compat } = config.metrics;
  const options = { detail, maxSeries, compat };
  return (published) =>
    status.phase('publish', async () => {
      const input = { ...published, cluster: mode.cluster, build: host.build };
      const rendered = renderSnapshot(input, options, state);
      if (rendered.state.folds.turns.length > 0) {
        await ledger.setNote(FOLDS, JSON.stringify(rendered.state.folds));
      }
      state = rendered.state;
      host.onSnapshot(rendered);
    });
}
