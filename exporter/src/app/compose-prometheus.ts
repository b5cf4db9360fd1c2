/** Prometheus as a source of usage, of meters and of intensity: at its configured address, or at the one that is found. */
import { createMeasuredSource, type MeasuredSource } from '../collectors/measured/index.js';
import { createPrometheusIntensity } from '../collectors/prometheus-intensity/index.js';
import { createPrometheusUnits } from '../collectors/prometheus-units/index.js';
import { createClusterHints } from '../collectors/prometheus/hints.js';
import { createPrometheusSource, type PrometheusSource } from '../collectors/prometheus/index.js';
import type { PrometheusAccess } from '../net/prometheus-access.js';
import type { StatusKeeper } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import { withRevisionLabel } from '../domain/releases/revision.js';
import type { ClusterHintSource } from '../ports/cluster-hints.js';
import type { IntensityProvider } from '../ports/intensity-provider.js';
import type { MeasuredEnergySource } from '../ports/measured-source.js';
import type { UnitSource } from '../ports/unit-source.js';
import type { UsageSource } from '../ports/usage-source.js';
import type { Config } from './config.js';
import type { EngineLog } from './engine.js';
import { Located, type Locator } from './locate.js';

export interface PrometheusParts {
  readonly source: UsageSource;
  readonly meters: MeasuredEnergySource;
  /** Null: no INTENSITY_QUERY. */
  readonly intensity: (IntensityProvider & { close(): Promise<void> }) | null;
  /** Null: no SCI_FILE. */
  readonly units: UnitSource | null;
  /** Absent: nobody knows more of the cluster than its use. */
  readonly hints?: ClusterHintSource;
  close(): Promise<void>;
}

export interface PrometheusDeps {
  /** Null: PROMETHEUS_URL is set. */
  readonly locator: Locator | null;
  readonly status: Pick<StatusKeeper, 'discovered'>;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export function composePrometheus(config: Config, deps: PrometheusDeps): PrometheusParts {
  const { url } = config.prometheus;
  if (url !== null) return partsAt(url, credentialsOf(config), config, deps);
  const { locator, status, log } = deps;
  if (locator === null) throw new Error('a Prometheus needs an address or a cluster to look in');
  warnOfCredentials(config, log);
  const located = new Located(locator, 'prometheus', (found) => {
    status.discovered('prometheus', found.explanation);
    return partsAt(found.url, {}, config, deps);
  });
  return {
    source: locatedUsage(located),
    meters: locatedMeters(located),
    intensity: config.grid.intensityQuery === null ? null : locatedIntensity(located),
    units: config.analysis.units.length === 0 ? null : locatedUnits(located),
    hints: locatedHints(located),
    close: () => located.close(),
  };
}

type Credentials = Pick<PrometheusAccess, 'bearerToken' | 'username' | 'password'>;

const credentialsOf = ({ prometheus: { bearerToken, basic } }: Config): Credentials => ({
  bearerToken: bearerToken?.reveal(),
  username: basic?.username,
  password: basic?.password.reveal(),
});

function warnOfCredentials({ prometheus: { bearerToken, basic } }: Config, log: EngineLog): void {
  if (bearerToken === null && basic === null) return;
  const key = bearerToken === null ? 'PROMETHEUS_PASSWORD' : 'PROMETHEUS_BEARER_TOKEN';
  log.warn({ key }, `${key} is sent to no address that was only found; set PROMETHEUS_URL to use it`);
}

interface Parts extends PrometheusParts {
  readonly source: PrometheusSource;
  readonly meters: MeasuredSource;
  readonly hints: ClusterHintSource;
}

function partsAt(
  url: string,
  credentials: Credentials,
  config: Config,
  { clock, log }: PrometheusDeps,
): Parts {
  const { prometheus, measured, grid, analysis } = config;
  const connection = {
    ...credentials,
    url,
    tenant: prometheus.tenant ?? undefined,
    ca: prometheus.ca ?? undefined,
    verifyCerts: prometheus.verifyCerts,
    timeout: prometheus.timeout,
    clock,
  };
  const { maxBytes, extraMatchers } = prometheus;
  const labels = withRevisionLabel(config.labels);
  const source = createPrometheusSource({ ...connection, maxBytes, extraMatchers, labels, log });
  const { promQl, matchers } = source;
  const query = grid.intensityQuery;
  const intensity = query === null ? null : createPrometheusIntensity({ ...connection, query });
  const units = analysis.units.length === 0 ? null : createPrometheusUnits(connection);
  return {
    source,
    meters: createMeasuredSource({ promQl, matchers, sources: measured.sources ?? 'auto' }),
    intensity,
    units,
    hints: createClusterHints(promQl, matchers),
    close: async () => {
      await Promise.all([source.close(), intensity?.close(), units?.close()]);
    },
  };
}

const locatedUsage = (located: Located<Parts>): UsageSource => ({
  name: 'prometheus',
  observe: async (range, step, signal, known) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.source.observe(range, step, signal, known) : parts;
  },
  oldest: async (notBefore, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.source.oldest(notBefore, signal) : parts;
  },
  oldestUsage: async (notBefore, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.source.oldestUsage(notBefore, signal) : parts;
  },
  rejected: () => located.made?.source.rejected() ?? {},
});

const locatedHints = (located: Located<Parts>): ClusterHintSource => ({
  hints: async (range, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.hints.hints(range, signal) : parts;
  },
});

const locatedMeters = (located: Located<Parts>): MeasuredEnergySource => ({
  name: 'measured',
  observe: async (range, step, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.meters.observe(range, step, signal) : parts;
  },
  detected: () => located.made?.meters.detected() ?? [],
});

const locatedIntensity = (located: Located<Parts>): NonNullable<PrometheusParts['intensity']> => ({
  name: 'prometheus',
  covers: (zone) => located.made?.intensity?.covers(zone) ?? zone !== '',
  history: async (zone, range, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.intensity!.history(zone, range, signal) : parts;
  },
  close: () => located.close(),
});

const locatedUnits = (located: Located<Parts>): UnitSource => ({
  name: 'prometheus-units',
  units: async (query, range, signal) => {
    const parts = await located.get(signal);
    return parts.ok ? parts.value.units!.units(query, range, signal) : parts;
  },
});
