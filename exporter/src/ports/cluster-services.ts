/** Services of the cluster, as far as finding a server among them needs them. */
import type { Outcome } from './outcome.js';

export interface ClusterService {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ClusterIP, NodePort, LoadBalancer, ExternalName. */
  readonly type: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
}

export interface ClusterServices {
  /** All Services of all namespaces. Unavailable with "unauthorized" names the permission that is missing. */
  services(signal?: AbortSignal): Promise<Outcome<readonly ClusterService[]>>;
}
