/**
 * Embodied footprint of a machine: what the database of life-cycle assessments says of its type, else a figure per vCPU. An answer
 * is kept for 30 days, "not known" for one; one question is asked at a time, and none is waited for longer than a bound.
 */
import { DAY } from '../domain/interval.js';
import type { EmbodiedValue } from '../domain/factors.js';
import type { Reason } from '../domain/model.js';
import { epochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { EmbodiedAnswer, EmbodiedProvider } from '../ports/embodied-provider.js';
import type { EmbodiedFootprints } from '../ports/factors.js';
import type { EmbodiedStore, StoredEmbodied } from '../ports/factor-store.js';
import type { Outcome } from '../ports/outcome.js';
import type { StatusKeeper } from './status.js';

export interface EmbodiedFootprintsDeps {
  readonly provider: EmbodiedProvider;
  readonly store: EmbodiedStore;
  readonly fallback: EmbodiedFootprints;
  readonly clock: Clock;
  readonly status?: Pick<StatusKeeper, 'ask' | 'addSource'> | undefined;
  readonly log?: { warn(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
  /** Longest wait for one question and for all of one minute together, ms; the answer is kept when it comes. Default 5000. */
  readonly patienceMs?: number | undefined;
}

/** An answer is asked for again after this; while that fails, the old one stands. */
const KNOWN_FOR = 30 * DAY;
const UNKNOWN_FOR = DAY;
/** How soon it is asked again after it failed. */
const RETRY_AFTER = 600;
const DEFAULT_PATIENCE_MS = 5000;
const PATIENCE_WINDOW = 60;
/** A cluster has tens of machine types. */
const MAX_REMEMBERED = 2000;

export function createEmbodiedFootprints(deps: EmbodiedFootprintsDeps): EmbodiedFootprints {
  return new Footprints(deps);
}

class Footprints implements EmbodiedFootprints {
  readonly #deps: EmbodiedFootprintsDeps;
  readonly #known = new Map<string, StoredEmbodied>();
  readonly #asking = new Map<string, Promise<void>>();
  #queue: Promise<void> = Promise.resolve();
  #pausedUntil = epochSeconds(-Infinity);
  #failing = false;
  /** What is left of the patience of the current minute. */
  #patience = { since: epochSeconds(-Infinity), left: 0 };

  constructor(deps: EmbodiedFootprintsDeps) {
    this.#deps = deps;
    deps.status?.addSource(deps.provider.name, false);
  }

  async of(provider: string, instanceType: string, vcpus: number): Promise<EmbodiedValue> {
    const fallback = () => this.#deps.fallback.of(provider, instanceType, vcpus);
    if (provider === '' || instanceType === '') return fallback();
    const held = await this.#held(provider, instanceType);
    if (held && this.#isFresh(held)) return held.total === null ? fallback() : this.#valueOf(held);
    await this.#askPatiently(provider, instanceType);
    const now = await this.#held(provider, instanceType);
    return now === null || now.total === null ? fallback() : this.#valueOf(now);
  }

  #isFresh({ total, fetchedAt }: StoredEmbodied): boolean {
    return this.#deps.clock.now() < fetchedAt + (total === null ? UNKNOWN_FOR : KNOWN_FOR);
  }

  async #held(provider: string, instanceType: string): Promise<StoredEmbodied | null> {
    const key = keyOf(provider, instanceType);
    const known = this.#known.get(key);
    if (known) return known;
    const stored = await this.#deps.store.embodied(this.#deps.provider.name, provider, instanceType);
    if (stored) this.#remember(key, stored);
    return stored;
  }

  #remember(key: string, value: StoredEmbodied): void {
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(key, value);
  }

  #valueOf({ total, band, closestMatch }: StoredEmbodied): EmbodiedValue {
    const reasons: Reason[] = closestMatch === '' ? [] : ['EMBODIED_CLOSEST_MATCH'];
    return { total: total!, source: this.#deps.provider.name, band, reasons };
  }

  /** Returns when the answer is stored, or earlier when patience is at its end. */
  async #askPatiently(provider: string, instanceType: string): Promise<void> {
    const now = this.#deps.clock.now();
    if (now < this.#pausedUntil) return;
    if (now - this.#patience.since >= PATIENCE_WINDOW) {
      this.#patience = { since: now, left: this.#deps.patienceMs ?? DEFAULT_PATIENCE_MS };
    }
    const asking = this.#enqueue(provider, instanceType);
    if (this.#patience.left <= 0) return;
    const began = performance.now();
    await within(asking, this.#patience.left);
    this.#patience.left -= performance.now() - began;
  }

  #enqueue(provider: string, instanceType: string): Promise<void> {
    const key = keyOf(provider, instanceType);
    const running = this.#asking.get(key);
    if (running) return running;
    const asking = this.#queue.then(() => this.#ask(provider, instanceType));
    this.#asking.set(key, asking);
    const done = () => void this.#asking.delete(key);
    // A store that fails is reported to whoever waits; the next in line is not its concern.
    this.#queue = asking.then(done, done);
    return asking;
  }

  async #ask(provider: string, instanceType: string): Promise<void> {
    const { clock, status, provider: source, store } = this.#deps;
    if (clock.now() < this.#pausedUntil) return;
    const call = () => source.of(provider, instanceType);
    const outcome: Outcome<EmbodiedAnswer | null> = status
      ? await status.ask(source.name, call)
      : await call();
    const now = clock.now();
    if (!outcome.ok) {
      this.#onFailure(outcome.reason, outcome.message);
      return;
    }
    this.#failing = false;
    const { total, band, closestMatch } = outcome.value ?? UNKNOWN;
    await store.putEmbodied(source.name, provider, instanceType, { total, band, closestMatch }, now);
    this.#remember(keyOf(provider, instanceType), { total, band, closestMatch, fetchedAt: now });
  }

  #onFailure(reason: string, message: string): void {
    this.#pausedUntil = epochSeconds(this.#deps.clock.now() + RETRY_AFTER);
    if (this.#failing) return;
    this.#failing = true;
    this.#deps.log?.warn({ source: this.#deps.provider.name, reason }, message);
  }
}

const UNKNOWN = { total: null, band: { lo: 0, hi: 0 }, closestMatch: '' } as const;

const keyOf = (provider: string, instanceType: string) => `${provider}\u0000${instanceType}`;

/** Waits for the work, at most so long; the work goes on. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
