/** Which name means which key, and what is said about a name that means none. */
import { closest, distance } from 'fastest-levenshtein';
import { mistake, type Mistake } from './mistake.js';
import { ROWS, type Key } from './table.js';

/** `value`: the text itself. `file`: the path of a file whose content is the text. */
export interface Meaning {
  readonly key: Key;
  readonly form: 'value' | 'file';
}

const FILE = '_FILE';

function meanings(): ReadonlyMap<string, Meaning> {
  const map = new Map<string, Meaning>();
  for (const { key, aliases } of ROWS) {
    for (const name of [key, ...aliases]) {
      if (!name.endsWith(FILE)) map.set(name + FILE, { key, form: 'file' });
    }
  }
  for (const { key, aliases } of ROWS)
    for (const name of [key, ...aliases]) map.set(name, { key, form: 'value' });
  return map;
}

const MEANINGS = meanings();

/** What a name means: a key, an alias or either with _FILE. Undefined: nothing. */
export const meaningOf = (name: string): Meaning | undefined => MEANINGS.get(name);

/**
 * Prefixes that are ours alone, so that an unknown name under one is a slip. Words that other software uses in the same
 * environment (DB_, DEFAULT_, LOG_, TLS_, NODE_, KUBE_, K8S_, KUBERNETES_, CLUSTER_) are left out: there a near miss warns.
 */
export const OWN_PREFIXES = [
  'GREENKUBE_',
  'API_',
  'AUTOSCALING_',
  'BOAVIZTA_',
  'BUDGETS_',
  'CARBON_AWARE_',
  'DEMO_',
  'ELASTICSEARCH_',
  'ELECTRICITY_MAPS_',
  'HARDWARE_LIFESPAN_',
  'IDLE_ATTRIBUTION_',
  'IDLE_NAMESPACE_',
  'MEASURED_',
  'METRICS_',
  'OFF_PEAK_',
  'OPENCOST_',
  'POWER_',
  'PRICE_',
  'PROMETHEUS_',
  'PUE_',
  'RECOMMENDATION_',
  'RECOMMEND_',
  'RIGHTSIZING_',
  'SCI_',
  'UK_CARBON_',
  'ZOMBIE_',
] as const;

/** Keys of GreenKube 0.2 that are gone or have another name, and what to do. */
export const RETIRED: Readonly<Record<string, string>> = {
  GREENKUBE_API_KEY: 'use API_TOKEN, or API_OPERATOR_TOKEN for what changes something',
  API_RATE_LIMIT: 'remove it; limits are built in',
  DEFAULT_EMBODIED_EMISSIONS_KG: 'use DEFAULT_EMBODIED_KG_PER_VCPU, which is per vCPU and not per machine',
  DEFAULT_INSTANCE_VCORES: 'remove it; capacity comes from the node',
  DEFAULT_INSTANCE_MIN_WATTS: 'use POWER_PROFILES_FILE',
  DEFAULT_INSTANCE_MAX_WATTS: 'use POWER_PROFILES_FILE',
  DEFAULT_COST: 'use PRICE_CPU_CORE_HOUR and PRICE_RAM_GB_HOUR',
  ELASTICSEARCH_INDEX_NAME: 'use ELASTICSEARCH_INDEX_PREFIX',
  LOW_NODE_CPU_THRESHOLD: 'remove it; use is never replaced by requests',
  METRICS_AGGREGATED_RETENTION_DAYS:
    'use HOUR_RETENTION and DAY_RETENTION, for example DAY_RETENTION=forever',
  METRICS_COMPRESSION_AGE_HOURS: 'remove it; hours are summed as they close',
  METRICS_LIST_MAX_RANGE_DAYS: 'remove it; answers are limited by their number of points',
  METRICS_RAW_RETENTION_DAYS: 'use RAW_RETENTION, for example RAW_RETENTION=7d',
  NODE_ANALYSIS_INTERVAL: 'remove it; nodes are read with every interval',
  NODE_DATA_MAX_AGE_DAYS: 'remove it; nodes are read with every interval',
  NORMALIZATION_GRANULARITY: 'remove it; carbon intensity is by hour',
  PROMETHEUS_NODE_INSTANCE_LABEL: 'remove it; the instance type label is found by itself',
  PROMETHEUS_QUERY_RANGE_MAX_SAMPLES: 'use PROMETHEUS_MAX_BYTES',
};

/**
 * Kubernetes puts the addresses of services into the environment of every pod. A service named "prometheus", "greenkube" or
 * "api" makes names under our prefixes and even API_PORT; they are not configuration.
 */
export function isServiceLink(name: string, value: string): boolean {
  if (
    /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(
      name,
    )
  ) {
    return true;
  }
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);
}

/** The known name nearest to `name`, written as asked for; null when none is near. */
export function nearest(
  name: string,
  most: number,
  write: (known: string) => string = (known) => known,
): string | null {
  const upper = name.toUpperCase();
  const found = closest(upper, [...MEANINGS.keys()]);
  return distance(upper, found) <= most ? write(found) : null;
}

const RULES = {
  'the environment': 'a name that starts like ours must be one of them',
  '.env': 'every name in .env must be a key',
  'the command line': 'every flag must be a key',
} as const;

/** Where names are found. */
export type Place = keyof typeof RULES;

export interface UnknownName {
  readonly where: Place;
  /** How a name is written there; as it is where absent. */
  readonly write?: (known: string) => string;
}

/** The mistake of an unknown name. The value is never shown: it may be a secret under a mistyped name. */
export function unknownName(name: string, { where, write = (known) => known }: UnknownName): Mistake {
  const shown = write(name);
  if (Object.hasOwn(RETIRED, name)) {
    return mistake(shown, {
      wrong: 'is of GreenKube 0.2 only',
      rule: 'it is no longer read',
      fix: RETIRED[name]!,
    });
  }
  const near = nearest(name, Math.max(2, Math.floor(name.length / 3)), write);
  return mistake(shown, {
    wrong: 'is not a known key',
    rule: RULES[where],
    fix: near === null ? 'remove it, or see docs/config.md for the keys' : `did you mean ${near}?`,
  });
}

/**
 * What to say of a name in the environment that means nothing to us: refuse it under our prefixes, warn when it is one slip
 * away from a key, else nothing.
 */
export function judgeForeign(name: string): { readonly mistake?: Mistake; readonly warning?: string } {
  if (Object.hasOwn(RETIRED, name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return { mistake: unknownName(name, { where: 'the environment' }) };
  }
  if (name.length < 6 || name !== name.toUpperCase()) return {};
  const near = nearest(name, 1);
  return near === null ? {} : { warning: `${name} in the environment is not a key; did you mean ${near}?` };
}
