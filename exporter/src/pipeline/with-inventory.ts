/**
 * Usage together with what the Kubernetes API knows of the cluster now. Intervals that ended lately get it; those before them rest
 * on the series alone, as their pods are gone. An inventory that is down for a while leaves its last answer and a mark on the
 * intervals of that time, which are told again when it is back.
 */
import type { TimeRange } from '../domain/interval.js';
import type { UsageWindow } from '../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { Inventory, InventorySource } from '../ports/inventory-source.js';
import type { Outcome, UnavailableReason } from '../ports/outcome.js';
import type { RejectedSamples, UsageSource } from '../ports/usage-source.js';
import { enrich } from './enrich.js';
import type { StatusKeeper } from './status.js';

export interface WithInventoryDeps {
  readonly usage: UsageSource;
  readonly inventory: InventorySource;
  readonly clock: Clock;
  readonly status: Pick<StatusKeeper, 'ask' | 'addSource'>;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

/**
 * How long after its start an interval is told with the inventory: as long as other late knowledge stands in, and longer than an
 * interval that is tried again waits. Requests and owners belong to a uid and do not change; of pods that are gone only those of
 * the last hour are known.
 */
export const LIVE_FOR = 6 * 3600;

/** What is wrong with the permission or the address, which asking again does not mend. */
const LASTING: readonly UnavailableReason[] = ['unauthorized', 'not-configured', 'bad-request'];

/** Adds the inventory's account to the status. */
export function withInventory(deps: WithInventoryDeps): UsageSource {
  deps.status.addSource(deps.inventory.name, false);
  return new InventoriedUsage(deps);
}

interface Seen {
  /** Null: never seen. */
  readonly inventory: Inventory | null;
  /** It did not answer now, and may soon. */
  readonly isDown: boolean;
}

class InventoriedUsage implements UsageSource {
  readonly name: string;
  readonly #deps: WithInventoryDeps;
  #last: Inventory | null = null;
  /** What was last said of it, so that it is said once. */
  #failing = '';
  #missing: readonly string[] = [];

  constructor(deps: WithInventoryDeps) {
    this.#deps = deps;
    this.name = deps.usage.name;
  }

  async observe(
    range: TimeRange,
    step: Seconds,
    signal?: AbortSignal,
  ): Promise<Outcome<readonly UsageWindow[]>> {
    const { usage, clock } = this.#deps;
    if (clock.now() - range.from > LIVE_FOR) return usage.observe(range, step, signal);
    const seen = await this.#look(signal);
    const outcome = await usage.observe(range, step, signal, seen.inventory ?? undefined);
    if (!outcome.ok) return outcome;
    return { ...outcome, value: outcome.value.map((window) => told(window, seen)) };
  }

  async oldest(notBefore: EpochSeconds, signal?: AbortSignal): Promise<Outcome<EpochSeconds | null>> {
    const { usage, clock } = this.#deps;
    const described = await usage.oldest(notBefore, signal);
    if (!described.ok || described.value !== null || !usage.oldestUsage) return described;
    // Nothing describes nodes but the inventory, which knows the present.
    const { inventory } = await this.#look(signal);
    if (inventory === null) return described;
    return usage.oldestUsage(epochSeconds(Math.max(notBefore, clock.now() - LIVE_FOR)), signal);
  }

  rejected(): RejectedSamples {
    return this.#deps.usage.rejected();
  }

  async #look(signal: AbortSignal | undefined): Promise<Seen> {
    const { inventory, status } = this.#deps;
    const outcome = await status.ask(inventory.name, () => inventory.current(signal));
    if (outcome.ok) {
      this.#last = outcome.value;
      this.#say('', '');
      this.#sayMissing(outcome.value.missing);
      return { inventory: this.#last, isDown: false };
    }
    if (outcome.reason !== 'cancelled') this.#say(outcome.reason, outcome.message);
    return { inventory: this.#last, isDown: !LASTING.includes(outcome.reason) };
  }

  #say(reason: string, message: string): void {
    if (reason === this.#failing) return;
    const { inventory, log } = this.#deps;
    this.#failing = reason;
    if (reason === '') log.info({ source: inventory.name }, 'the cluster can be read again');
    else log.warn({ source: inventory.name, reason }, message);
  }

  #sayMissing(missing: readonly string[]): void {
    const { inventory, log } = this.#deps;
    for (const each of missing) {
      if (!this.#missing.includes(each)) log.warn({ source: inventory.name }, `${inventory.name}: ${each}`);
    }
    if (missing.length === 0 && this.#missing.length > 0) {
      log.info({ source: inventory.name }, 'nothing of the cluster is missing any more');
    }
    this.#missing = missing;
  }
}

function told(window: UsageWindow, { inventory, isDown }: Seen): UsageWindow {
  const enriched = inventory === null ? window : enrich(window, inventory);
  const isEmpty = window.nodes.length === 0 && window.pods.length === 0;
  if (!isDown || isEmpty || enriched.partialReasons.includes('inventory-missing')) return enriched;
  return { ...enriched, partialReasons: [...enriched.partialReasons, 'inventory-missing'] };
}
