/**
 * Hours that are over and billed whole: their intervals are told anew by the bill, exactly. Also of hours in which the source
 * did not answer and prices stood in.
 */
import type { IdleAttribution } from '../domain/attribution.js';
import { idleWeight, spreadHour, type CostShares, type IntervalRun } from '../domain/cost/allocate.js';
import { DAY, floorTo, HOUR, startsIn } from '../domain/interval.js';
import type { IntervalResult, Row } from '../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { Ledger } from '../ports/ledger.js';
import type { Restating } from '../ports/restating.js';
import type { Costs } from './costs.js';
import { asSamples, COST_REASONS, withCosts } from './restate-interval.js';

export interface CostRevisionDeps {
  readonly costs: Costs;
  readonly ledger: Restating & Pick<Ledger, 'marks'>;
  readonly policy: IdleAttribution;
  readonly step: Seconds;
  readonly clock: Clock;
}

export interface CostRevision {
  /** Settle what can be settled now; a bounded number of hours. Safe to break off and to repeat. */
  run(signal?: AbortSignal): Promise<{ readonly hours: number; readonly intervals: number }>;
}

/** Bills are looked for this far back; the source's own data rarely reach further with prices that still hold. */
const HORIZON = 7 * DAY;
const MAX_HOURS = 24;
/** How soon an hour is looked at again that could not be settled. */
const RETRY_AFTER = 240;
/** An hour that is this old and still not settled stays as it is. */
const GIVE_UP = DAY;

export function createCostRevision(deps: CostRevisionDeps): CostRevision {
  return new Revision(deps);
}

class Revision implements CostRevision {
  readonly #deps: CostRevisionDeps;
  /** Hours that are settled or given up, and when the others are due again. */
  readonly #done = new Set<EpochSeconds>();
  readonly #notBefore = new Map<EpochSeconds, EpochSeconds>();

  constructor(deps: CostRevisionDeps) {
    this.#deps = deps;
  }

  async run(signal?: AbortSignal): Promise<{ hours: number; intervals: number }> {
    const now = this.#deps.clock.now();
    const range = { from: epochSeconds(floorTo(now, HOUR) - HORIZON), to: floorTo(now, HOUR) };
    this.#forgetBefore(range.from);
    let hours = 0;
    let intervals = 0;
    for (const hour of [...startsIn(range, HOUR)].toReversed()) {
      if (signal?.aborted || hours >= MAX_HOURS) break;
      if (this.#done.has(hour) || now < (this.#notBefore.get(hour) ?? -Infinity)) continue;
      const told = await this.#settle(hour, now, signal);
      if (told === 0) continue;
      hours += 1;
      intervals += told;
    }
    return { hours, intervals };
  }

  /** Intervals told anew. */
  async #settle(hour: EpochSeconds, now: EpochSeconds, signal: AbortSignal | undefined): Promise<number> {
    const { ledger, costs, step } = this.#deps;
    const range = { from: hour, to: epochSeconds(hour + HOUR) };
    const marks = await ledger.marks(range);
    const whole = marks.length === HOUR / step;
    if (!whole) return this.#later(hour, now, RETRY_AFTER);
    if ((await ledger.used(range, { reasons: COST_REASONS })).length === 0) {
      this.#done.add(hour);
      return 0;
    }
    const settled = await costs.bill(hour, signal);
    if (!settled || settled.provisional) return this.#later(hour, now, RETRY_AFTER);
    const starts = marks.filter(({ state }) => state !== 'impossible').map(({ start }) => start);
    const runs: IntervalRun[] = [];
    for (const start of starts) {
      const result = await ledger.interval(start);
      if (!result) return this.#later(hour, now, RETRY_AFTER);
      runs.push(runOfResult(result, this.#deps.policy));
    }
    const { intervals } = spreadHour(settled.bill, runs);
    for (const [i, start] of starts.entries()) await this.#tell(start, intervals[i]!);
    this.#done.add(hour);
    return starts.length;
  }

  async #tell(start: EpochSeconds, shares: CostShares): Promise<void> {
    const { ledger, costs, clock } = this.#deps;
    // Read again: twelve intervals of a large cluster are too much to hold at once.
    const result = await ledger.interval(start);
    if (!result) return;
    const told = withCosts(result, shares, { currency: costs.currency, provisional: false });
    await ledger.restate(told, [], clock.now());
  }

  #later(hour: EpochSeconds, now: EpochSeconds, wait: number): 0 {
    if (now - hour > GIVE_UP) this.#done.add(hour);
    else this.#notBefore.set(hour, epochSeconds(now + wait));
    return 0;
  }

  #forgetBefore(oldest: EpochSeconds): void {
    for (const hour of this.#done) if (hour < oldest) this.#done.delete(hour);
    for (const hour of this.#notBefore.keys()) if (hour < oldest) this.#notBefore.delete(hour);
  }
}

/** Who was there in a stored interval, for the spread: the same as of the window that it was computed from. */
export function runOfResult(result: IntervalResult, policy: IdleAttribution): IntervalRun {
  const rowsOf = new Map<string, Row[]>();
  for (const row of result.rows) {
    const list = rowsOf.get(row.node);
    if (list) list.push(row);
    else rowsOf.set(row.node, [row]);
  }
  return {
    pods: result.rows
      .filter(({ kind }) => kind === 'pod')
      .map(({ node, namespace, pod, uid, seconds }) => ({ node, namespace, pod, uid, seconds })),
    nodes: result.nodes.map((row) => {
      const { node, pods } = asSamples(row, rowsOf.get(row.node) ?? []);
      return { node: node.node, idleWeight: idleWeight(node, pods, policy), seconds: node.seconds };
    }),
  };
}
