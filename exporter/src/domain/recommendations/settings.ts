/** Thresholds of the rules. Shares are 0..1. */
import type { Bytes, Cores, Seconds } from '../units.js';

export interface RecommendationSettings {
  readonly lookback: Seconds;
  /** Namespaces of the system may be called idle too. */
  readonly systemNamespaces: boolean;
  /** `cpu`, `memory`: mean use / request below which a request is too large. */
  readonly rightsizing: { readonly cpu: number; readonly memory: number; readonly headroom: number };
  /** Cost (in the currency) above and dynamic energy (J) below which a workload is one, in a window of the lookback's length. */
  readonly zombie: { readonly cost: number; readonly joules: number };
  readonly autoscaling: { readonly variation: number; readonly spikeRatio: number };
  readonly offPeak: { readonly idleShare: number; readonly minIdleHours: number };
  /** J in a window of the lookback's length. */
  readonly idleNamespaceJoules: number;
  readonly carbonAwareRatio: number;
  readonly nodeUtilisation: number;
  readonly minRequest: { readonly cores: Cores; readonly memory: Bytes };
  readonly applyTolerance: number;
}

/** Without this much history of its own nothing is said of a target, s. */
export const MIN_DATA = 86_400;

/** A node with this much CPU in use or more is not drained for having few pods. */
export const DRAIN_CPU = 0.15;
/** Pods of no DaemonSet with which a node is kept. */
export const DRAIN_PODS = 3;

/** Days of seven on which a time of day must be quiet. */
export const QUIET_DAYS = 5 / 7;

/** Share of its request at which an autoscaler is told to hold the CPU use of pods. */
export const AUTOSCALER_TARGET = 0.7;

/** Mean B/s per pod that count as no traffic: address resolution and kept-open connections, less than any probe makes. */
export const NO_TRAFFIC = 1;

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

export const isSystemNamespace = (namespace: string): boolean =>
  SYSTEM_NAMESPACES.has(namespace) || namespace.endsWith('-system');
