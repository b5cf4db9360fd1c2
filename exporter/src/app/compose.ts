/** The map of the program: which adapter stands behind each port. Nothing else constructs adapters. */
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createPrometheusSource } from '../collectors/prometheus/index.js';
import { createTables } from '../data/tables.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import { floorTo } from '../domain/interval.js';
import { NEW_STATE, renderSnapshot, type RenderedSnapshot, type RenderState } from '../exposition/render.js';
import type { BuildInfo } from '../exposition/metric-row.js';
import { Cycle, type CycleDeps } from '../pipeline/cycle.js';
import type { FactorSources } from '../pipeline/resolve-factors.js';
import { StatusKeeper, type Stopwatch } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { Ledger } from '../ports/ledger.js';
import type { PipelineStatus } from '../ports/status.js';
import type { UsageSource } from '../ports/usage-source.js';
import { openLedger } from '../repositories/factory.js';
import type { Config } from './config.js';
import { createEngine, type Engine, type EngineDeps, type EngineLog, type Published } from './engine.js';
import { isDefault, type Mode } from './mode.js';

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
  const { time } = config;
  const { step, settle, backfill } = time;
  const ledger = await openLedger({ type: 'sqlite', path: mode.databasePath, cluster: mode.cluster, step });
  const usage = createUsage(config, mode, host);
  const status = new StatusKeeper(host.clock, host.stopwatch);
  status.addSource(usage.source.name, true);
  const engine = await createEngine({
    ...host,
    usage: usage.source,
    ledger,
    factors: createFactors(config),
    status,
    step,
    settle,
    backfill,
    retention: { raw: time.rawRetention, hour: time.hourRetention, day: time.dayRetention },
    publish: await createPublisher(config, mode, host, ledger, status),
  });
  return {
    run: (signal) => engine.run(signal),
    backfill: (range, report) => engine.backfill(range, report),
    close: async () => {
      await usage.close();
      await ledger.close();
    },
  };
}

/** What collects a range that it is told, and nothing else. */
export interface Collector {
  readonly cycle: Cycle;
  readonly source: UsageSource;
  close(): Promise<void>;
}

/** @throws DatabaseError when the ledger cannot be opened */
export async function composeCollector(
  config: Config,
  mode: Mode,
  host: Pick<Host, 'clock' | 'stopwatch' | 'log'>,
): Promise<Collector> {
  const { step, settle, backfill } = config.time;
  const ledger = await openLedger({ type: 'sqlite', path: mode.databasePath, cluster: mode.cluster, step });
  const { source, close } = createUsage(config, mode, host);
  const status = new StatusKeeper(host.clock, host.stopwatch);
  status.addSource(source.name, true);
  const newest = await ledger.latest();
  const deps: CycleDeps = {
    usage: source,
    ledger,
    factors: createFactors(config),
    clock: host.clock,
    status,
    step,
    settle,
    backfill,
    onNewest: () => Promise.resolve(),
    onProgress: () => undefined,
  };
  return {
    cycle: new Cycle(deps, newest && newest.interval.start),
    source,
    close: async () => {
      await close();
      await ledger.close();
    },
  };
}

function createUsage(
  config: Config,
  mode: Mode,
  { clock, log }: Pick<Host, 'clock' | 'log'>,
): { source: UsageSource; close(): Promise<void> } {
  const { demo, prometheus, labels, time } = config;
  if (mode.source === 'demo') {
    const days = demo.days * 86_400;
    const start = floorTo(clock.now() - days, time.step);
    const world = createWorld({ seed: demo.seed, start });
    return { source: createDemoSource(world, { labels }), close: () => Promise.resolve() };
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
  return { source, close: () => source.close() };
}

export function createFactors(config: Config): FactorSources {
  const { prices } = config;
  return {
    tables: createTables({ profiles: config.powerProfiles }),
    settings: config.model,
    intensity: createYearlyIntensity(config.grid.defaultIntensity),
    embodied: createPerVcpuFootprints(config.embodied.defaultPerVcpu),
    prices: createPriceTable({
      ...prices,
      rows: prices.nodePrices,
      own: !isDefault(config, 'PRICE_CPU_CORE_HOUR'),
    }),
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
