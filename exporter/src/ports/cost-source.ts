import type { TimeRange } from '../domain/interval.js';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { Outcome } from './outcome.js';

/** What one pod cost in one hour, in whole units of the currency; all kinds of cost together and the parts that are told apart. */
export interface PodCost {
  readonly namespace: string;
  readonly pod: string;
  /** How long it ran within the hour, as the source says; 0 where it does not. */
  readonly seconds: Seconds;
  /** CPU, memory and GPU capacity. */
  readonly compute: number;
  /** Volumes, network, load balancers and shared costs. */
  readonly other: number;
}

export interface CostWindow {
  /** Start of the hour. */
  readonly hour: EpochSeconds;
  readonly pods: readonly PodCost[];
  /** Cost of capacity that no pod held, by node where the source tells nodes apart, else under "". */
  readonly idle: readonly { readonly node: string; readonly cost: number }[];
  /** Seconds of the hour that the figures cover; below 3600 while the hour is open. */
  readonly seconds: number;
  readonly provisional: boolean;
}

/** A source of real cost by pod and hour. */
export interface CostSource {
  readonly name: string;
  readonly currency: string;
  /** Windows of the whole hours whose start lies in the range, ascending. */
  costs(range: TimeRange, signal?: AbortSignal): Promise<Outcome<readonly CostWindow[]>>;
}
