/** From the values of the keys to the configuration: one line a key, units put on, dependent defaults filled in. */
import type { Budget } from '../../domain/budget/budget.js';
import type { PowerProfile } from '../../domain/energy/power-profile.js';
import type { FunctionalUnit } from '../../domain/sci/sci.js';
import type { ModelSettings } from '../../domain/settings.js';
import { bytes, gramsPerKwh, kilograms, seconds } from '../../domain/units.js';
import { hasToken } from './checks.js';
import type { NodePriceTable } from './files.js';
import type { Analysis, Config, EffectiveRow } from './model.js';
import { PROVIDERS } from './rows/model.js';
import type { Secret } from './secret.js';
import type { Key, Values } from './table.js';

/** What the files that keys point to hold. */
export interface FileContents {
  readonly zoneMap: Readonly<Record<string, string>>;
  readonly powerProfiles: Readonly<Record<string, PowerProfile>>;
  readonly nodePrices: NodePriceTable['rows'];
  readonly prometheusCa: string | null;
  readonly budgets: readonly Budget[];
  readonly units: readonly FunctionalUnit[];
}

/** Fill in the defaults that depend on other keys. */
export function withDependentDefaults(v: Values, isTerminal: boolean) {
  return {
    ...v,
    API_HOST: v.API_HOST ?? (hasToken(v) || v.API_ALLOW_ANONYMOUS ? '0.0.0.0' : '127.0.0.1'),
    LOG_FORMAT: v.LOG_FORMAT ?? (isTerminal ? ('pretty' as const) : ('json' as const)),
    METRICS_ANONYMOUS: v.METRICS_ANONYMOUS && v.METRICS_TOKEN === null,
  };
}

export type Settled = ReturnType<typeof withDependentDefaults>;

export function build(v: Settled, files: FileContents, effective: readonly EffectiveRow[]): Config {
  return deepFreeze({
    cluster: v.CLUSTER_NAME,
    log: { level: v.LOG_LEVEL, format: v.LOG_FORMAT },
    http: httpOf(v),
    time: timeOf(v),
    prometheus: prometheusOf(v, files),
    kubernetes: {
      mode: v.KUBERNETES,
      kubeconfig: v.KUBECONFIG,
      context: v.KUBE_CONTEXT,
      timeout: seconds(v.K8S_REQUEST_TIMEOUT),
      discovery: v.DISCOVERY,
    },
    opencost: { url: v.OPENCOST_API_URL, verifyCerts: v.OPENCOST_VERIFY_CERTS },
    prices: {
      cpuCoreHour: v.PRICE_CPU_CORE_HOUR,
      ramGbHour: v.PRICE_RAM_GB_HOUR,
      currency: v.CURRENCY,
      nodePrices: files.nodePrices,
    },
    grid: {
      electricityMaps: { url: v.ELECTRICITY_MAPS_URL, token: v.ELECTRICITY_MAPS_TOKEN },
      ukCarbonIntensity: { url: v.UK_CARBON_INTENSITY_URL, mode: v.UK_CARBON_INTENSITY },
      intensityQuery: v.INTENSITY_QUERY,
      defaultZone: known(v.DEFAULT_ZONE),
      defaultIntensity: gramsPerKwh(v.DEFAULT_INTENSITY),
      zoneMap: files.zoneMap,
    },
    embodied: {
      boavizta: v.BOAVIZTA_API_URL === null ? null : { url: v.BOAVIZTA_API_URL, token: v.BOAVIZTA_TOKEN },
      defaultPerVcpu:
        v.DEFAULT_EMBODIED_KG_PER_VCPU === null ? null : kilograms(v.DEFAULT_EMBODIED_KG_PER_VCPU),
      hardwareLifespanYears: v.HARDWARE_LIFESPAN_YEARS,
    },
    model: modelOf(v, files),
    powerProfiles: files.powerProfiles,
    measured: {
      sources: v.MEASURED_SOURCES,
      scopes: v.MEASURED_SCOPE,
      calibrate: v.CALIBRATE,
      pueContainsPowerSupply: v.PUE_CONTAINS_POWER_SUPPLY,
    },
    database: databaseOf(v),
    metrics: {
      detail: v.METRICS_DETAIL,
      maxSeries: v.METRICS_MAX_SERIES,
      compat: v.COMPAT_METRICS,
      anonymous: v.METRICS_ANONYMOUS,
    },
    labels: v.POD_LABELS,
    analysis: analysisOf(v, files),
    demo: { mode: v.DEMO, seed: v.DEMO_SEED, days: v.DEMO_DAYS },
    effective,
  });
}

/** "unknown" is how 0.2 writes what is empty here. */
const known = (text: string): string => (text === 'unknown' ? '' : text);

function httpOf(v: Settled): Config['http'] {
  const [certFile, keyFile] = [v.TLS_CERT_FILE, v.TLS_KEY_FILE];
  return {
    host: v.API_HOST,
    port: v.API_PORT,
    token: v.API_TOKEN,
    operatorToken: v.API_OPERATOR_TOKEN,
    allowAnonymous: v.API_ALLOW_ANONYMOUS,
    metricsToken: v.METRICS_TOKEN,
    metricsAnonymous: v.METRICS_ANONYMOUS,
    corsOrigins: v.CORS_ORIGINS,
    tls:
      certFile !== null && keyFile !== null
        ? { certFile, keyFile, clientCaFile: v.TLS_CLIENT_CA_FILE }
        : null,
    rootPath: v.ROOT_PATH ?? '',
  };
}

function timeOf(v: Settled): Config['time'] {
  return {
    step: seconds(v.STEP),
    settle: seconds(v.SETTLE),
    backfill: seconds(v.BACKFILL),
    rawRetention: seconds(v.RAW_RETENTION),
    hourRetention: seconds(v.HOUR_RETENTION),
    dayRetention: v.DAY_RETENTION === null ? null : seconds(v.DAY_RETENTION),
  };
}

const basicOf = (username: string | null, password: Secret | null) =>
  username !== null && password !== null ? { username, password } : null;

function prometheusOf(v: Settled, files: FileContents): Config['prometheus'] {
  return {
    url: v.PROMETHEUS_URL,
    bearerToken: v.PROMETHEUS_BEARER_TOKEN,
    basic: basicOf(v.PROMETHEUS_USERNAME, v.PROMETHEUS_PASSWORD),
    ca: files.prometheusCa,
    verifyCerts: v.PROMETHEUS_VERIFY_CERTS,
    timeout: seconds(v.PROMETHEUS_TIMEOUT),
    maxBytes: bytes(v.PROMETHEUS_MAX_BYTES),
    tenant: v.PROMETHEUS_TENANT,
    extraMatchers: v.PROMETHEUS_EXTRA_MATCHERS ?? '',
  };
}

function modelOf(v: Settled, files: FileContents): ModelSettings {
  const pues = PROVIDERS.map((provider) => [provider, v[`PUE_${provider.toUpperCase()}` as Key]] as const);
  return {
    coefficients: v.POWER_COEFFICIENTS,
    curve: v.POWER_CURVE,
    idleAttribution: v.IDLE_ATTRIBUTION,
    systemRow: v.PRESET !== 'greenkube-0.2',
    pue: v.PUE,
    pueByProvider: Object.fromEntries(
      pues.filter((pair): pair is [(typeof pair)[0], number] => typeof pair[1] === 'number'),
    ),
    defaultPue: v.DEFAULT_PUE,
    defaultProvider: known(v.CLOUD_PROVIDER),
    defaultZone: known(v.DEFAULT_ZONE),
    zoneMap: files.zoneMap,
    hardwareLifespanYears: v.HARDWARE_LIFESPAN_YEARS,
  };
}

function databaseOf(v: Settled): Config['database'] {
  return {
    type: v.DB_TYPE,
    path: v.DB_PATH,
    postgres: {
      connectionString: v.DB_CONNECTION_STRING,
      schema: v.DB_SCHEMA,
      sslMode: v.DB_SSL_MODE,
      poolMaxSize: v.DB_POOL_MAX_SIZE,
      statementTimeout: seconds(v.DB_STATEMENT_TIMEOUT_MS / 1000),
    },
    elasticsearch: {
      hosts: v.ELASTICSEARCH_HOSTS,
      basic: basicOf(v.ELASTICSEARCH_USER, v.ELASTICSEARCH_PASSWORD),
      apiKey: v.ELASTICSEARCH_API_KEY,
      verifyCerts: v.ELASTICSEARCH_VERIFY_CERTS,
      indexPrefix: v.ELASTICSEARCH_INDEX_PREFIX,
    },
  };
}

function analysisOf(v: Settled, { budgets, units }: FileContents): Analysis {
  return {
    lookbackDays: v.RECOMMENDATION_LOOKBACK_DAYS,
    systemNamespaces: v.RECOMMEND_SYSTEM_NAMESPACES,
    rightsizing: {
      cpu: v.RIGHTSIZING_CPU_THRESHOLD,
      memory: v.RIGHTSIZING_MEMORY_THRESHOLD,
      headroom: v.RIGHTSIZING_HEADROOM,
    },
    zombie: { cost: v.ZOMBIE_COST_THRESHOLD, joules: v.ZOMBIE_ENERGY_THRESHOLD },
    autoscaling: { variation: v.AUTOSCALING_CV_THRESHOLD, spikeRatio: v.AUTOSCALING_SPIKE_RATIO },
    offPeak: { idleShare: v.OFF_PEAK_IDLE_THRESHOLD, minIdleHours: v.OFF_PEAK_MIN_IDLE_HOURS },
    idleNamespaceJoules: v.IDLE_NAMESPACE_ENERGY_THRESHOLD,
    carbonAwareRatio: v.CARBON_AWARE_THRESHOLD,
    nodeUtilisation: v.NODE_UTILIZATION_THRESHOLD,
    minRequest: {
      millicores: v.RECOMMENDATION_MIN_CPU_MILLICORES,
      memory: bytes(v.RECOMMENDATION_MIN_MEMORY_BYTES),
    },
    applyTolerance: v.RECOMMENDATION_APPLY_TOLERANCE,
    budgets,
    units,
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
