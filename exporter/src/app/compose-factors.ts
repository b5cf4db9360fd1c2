/** The part of the map behind the factors: who says how clean the grid is, what a machine embodies and what capacity costs. */
import { createBoavizta } from '../collectors/boavizta/index.js';
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createElectricityMaps } from '../collectors/electricity-maps/index.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createUkCarbonIntensity } from '../collectors/uk-carbon-intensity/index.js';
import { createTables } from '../data/tables.js';
import { createDemoIntensity } from '../demo/intensity.js';
import { createEmbodiedFootprints } from '../pipeline/embodied.js';
import { createGridIntensity } from '../pipeline/grid-intensity.js';
import type { FactorSources } from '../pipeline/resolve-factors.js';
import type { StatusKeeper } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { EmbodiedStore, IntensityStore } from '../ports/factor-store.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import type { Config } from './config.js';
import type { EngineLog } from './engine.js';
import { isDefault, type Mode } from './mode.js';

export interface LiveFactors {
  readonly sources: FactorSources;
  /** Live providers of intensity in the order in which they are believed; some forecast. */
  readonly providers: readonly IntensityProvider[];
  close(): Promise<void>;
}

export interface FactorDeps {
  readonly store: IntensityStore & EmbodiedStore;
  /** What an expression of the user's own Prometheus says; null: there is none. */
  readonly intensity: Closable<IntensityProvider> | null;
  readonly status: StatusKeeper;
  readonly clock: Clock;
  readonly log: EngineLog;
}

/** Factors from tables and configuration alone: what explains a figure, and what live sources fall back to. */
export function composeStaticFactors(config: Config): FactorSources {
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

/** The demo world asks nobody outside: its machines and its grids are nowhere and it must run without a network. */
export function composeFactors(config: Config, mode: Mode, deps: FactorDeps): LiveFactors {
  const fixed = composeStaticFactors(config);
  const { store, clock, log } = deps;
  if (mode.source === 'demo') return demoFactors(fixed, createDemoIntensity(config.demo.seed, clock), deps);
  const providers = intensityProviders(config, deps);
  const { boavizta } = config.embodied;
  const database = boavizta && createBoavizta({ url: boavizta.url, token: boavizta.token?.reveal(), clock });
  const status = namedApart(deps.status);
  return {
    providers,
    sources: {
      ...fixed,
      onProblem: onceEach(log),
      intensity: createGridIntensity({ providers, store, fallback: fixed.intensity, clock, status, log }),
      embodied: database
        ? createEmbodiedFootprints({
            provider: database,
            store,
            fallback: fixed.embodied,
            clock,
            status,
            log,
          })
        : fixed.embodied,
    },
    close: async () => {
      await Promise.all([...providers, ...(database ? [database] : [])].map((each) => each.close()));
    },
  };
}

/** What the made-up grids say is kept and forecast from as what a live provider says would be. */
function demoFactors(fixed: FactorSources, provider: IntensityProvider, deps: FactorDeps): LiveFactors {
  const providers = [provider];
  const { store, clock, log } = deps;
  const status = namedApart(deps.status);
  const intensity = createGridIntensity({
    providers,
    store,
    fallback: fixed.intensity,
    clock,
    status,
    log,
  });
  return { sources: { ...fixed, intensity }, providers, close: () => Promise.resolve() };
}

/** Problems that are remembered as said; a cluster with more of them has heard enough. */
const MAX_SAID = 1000;

/** Says each problem of each node once in the life of the process. */
function onceEach(log: EngineLog): NonNullable<FactorSources['onProblem']> {
  const said = new Set<string>();
  return (node, problem) => {
    const key = JSON.stringify([node, problem]);
    if (said.has(key) || said.size >= MAX_SAID) return;
    said.add(key);
    log.warn({ node }, `${problem}; it is passed over`);
  };
}

type Closable<T> = T & { close(): Promise<void> };

/** In the order in which they are believed. */
function intensityProviders(
  config: Config,
  { intensity, clock, log }: FactorDeps,
): readonly Closable<IntensityProvider>[] {
  const { electricityMaps, ukCarbonIntensity } = config.grid;
  const token = electricityMaps.token?.reveal();
  return [
    ...(token === undefined ? [] : [createElectricityMaps({ url: electricityMaps.url, token, clock, log })]),
    ...(ukCarbonIntensity.mode === 'off'
      ? []
      : [createUkCarbonIntensity({ url: ukCarbonIntensity.url, clock })]),
    ...(intensity ? [intensity] : []),
  ];
}

/** A source of usage has an account of its own; as one of intensity it has another. */
function namedApart(status: StatusKeeper): Pick<StatusKeeper, 'ask' | 'addSource'> {
  const name = (given: string) => (given === 'prometheus' || given === 'demo' ? `${given}-intensity` : given);
  return {
    addSource: (given, required) => status.addSource(name(given), required),
    ask: (given, call) => status.ask(name(given), call),
  };
}
