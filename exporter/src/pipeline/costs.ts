/**
 * Real cost of intervals from a source that bills by pod and hour. An interval is told at once by its part of what the hour comes
 * to so far; when the hour is over and billed whole, its intervals are told anew so that they add up to the bill exactly.
 */
import type { IdleAttribution } from '../domain/attribution.js';
import {
  costOfInterval,
  idleWeight,
  spreadHour,
  type CostShares,
  type HourBill,
  type IntervalRun,
} from '../domain/cost/allocate.js';
import { endOf, floorTo, HOUR } from '../domain/interval.js';
import type { PodSample, UsageWindow } from '../domain/model.js';
import {
  epochSeconds,
  nanoCurrency,
  seconds,
  type EpochSeconds,
  type NanoCurrency,
} from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { CostSource, CostWindow } from '../ports/cost-source.js';
import { quantised } from './run-interval.js';
import type { StatusKeeper } from './status.js';

export interface CostsDeps {
  readonly source: CostSource;
  readonly policy: IdleAttribution;
  readonly clock: Clock;
  readonly status?: Pick<StatusKeeper, 'ask' | 'addSource'> | undefined;
  readonly log?: { warn(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
}

/** What an interval's rows cost, and how far that is settled. */
export interface IntervalCosts extends CostShares {
  readonly currency: string;
  readonly provisional: boolean;
}

export interface SettledBill {
  readonly bill: HourBill;
  readonly provisional: boolean;
}

export interface Costs {
  readonly currency: string;
  /**
   * Costs of a window that is about to be computed; null: the source has nothing of its hour, or does not answer.
   * @param among all windows observed with it; where they are the whole of an hour that is billed, costs are settled at once
   */
  of(window: UsageWindow, among?: readonly UsageWindow[]): Promise<IntervalCosts | null>;
  /** The bill of an hour; null as above. */
  bill(hour: EpochSeconds, signal?: AbortSignal): Promise<SettledBill | null>;
}

/** How long a bill of an open hour is believed; less than any usual step. */
const OPEN_VALID = 240;
/** How soon the source is asked again after it failed. */
const RETRY_AFTER = 240;
/** Bills kept: the hour under way, the one before, and one of a backfill. */
const KEPT = 3;

export function createCosts(deps: CostsDeps): Costs {
  return new HourlyCosts(deps);
}

interface Held {
  readonly at: EpochSeconds;
  readonly settled: SettledBill | null;
}

class HourlyCosts implements Costs {
  readonly currency: string;
  readonly #deps: CostsDeps;
  readonly #held = new Map<EpochSeconds, Held>();
  #pausedUntil = epochSeconds(-Infinity);
  #failing = false;
  #spread: { readonly among: readonly UsageWindow[]; readonly costs: ReadonlyMap<EpochSeconds, CostShares> } =
    {
      among: [],
      costs: new Map(),
    };

  constructor(deps: CostsDeps) {
    this.#deps = deps;
    this.currency = deps.source.currency;
    deps.status?.addSource(deps.source.name, false);
  }

  async of(window: UsageWindow, among: readonly UsageWindow[] = []): Promise<IntervalCosts | null> {
    const { start, step } = window.interval;
    const hour = floorTo(start, HOUR);
    const settled = await this.bill(hour);
    if (!settled) return null;
    if (!settled.provisional && isWholeHour(hour, among)) {
      const costs = this.#spreadOver(settled.bill, hour, among).get(start);
      if (costs) return { ...costs, currency: this.currency, provisional: false };
    }
    const costs = costOfInterval(settled.bill, runOf(window, this.#deps.policy), step);
    return { ...costs, currency: this.currency, provisional: true };
  }

  async bill(hour: EpochSeconds, signal?: AbortSignal): Promise<SettledBill | null> {
    const now = this.#deps.clock.now();
    const held = this.#held.get(hour);
    if (held && (held.settled?.provisional === false || now < held.at + OPEN_VALID)) return held.settled;
    if (now < this.#pausedUntil || hour > now) return null;
    const outcome = await this.#ask(hour, signal);
    if (!outcome.ok) {
      if (outcome.reason !== 'cancelled') this.#onFailure(outcome.reason, outcome.message, now);
      return null;
    }
    this.#failing = false;
    const window = outcome.value.find((w) => w.hour === hour);
    const settled = window ? { bill: billOf(window), provisional: window.provisional } : null;
    this.#keep(hour, { at: now, settled });
    return settled;
  }

  #ask(hour: EpochSeconds, signal: AbortSignal | undefined) {
    const { source, status } = this.#deps;
    const call = () => source.costs({ from: hour, to: epochSeconds(hour + HOUR) }, signal);
    return status ? status.ask(source.name, call) : call();
  }

  #keep(hour: EpochSeconds, held: Held): void {
    this.#held.delete(hour);
    this.#held.set(hour, held);
    for (const key of this.#held.keys()) {
      if (this.#held.size <= KEPT) return;
      this.#held.delete(key);
    }
  }

  /** The same windows are asked for one by one: spread once. */
  #spreadOver(bill: HourBill, hour: EpochSeconds, among: readonly UsageWindow[]) {
    if (this.#spread.among === among && this.#spread.costs.size > 0) return this.#spread.costs;
    const windows = among.filter((w) => floorTo(w.interval.start, HOUR) === hour);
    const runs = windows.map((w) => runOf(w, this.#deps.policy));
    const { intervals } = spreadHour(bill, runs);
    const costs = new Map(windows.map((w, i) => [w.interval.start, intervals[i]!]));
    this.#spread = { among, costs };
    return costs;
  }

  #onFailure(reason: string, message: string, now: EpochSeconds): void {
    this.#pausedUntil = epochSeconds(now + RETRY_AFTER);
    if (this.#failing) return;
    this.#failing = true;
    this.#deps.log?.warn({ source: this.#deps.source.name, reason }, message);
  }
}

/** Whether the windows hold every interval of the hour. */
function isWholeHour(hour: EpochSeconds, among: readonly UsageWindow[]): boolean {
  const within = among.filter((w) => w.interval.start >= hour && endOf(w.interval) <= hour + HOUR);
  return within.reduce((sum, w) => sum + w.interval.step, 0) === HOUR;
}

/** Who was there in a window, for the spread; weighed by what will be stored of it, so that it can be told anew to the same. */
function runOf(observed: UsageWindow, policy: IdleAttribution): IntervalRun {
  const window = quantised(observed);
  const byNode = new Map<string, PodSample[]>();
  for (const pod of window.pods) {
    const list = byNode.get(pod.node);
    if (list) list.push(pod);
    else byNode.set(pod.node, [pod]);
  }
  return {
    // A pod on a node that the window does not describe gets no row, so it cannot take its cost.
    pods: window.nodes.flatMap((node) =>
      (byNode.get(node.node) ?? []).map(({ namespace, pod, uid, seconds: ran }) => ({
        node: node.node,
        namespace,
        pod,
        uid,
        seconds: ran,
      })),
    ),
    nodes: window.nodes.map((node) => ({
      node: node.node,
      idleWeight: idleWeight(node, canonical(byNode.get(node.node) ?? []), policy),
      seconds: node.seconds,
    })),
  };
}

/** Sums of doubles depend on their order. */
function canonical(pods: readonly PodSample[]): PodSample[] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return pods.toSorted(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.pod, b.pod) || compare(a.uid, b.uid),
  );
}

/** A window of the source as integers. */
export function billOf(window: CostWindow): HourBill {
  return {
    pods: window.pods.map(({ namespace, pod, compute, other, seconds: ran }) => ({
      namespace,
      pod,
      amount: nano(compute + other),
      seconds: seconds(ran),
    })),
    idle: window.idle.map(({ node, cost }) => ({ node, amount: nano(cost) })),
    seconds: seconds(window.seconds),
  };
}

const nano = (amount: number): NanoCurrency => nanoCurrency(Math.round(amount * 1e9));
