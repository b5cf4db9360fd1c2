/** The map of the program: which adapter stands behind each port. Nothing else constructs adapters. */
import { createDemoHints, createDemoInventory } from '../demo/inventory-source.js';
import { createDemoMeasuredSource } from '../demo/measured-source.js';
import { createDemoUnits } from '../demo/unit-source.js';
import { createDemoSource } from '../demo/usage-source.js';
import { createWorld } from '../demo/world.js';
import { floorTo } from '../domain/interval.js';
import type { IntervalResult } from '../domain/model.js';
import { withRevisionLabel } from '../domain/releases/revision.js';
import { NEW_STATE, renderSnapshot, type RenderedSnapshot, type RenderState } from '../exposition/render.js';
import type { BuildInfo } from '../exposition/metric-row.js';
import { Cycle, type CycleDeps } from '../pipeline/cycle.js';
import { StatusKeeper, type Stopwatch } from '../pipeline/status.js';
import type { Recommender } from '../pipeline/recommend.js';
import type { Clock } from '../ports/clock.js';
import type { InventorySource } from '../ports/inventory-source.js';
import type { Ledger } from '../ports/ledger.js';
import type { PipelineStatus } from '../ports/status.js';
import type { UsageSource } from '../ports/usage-source.js';
import { openStores, type Waiting } from '../repositories/factory.js';
import type { Config } from './config.js';
import {
  createEngine,
  type Engine,
  type EngineDeps,
  type EngineLog,
  type Published,
  type Revision,
} from './engine.js';
import { composeAnalyses, type AnalysesParts, type ComposedAnalyses } from './compose-analyses.js';
import { composeCluster, composeCostRevision } from './compose-cluster.js';
import { composeFactors } from './compose-factors.js';
import { calibratedBy, composeRestater, composeReview } from './compose-measured.js';
import { composePrometheus, type PrometheusParts } from './compose-prometheus.js';
import { databaseOf } from './database.js';
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
  /** Whether and how to wait while another replica collects; absent: that is an error. */
  readonly waiting?: Waiting;
}

export interface ComposedEngine extends Engine {
  /** Null: this kind of database keeps no recommendations. */
  readonly recommender: Recommender | null;
  /** Aborted when another replica has taken over; absent: none can. */
  readonly lost?: AbortSignal;
  close(): Promise<void>;
}

/** @throws DatabaseError when the ledger cannot be opened */
export async function composeEngine(config: Config, mode: Mode, host: Host): Promise<ComposedEngine> {
  const { parts, revisions, analysed, close, lost } = await composeParts(config, mode, host);
  const { time } = config;
  const { engine, recommender } = await closingOnError(close, async () => {
    const newest = new Newest(parts.ledger);
    const analyses = analysed && (await composeAnalyses({ ...analysed, ledger: newest }));
    const publish = await createPublisher(config, mode, host, parts, analyses);
    const cycling = await createEngine({
      ...host,
      ...parts,
      revisions,
      ...(analyses && { analyses: analyses.analyses }),
      retention: { raw: time.rawRetention, hour: time.hourRetention, day: time.dayRetention },
      publish: (published) => {
        newest.hold(published.latest);
        return publish(published);
      },
    });
    return { engine: cycling, recommender: analyses && analyses.recommender };
  });
  return {
    run: (signal) => engine.run(signal),
    backfill: (range, report) => engine.backfill(range, report),
    recommender,
    close,
    ...(lost && { lost }),
  };
}

/** The newest interval as the engine holds it: reading 50 000 rows back for each analysis would take longer than most of them. */
class Newest implements Pick<Ledger, 'latest'> {
  readonly #ledger: Pick<Ledger, 'latest'>;
  #held: IntervalResult | null = null;

  constructor(ledger: Pick<Ledger, 'latest'>) {
    this.#ledger = ledger;
  }

  hold(latest: IntervalResult | null): void {
    this.#held = latest;
  }

  async latest(): Promise<IntervalResult | null> {
    return this.#held ?? this.#ledger.latest();
  }
}

/** Whoever waits for the ledger must not wait for a process that could not start on it. */
async function closingOnError<T>(close: () => Promise<void>, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    await close();
    throw error;
  }
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

type PartsHost = Pick<Host, 'clock' | 'stopwatch' | 'log' | 'waiting'>;

interface Parts {
  readonly parts: Omit<CycleDeps, 'onNewest' | 'onProgress'>;
  /** What looks at stored intervals again between cycles. */
  readonly revisions: readonly Revision[];
  /** What analyses of the stored past need; null where the database keeps no findings. */
  readonly analysed: AnalysesParts | null;
  readonly close: () => Promise<void>;
  readonly lost?: AbortSignal;
}

/** The adapters behind a cycle, and how to close them. */
async function composeParts(config: Config, mode: Mode, host: PartsHost): Promise<Parts> {
  const { clock, log } = host;
  const { step, settle, backfill } = config.time;
  const stores = await openStores({ ...databaseOf(config, mode), cluster: mode.cluster, step }, host.waiting);
  const status = new StatusKeeper(clock, host.stopwatch);
  if (stores.lost) status.standby(false);
  const cluster = composeCluster(config, mode, { status, clock, log });
  const usage: SourceParts =
    mode.source === 'demo'
      ? createDemoUsage(config, clock)
      : composePrometheus(config, { locator: cluster.locator, status, clock, log });
  status.addSource(usage.source.name, true);
  status.addSource(usage.meters.name, false);
  const { intensity } = usage;
  const factors = composeFactors(config, mode, { store: stores.factors, intensity, status, clock, log });
  const { ledger } = stores;
  const found = { stores, status, clock, log };
  const review = await composeReview(config, mode, found);
  const bills = composeCostRevision(config, cluster.costs, ledger, clock);
  const { stopwatch } = host;
  return {
    analysed: stores.outlook
      ? {
          ...{ config, mode, clock, stopwatch, log, status, ledger },
          inventory: cluster.inventory ?? usage.inventory ?? null,
          hints: usage.hints,
          stores: stores.outlook,
          intensities: stores.factors,
          providers: factors.providers,
          units: usage.units,
        }
      : null,
    revisions: [composeRestater(config, factors.sources, found), ...(bills ? [bills] : []), review],
    parts: {
      usage: cluster.enriched(usage.source),
      meters: usage.meters,
      costs: cluster.costs,
      ledger,
      factors: {
        ...factors.sources,
        meterScopes: config.measured.scopes,
        pueContainsPowerSupply: config.measured.pueContainsPowerSupply,
        ...(config.measured.calibrate && { calibrated: calibratedBy(config, () => review.calibration()) }),
      },
      clock,
      status,
      step,
      settle,
      backfill,
    },
    close: async () => {
      await Promise.all([usage.close(), factors.close(), cluster.close()]);
      await ledger.close();
    },
    ...(stores.lost && { lost: stores.lost }),
  };
}

function createDemoUsage({ demo, labels, time }: Config, clock: Clock): SourceParts {
  const days = demo.days * 86_400;
  const start = floorTo(clock.now() - days, time.step);
  const world = createWorld({ seed: demo.seed, start });
  return {
    source: createDemoSource(world, { labels: withRevisionLabel(labels) }),
    meters: createDemoMeasuredSource(world),
    intensity: null,
    units: createDemoUnits(world),
    inventory: createDemoInventory(world, clock),
    hints: createDemoHints(),
    close: () => Promise.resolve(),
  };
}

/** A source of usage that knows, as Kubernetes would, what there is now. */
type SourceParts = PrometheusParts & { readonly inventory?: InventorySource };

/** Note in the ledger that keeps which workloads have folded into "other", so that counters go on after a restart. */
const FOLDS = 'exposition-folds';

async function createPublisher(
  config: Config,
  mode: Mode,
  host: Host,
  { ledger, status }: { readonly ledger: Ledger; readonly status: StatusKeeper },
  analyses: ComposedAnalyses | null,
): Promise<(published: Published) => Promise<void>> {
  const stored = await ledger.note(FOLDS);
  let state: RenderState = stored
    ? { ...NEW_STATE, folds: JSON.parse(stored) as RenderState['folds'] }
    : NEW_STATE;
  const { detail, maxSeries, compat } = config.metrics;
  const options = { detail, maxSeries, compat };
  return (published) =>
    status.phase('publish', async () => {
      const found = analyses && { findings: analyses.findings(), recommended: analyses.recommended() };
      const input = { ...published, ...found, cluster: mode.cluster, build: host.build };
      const rendered = renderSnapshot(input, options, state);
      if (rendered.state.folds.turns.length > 0) {
        await ledger.setNote(FOLDS, JSON.stringify(rendered.state.folds));
      }
      state = rendered.state;
      host.onSnapshot(rendered);
    });
}
