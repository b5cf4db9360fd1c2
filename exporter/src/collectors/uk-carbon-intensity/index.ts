/**
 * Carbon intensity of Great Britain from the National Energy System Operator's open API, which needs no token. It counts what
 * generation emits, imports and losses included, but not the making of plants and fuels.
 */
import { ceilTo, DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { createJsonClient, type JsonClient } from '../../net/fetch-json.js';
import { toTheMinute } from '../../net/instant.js';
import type { Clock } from '../../ports/clock.js';
import type { IntensityPoint, IntensityProvider } from '../../ports/intensity-provider.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { readHours } from './parse.js';

export interface UkCarbonIntensityOptions {
  readonly url: string;
  readonly clock: Clock;
  /** For one attempt; default 10 s. */
  readonly timeout?: Seconds | undefined;
}

export interface UkCarbonIntensityProvider extends IntensityProvider {
  forecast(gridZone: string, signal?: AbortSignal): Promise<Outcome<readonly IntensityPoint[]>>;
  close(): Promise<void>;
}

/** Great Britain without Northern Ireland (GB-NIR), which is of the Irish grid. */
const ZONE = 'GB';
/** The API refuses more than 14 days at once. */
const MAX_RANGE = 13 * DAY;
const FORECAST_HOURS = 48;
const MAX_BYTES = 2 * 1024 * 1024;

/** @throws Error when the URL cannot be used */
export function createUkCarbonIntensity(options: UkCarbonIntensityOptions): UkCarbonIntensityProvider {
  return new Provider(options);
}

type Points = Outcome<readonly IntensityPoint[]>;

class Provider implements UkCarbonIntensityProvider {
  readonly name = 'uk-carbon-intensity';
  readonly #http: JsonClient;
  readonly #clock: Clock;

  constructor({ url, clock, timeout }: UkCarbonIntensityOptions) {
    this.#clock = clock;
    this.#http = createJsonClient({
      name: this.name,
      baseUrl: url,
      timeoutMs: (timeout ?? 10) * 1000,
      maxBytes: MAX_BYTES,
      retries: 1,
    });
  }

  covers(gridZone: string): boolean {
    return gridZone === ZONE;
  }

  async history(gridZone: string, range: TimeRange, signal?: AbortSignal): Promise<Points> {
    if (!this.covers(gridZone)) return available([]);
    const now = this.#clock.now();
    const to = epochSeconds(Math.min(ceilTo(range.to, HOUR), floorTo(now, HOUR) + HOUR));
    const outcome = await this.#hours({ from: ceilTo(range.from, HOUR), to }, signal);
    if (!outcome.ok) return outcome;
    const points = outcome.value.map((p) => (p.hour + HOUR > now ? { ...p, provisional: true } : p));
    return available(points, outcome.warnings);
  }

  async forecast(gridZone: string, signal?: AbortSignal): Promise<Points> {
    if (!this.covers(gridZone)) return available([]);
    const from = ceilTo(this.#clock.now(), HOUR);
    const outcome = await this.#hours({ from, to: epochSeconds(from + FORECAST_HOURS * HOUR) }, signal);
    if (!outcome.ok) return outcome;
    return available(
      outcome.value.map((p) => ({ ...p, provisional: true })),
      outcome.warnings,
    );
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #hours({ from, to }: TimeRange, signal: AbortSignal | undefined): Promise<Points> {
    const points: IntensityPoint[] = [];
    let rejected = 0;
    for (let start = from; start < to; start = epochSeconds(start + MAX_RANGE)) {
      const end = epochSeconds(Math.min(start + MAX_RANGE, to));
      const outcome = await this.#http.request({ path: pathOf(start, end), signal });
      if (!outcome.ok) return unavailable(outcome.reason, outcome.message, outcome.retryable);
      const read = readHours(outcome.value);
      if (!read) return unavailable('malformed', `${this.name}: the answer has no list of half-hours`);
      // It also sends the half-hour that ends where the range begins.
      for (const point of read.points) if (point.hour >= start && point.hour < end) points.push(point);
      rejected += read.rejected;
    }
    return available(points, rejected > 0 ? [`${this.name}: ${rejected} half-hours rejected`] : []);
  }
}

const pathOf = (from: EpochSeconds, to: EpochSeconds) => `intensity/${toTheMinute(from)}/${toTheMinute(to)}`;
