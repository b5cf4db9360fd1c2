/** What this process collects from: the demo world or a cluster, and under which name and in which file that is kept. */
import type { KubernetesAccess } from '../collectors/kubernetes/index.js';
import { mistake, type Config, type LoadResult, type Mistake } from './config.js';

export interface Mode {
  readonly source: 'demo' | 'prometheus';
  readonly cluster: string;
  readonly databasePath: string;
  /** How the Kubernetes API is reached; null: it is not used. */
  readonly kubernetes: KubernetesAccess | null;
  /** Servers without a configured address are looked for in the cluster. */
  readonly discovery: boolean;
}

/** Where the process runs, as its environment says. */
export type Surroundings = Readonly<Record<string, string | undefined>>;

/** The demo's history never mixes with a real cluster's: unless told otherwise it has a name and a file of its own. */
const DEMO_CLUSTER = 'demo';
const DEMO_PATH = './data/demo.db';

/** Refuses a configuration that is valid by itself but that this program has nothing to run with. */
export function runnable(loaded: LoadResult, env: Surroundings = {}): LoadResult {
  if (!loaded.ok) return loaded;
  const { config } = loaded;
  const mistakes = [...nothingToCollect(config, env), ...noCluster(config, env)];
  return mistakes.length > 0 ? { ok: false, mistakes } : loaded;
}

/** In a cluster somebody wants to see that cluster, and the demo would be taken for it. */
function nothingToCollect(config: Config, env: Surroundings): readonly Mistake[] {
  const { demo, prometheus, kubernetes } = config;
  const isReal = demo.mode === 'off' || (demo.mode === 'auto' && isInCluster(env));
  if (!isReal || prometheus.url !== null || canDiscover(config, env)) return [];
  const off = kubernetes.mode === 'off' ? 'KUBERNETES=off' : 'DISCOVERY=false';
  return [
    mistake('PROMETHEUS_URL', {
      wrong: isInCluster(env)
        ? `is not set, and with ${kubernetes.kubeconfig === null ? off : 'KUBECONFIG'} it is not looked for in this cluster`
        : 'is not set while DEMO=off',
      rule: 'there must be something to collect from',
      fix: 'for example PROMETHEUS_URL=http://prometheus.monitoring:9090',
    }),
  ];
}

function noCluster({ kubernetes }: Config, env: Surroundings): readonly Mistake[] {
  if (kubernetes.mode !== 'on' || kubernetes.kubeconfig !== null || isInCluster(env)) return [];
  return [
    mistake('KUBERNETES', {
      wrong: 'is on outside a cluster without KUBECONFIG',
      got: '"on"',
      rule: 'there must be a cluster to connect to',
      fix: 'set KUBECONFIG to the path of a kubeconfig',
    }),
  ];
}

/**
 * @param config one that is `runnable`
 * @param env the environment of the process
 */
export function modeOf(config: Config, env: Surroundings = {}): Mode {
  const { demo, prometheus } = config;
  const isReal =
    demo.mode === 'off' || (demo.mode === 'auto' && (prometheus.url !== null || isInCluster(env)));
  if (isReal) {
    return {
      source: 'prometheus',
      cluster: config.cluster,
      databasePath: config.database.path,
      kubernetes: accessOf(config, env),
      discovery: canDiscover(config, env),
    };
  }
  return {
    source: 'demo',
    cluster: isDefault(config, 'CLUSTER_NAME') ? DEMO_CLUSTER : config.cluster,
    databasePath: isDefault(config, 'DB_PATH') ? DEMO_PATH : config.database.path,
    kubernetes: null,
    discovery: false,
  };
}

/** The kubelet sets both in every pod. */
const isInCluster = (env: Surroundings): boolean =>
  Boolean(env['KUBERNETES_SERVICE_HOST']) && Boolean(env['KUBERNETES_SERVICE_PORT']);

/** A kubeconfig that somebody names is meant, wherever the process runs. */
function accessOf({ kubernetes }: Config, env: Surroundings): KubernetesAccess | null {
  const { mode, kubeconfig, context } = kubernetes;
  if (mode === 'off') return null;
  if (kubeconfig !== null) return { kind: 'kubeconfig', path: kubeconfig, context };
  if (!isInCluster(env)) return null;
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env;
  return { kind: 'in-cluster', host, port };
}

/** Names of Services resolve within their cluster alone. */
const canDiscover = (config: Config, env: Surroundings): boolean =>
  config.kubernetes.discovery && accessOf(config, env)?.kind === 'in-cluster';

/** Whether nobody set the key. */
export function isDefault(config: Config, key: string): boolean {
  return config.effective.find((row) => row.key === key)?.origin === 'default';
}
