/** The cluster as the Kubernetes API shows it: listed once, then watched, a few fields kept of each object. */
import type { Seconds } from '../../domain/units.js';
import type { ClusterService, ClusterServices } from '../../ports/cluster-services.js';
import type { Inventory, InventorySource } from '../../ports/inventory-source.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { createAccess, type KubernetesAccess } from './access.js';
import { KubernetesApi } from './api.js';
import { Cluster } from './cluster.js';
import { listAll } from './list.js';
import { missing, SERVICES } from './resources.js';
import { DEFAULT_TIMING, type KubernetesTiming } from './timing.js';
import { slimService } from './slim.js';

export type { InClusterAccess, KubeconfigAccess, KubernetesAccess } from './access.js';

export interface KubernetesOptions {
  readonly access: KubernetesAccess;
  /** K8S_REQUEST_TIMEOUT: for one page of a list, or until a watch is open. */
  readonly timeout: Seconds;
  /** Kubernetes names of the pod labels to keep. */
  readonly labels: readonly string[];
  /** For tests; the defaults suit a cluster. */
  readonly timing?: Partial<KubernetesTiming> | undefined;
  /** Largest page, decompressed; default 64 MiB, a page of 500 of the largest objects seen in the wild. */
  readonly maxPageBytes?: number | undefined;
}

export interface KubernetesInventory extends InventorySource, ClusterServices {}

/** One connection for each watch, and some for lists. */
const CONNECTIONS = 12;
const DEFAULT_MAX_PAGE_BYTES = 64 * 2 ** 20;

/** Nothing is asked before the first call of `current` or `services`. Never throws for what the cluster does. */
export function createKubernetesInventory(options: KubernetesOptions): KubernetesInventory {
  return new Source(options);
}

class Source implements KubernetesInventory {
  readonly name = 'kubernetes';
  private readonly api: KubernetesApi;
  private readonly cluster: Cluster;
  private readonly timing: KubernetesTiming;
  private readonly closing = new AbortController();

  constructor(options: KubernetesOptions) {
    this.timing = { ...DEFAULT_TIMING, ...options.timing };
    this.api = new KubernetesApi(createAccess(options.access), {
      timeoutMs: options.timeout * 1000,
      maxPageBytes: options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES,
      connections: CONNECTIONS,
    });
    this.cluster = new Cluster(this.api, options.labels, this.timing);
  }

  async current(signal?: AbortSignal): Promise<Outcome<Inventory>> {
    if (this.closing.signal.aborted) return unavailable('cancelled', 'kubernetes: closed', false);
    this.cluster.start();
    const waited = await first(this.cluster.settled, this.timing.firstListMs, [signal, this.closing.signal]);
    if (waited === 'aborted') return unavailable('cancelled', 'kubernetes: cancelled');
    return this.cluster.snapshot();
  }

  async services(signal?: AbortSignal): Promise<Outcome<readonly ClusterService[]>> {
    let found: ClusterService[] = [];
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const signals = [signal, this.closing.signal];
    for (const each of signals) each?.addEventListener('abort', end);
    if (signals.some((each) => each?.aborted)) end();
    const outcome = await listAll(this.api, SERVICES, {
      signal: ending.signal,
      begin: () => (found = []),
      item: (object) => {
        const service = slimService(object);
        if (service !== null) found.push(service);
      },
      page: () => {},
    }).finally(() => signals.forEach((each) => each?.removeEventListener('abort', end)));
    if (outcome.ok) return available(found);
    if (outcome.status === 403) {
      return unavailable('unauthorized', `kubernetes: ${missing('list', SERVICES)}`, false);
    }
    return unavailable(outcome.reason, outcome.message, outcome.retryable);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.cluster.stop();
    await this.api.close();
  }
}

/** Whichever comes first: the work, the time, or one of the signals. */
async function first(
  work: Promise<unknown>,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<'done' | 'late' | 'aborted'> {
  if (signals.some((signal) => signal?.aborted)) return 'aborted';
  let finish: (how: 'late' | 'aborted') => void = () => {};
  const other = new Promise<'late' | 'aborted'>((resolve) => (finish = resolve));
  const abort = (): void => finish('aborted');
  const timer = setTimeout(() => finish('late'), ms);
  for (const signal of signals) signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([work.then(() => 'done' as const), other]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  }
}
