/** Cost by pod and hour from OpenCost's allocation API. It names no currency: its amounts are in the one that is configured. */
import { ceilTo, floorTo, HOUR, startsIn, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { createJsonClient, type HttpFailure, type JsonClient } from '../../net/fetch-json.js';
import { rfc3339 } from '../../net/instant.js';
import { own, textOf } from '../../net/json-value.js';
import type { Clock } from '../../ports/clock.js';
import type { CostSource, CostWindow } from '../../ports/cost-source.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { readWindow } from './parse.js';

export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface OpenCostOptions {
  readonly url: string;
  readonly verifyCerts: boolean;
  /** CURRENCY: the one that OpenCost's own prices are in. */
  readonly currency: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  /** For one attempt; default 20 s: it computes an hour from Prometheus when it is asked. */
  readonly timeout?: Seconds | undefined;
}

export interface OpenCostSource extends CostSource {
  close(): Promise<void>;
}

/** Where the API is, newest first; then below the prefix that Kubecost and some proxies put before it. */
const PATHS = ['allocation/compute', 'allocation', 'model/allocation/compute', 'model/allocation'] as const;
/** An item is 3 kB: 50 000 pods. */
const MAX_BYTES = 256 * 1024 * 1024;
/** How long after its end an hour may still change: what it scrapes late, and its ends rounded to five minutes. */
const SETTLE = 600;
/** A shorter part of an hour is not asked for: costs are rounded to five decimals. */
const SHORTEST = 60;

/** @throws Error when the URL cannot be used */
export function createOpenCost(options: OpenCostOptions): OpenCostSource {
  return new Source(options);
}

class Source implements OpenCostSource {
  readonly name = 'opencost';
  readonly currency: string;
  readonly #http: JsonClient;
  readonly #options: OpenCostOptions;
  #path: (typeof PATHS)[number] | null = null;
  #told = false;

  constructor(options: OpenCostOptions) {
    this.#options = options;
    this.currency = options.currency;
    this.#http = createJsonClient({
      name: this.name,
      baseUrl: options.url,
      verifyCerts: options.verifyCerts,
      timeoutMs: (options.timeout ?? 20) * 1000,
      maxBytes: MAX_BYTES,
      retries: 1,
    });
  }

  async costs(range: TimeRange, signal?: AbortSignal): Promise<Outcome<readonly CostWindow[]>> {
    const now = this.#options.clock.now();
    const windows: CostWindow[] = [];
    const warnings: string[] = [];
    const hours = { from: ceilTo(range.from, HOUR), to: epochSeconds(Math.min(range.to, now)) };
    // Hour by hour: an answer for many pods is large, and an hour is what is refused or kept.
    for (const hour of startsIn(hours, HOUR)) {
      const part = await this.#hour(hour, now, signal);
      if (!part.ok) return part;
      if (part.value) windows.push(part.value);
      warnings.push(...part.warnings);
    }
    return available(windows, warnings);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #hour(
    hour: EpochSeconds,
    now: EpochSeconds,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<CostWindow | null>> {
    const end = epochSeconds(Math.min(hour + HOUR, floorTo(now, 60)));
    if (end - hour < SHORTEST) return available(null);
    const answer = await this.#ask({ from: hour, to: end }, signal);
    if (!answer.ok) return answer;
    const data = own(answer.value, 'data');
    if (own(answer.value, 'code') !== 200 || !Array.isArray(data)) {
      const said = textOf(answer.value, 'message');
      return this.#malformed(`the answer has no data${said === '' ? '' : `: ${said.slice(0, 200)}`}`);
    }
    const [set = null] = data as readonly unknown[];
    const read = readWindow(set, hour, end - hour, now < hour + HOUR + SETTLE);
    if (read.kind === 'malformed') return this.#malformed(`hour ${rfc3339(hour)}: ${read.what}`);
    if (read.kind === 'nothing') return available(null);
    this.#tell();
    return available(read.window);
  }

  async #ask({ from, to }: TimeRange, signal: AbortSignal | undefined): Promise<Outcome<unknown>> {
    const query = {
      window: `${rfc3339(from)},${rfc3339(to)}`,
      aggregate: 'namespace,pod',
      includeIdle: 'true',
      step: '1h',
      accumulate: 'false',
    };
    let failure: HttpFailure | null = null;
    for (const path of this.#path ? [this.#path] : PATHS) {
      const outcome = await this.#http.request({ path, query, signal });
      if (outcome.ok) {
        this.#path = path;
        return available(outcome.value);
      }
      failure ??= outcome;
      if (outcome.status === 404) continue;
      return unavailable(outcome.reason, outcome.message, outcome.retryable);
    }
    this.#path = null;
    const message = `${failure!.message}; is OPENCOST_API_URL an OpenCost server whose Kubernetes part is on?`;
    return unavailable('bad-request', message, true);
  }

  #malformed(what: string): Outcome<never> {
    return unavailable('malformed', `${this.name}: ${what}`);
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    const message = `OpenCost does not say in which currency it counts; taken as CURRENCY=${this.currency}`;
    this.#options.log?.warn({ source: this.name, currency: this.currency }, message);
  }
}
