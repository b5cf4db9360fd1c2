/** What this process collects from: the demo world or a Prometheus, and under which name and in which file that is kept. */
import type { Config } from './config.js';

export interface Mode {
  readonly source: 'demo' | 'prometheus';
  readonly cluster: string;
  readonly databasePath: string;
}

/** The demo's history never mixes with a real cluster's: unless told otherwise it has a name and a file of its own. */
const DEMO_CLUSTER = 'demo';
const DEMO_PATH = './data/demo.db';

/** Null: there is nothing to collect from (DEMO=off without PROMETHEUS_URL). */
export function modeOf(config: Config): Mode | null {
  const demo = config.demo.mode === 'on' || (config.demo.mode === 'auto' && config.prometheus.url === null);
  if (!demo) {
    if (config.prometheus.url === null) return null;
    return { source: 'prometheus', cluster: config.cluster, databasePath: config.database.path };
  }
  const isDefault = (key: string) => config.effective.find((row) => row.key === key)?.origin === 'default';
  return {
    source: 'demo',
    cluster: isDefault('CLUSTER_NAME') ? DEMO_CLUSTER : config.cluster,
    databasePath: isDefault('DB_PATH') ? DEMO_PATH : config.database.path,
  };
}
