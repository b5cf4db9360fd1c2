/** What this process collects from: the demo world or a Prometheus, and under which name and in which file that is kept. */
import { mistake, quote, type Config, type LoadResult } from './config.js';

export interface Mode {
  readonly source: 'demo' | 'prometheus';
  readonly cluster: string;
  readonly databasePath: string;
}

/** The demo's history never mixes with a real cluster's: unless told otherwise it has a name and a file of its own. */
const DEMO_CLUSTER = 'demo';
const DEMO_PATH = './data/demo.db';

/** Refuses a configuration that is valid by itself but that this program has nothing to run with. */
export function runnable(loaded: LoadResult): LoadResult {
  if (!loaded.ok) return loaded;
  const { demo, prometheus, database } = loaded.config;
  const mistakes = [
    ...(demo.mode === 'off' && prometheus.url === null
      ? [
          mistake('PROMETHEUS_URL', {
            wrong: 'is not set while DEMO=off',
            rule: 'there must be something to collect from',
            fix: 'for example PROMETHEUS_URL=http://prometheus.monitoring:9090',
          }),
        ]
      : []),
    ...(database.type !== 'sqlite'
      ? [
          mistake('DB_TYPE', {
            wrong: 'names a database that this version cannot use',
            got: quote(database.type),
            rule: 'must be sqlite',
            fix: 'remove DB_TYPE',
          }),
        ]
      : []),
  ];
  return mistakes.length > 0 ? { ok: false, mistakes } : loaded;
}

/** @param config one that is `runnable` */
export function modeOf(config: Config): Mode {
  const { demo, prometheus } = config;
  if (demo.mode === 'off' || (demo.mode === 'auto' && prometheus.url !== null)) {
    return { source: 'prometheus', cluster: config.cluster, databasePath: config.database.path };
  }
  return {
    source: 'demo',
    cluster: isDefault(config, 'CLUSTER_NAME') ? DEMO_CLUSTER : config.cluster,
    databasePath: isDefault(config, 'DB_PATH') ? DEMO_PATH : config.database.path,
  };
}

/** Whether nobody set the key. */
export function isDefault(config: Config, key: string): boolean {
  return config.effective.find((row) => row.key === key)?.origin === 'default';
}
