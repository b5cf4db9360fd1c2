/** The part of the map behind the factors: who says how clean the grid is, what a machine embodies and what capacity costs. */
import { createBoavizta } from '../collectors/boavizta/index.js';
import { createPerVcpuFootprints } from '../collectors/boavizta/per-vcpu.js';
import { createElectricityMaps } from '../collectors/electricity-maps/index.js';
import { createYearlyIntensity } from '../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../collectors/opencost/price-table.js';
import { createPrometheusIntensity } from '../collectors/prometheus-intensity/index.js';
import { createUkCarbonIntensity } from '../collectors/uk-carbon-intensity/index.js';
import { createTables } from '../data/tables.js';
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
  close(): Promise<void>;
}

export interface FactorDeps {
  readonly store: IntensityStore & EmbodiedStore;
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

/** The demo world asks nobody: its machines are nowhere and it must run without a network. */
export function composeFactors(config: Config, mode: Mode, deps: FactorDeps): LiveFactors {
  const fixed = composeStaticFactors(config);
  if (mode.source === 'demo') return { sources: fixed, close: () => Promise.resolve() };
  const { store, clock, log } = deps;
  const providers = intensityProviders(config, deps);
  const { boavizta } = config.embodied;
  const database = boavizta && createBoavizta({ url: boavizta.url, token: boavizta.token?.reveal(), clock });
  const status = namedApart(deps.status);
  return {
    sources: {
      ...fixed,
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

type Closable<T> = T & { close(): Promise<void> };

/** In the order in which they are believed. */
function intensityProviders(
  config: Config,
  { clock, log }: FactorDeps,
): readonly Closable<IntensityProvider>[] {
  const { electricityMaps, ukCarbonIntensity, intensityQuery } = config.grid;
  const { prometheus } = config;
  const token = electricityMaps.token?.reveal();
  return [
    ...(token === undefined ? [] : [createElectricityMaps({ url: electricityMaps.url, token, clock, log })]),
    ...(ukCarbonIntensity.mode === 'off'
      ? []
      : [createUkCarbonIntensity({ url: ukCarbonIntensity.url, clock })]),
    ...(intensityQuery === null || prometheus.url === null
      ? []
      : [
          createPrometheusIntensity({
            query: intensityQuery,
            url: prometheus.url,
            bearerToken: prometheus.bearerToken?.reveal(),
            username: prometheus.basic?.username,
            password: prometheus.basic?.password.reveal(),
            tenant: prometheus.tenant ?? undefined,
            ca: prometheus.ca ?? undefined,
            verifyCerts: prometheus.verifyCerts,
            timeout: prometheus.timeout,
            clock,
          }),
        ]),
  ];
}

/** The user's Prometheus has an account of its own as a source of usage; as one of intensity it has another. */
function namedApart(status: StatusKeeper): Pick<StatusKeeper, 'ask' | 'addSource'> {
  const name = (given: string) => (given === 'prometheus' ? 'prometheus-intensity' : given);
  return {
    addSource: (given, required) => status.addSource(name(given), required),
    ask: (given, call) => status.ask(name(given), call),
  };
}
