/** Hourly carbon intensity from Electricity Maps, life cycle and flow-traced, within what the token allows. */
import { ceilTo, DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import { createJsonClient, type HttpFailure } from '../../net/fetch-json.js';
import { rfc3339 } from '../../net/instant.js';
import type { Clock } from '../../ports/clock.js';
import type { IntensityPoint, IntensityProvider } from '../../ports/intensity-provider.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { ElectricityMapsClient, type Reply } from './client.js';
import { readPoints } from './parse.js';

export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ElectricityMapsOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  /** For one attempt; default 10 s. */
  readonly timeout?: Seconds | undefined;
}

export interface ElectricityMapsProvider extends IntensityProvider {
  forecast(gridZone: string, signal?: AbortSignal): Promise<Outcome<readonly IntensityPoint[]>>;
  close(): Promise<void>;
}

/** Hours that `history` answers with. */
const RECENT = 24 * HOUR;
/** Longest range of one `past-range` request at hourly granularity. */
const MAX_RANGE = 10 * DAY;
/** How long nothing is asked after the token was refused. */
const TOKEN_PAUSE = 600;
/** The same after 429 without a time to wait, and the longest such time that is believed. */
const THROTTLE_PAUSE = 600;
const MAX_PAUSE = DAY;
/** A refused zone or endpoint is tried again after this: plans change. */
const REFUSAL_VALID = DAY;
/** Ten days of hours are 60 kB. */
const MAX_BYTES = 2 * 1024 * 1024;

/** @throws Error naming what cannot be used: the URL or the token. */
export function createElectricityMaps(options: ElectricityMapsOptions): ElectricityMapsProvider {
  return new Provider(options);
}

type Points = Outcome<readonly IntensityPoint[]>;
/** Null: refused because of the zone or the endpoint. */
type Attempt = Points | null;

class Provider implements ElectricityMapsProvider {
  readonly name = 'electricity-maps';
  readonly #client: ElectricityMapsClient;
  readonly #options: ElectricityMapsOptions;
  #pause: { readonly until: EpochSeconds; readonly answer: Points } | null = null;
  /** When a zone, or a zone's endpoint ("FR past-range"), was refused. */
  readonly #refused = new Map<string, EpochSeconds>();
  readonly #said = new Set<string>();

  constructor(options: ElectricityMapsOptions) {
    this.#options = options;
    this.#client = new ElectricityMapsClient(
      createJsonClient({
        name: this.name,
        baseUrl: options.url,
        headers: { 'auth-token': options.token },
        timeoutMs: (options.timeout ?? 10) * 1000,
        maxBytes: MAX_BYTES,
        // Requests are counted against a quota; what failed is asked again by the next cycles.
        retries: 0,
      }),
    );
  }

  covers(gridZone: string): boolean {
    return gridZone !== '' && !this.#isRefused(gridZone);
  }

  async history(gridZone: string, range: TimeRange, signal?: AbortSignal): Promise<Points> {
    const now = this.#options.clock.now();
    const wanted = {
      from: ceilTo(range.from, HOUR),
      to: epochSeconds(Math.min(ceilTo(range.to, HOUR), floorTo(now, HOUR) + HOUR)),
    };
    if (wanted.from >= wanted.to || !this.covers(gridZone)) return available([]);
    const answer = await this.#hours(gridZone, wanted, now, signal);
    if (!answer.ok) return answer;
    const within = answer.value.filter(({ hour }) => hour >= wanted.from && hour < wanted.to);
    return available(within, answer.warnings);
  }

  async forecast(gridZone: string, signal?: AbortSignal): Promise<Points> {
    if (!this.covers(gridZone)) return available([]);
    return (await this.#attempt('forecast', gridZone, {}, signal)) ?? available([]);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #hours(zone: string, wanted: TimeRange, now: EpochSeconds, signal?: AbortSignal): Promise<Points> {
    if (wanted.from < floorTo(now, HOUR) - RECENT) {
      const past = await this.#pastRange(zone, wanted, signal);
      if (past) return past;
    }
    // Without a right to the past there is nothing before the last day.
    if (wanted.to <= floorTo(now, HOUR) - RECENT || !this.covers(zone)) return available([]);
    const recent = await this.#attempt('history', zone, {}, signal);
    if (recent || !this.covers(zone)) return recent ?? available([]);
    const latest = await this.#attempt('latest', zone, {}, signal);
    if (latest) return latest.ok ? available(latest.value.map(asProvisional), latest.warnings) : latest;
    this.#refuse(zone, `${this.name}: the token does not cover zone ${zone}`);
    return available([]);
  }

  async #pastRange(zone: string, { from, to }: TimeRange, signal?: AbortSignal): Promise<Attempt> {
    const points: IntensityPoint[] = [];
    const warnings: string[] = [];
    for (let start = from; start < to; start = epochSeconds(start + MAX_RANGE)) {
      const end = epochSeconds(Math.min(start + MAX_RANGE, to));
      const part = await this.#attempt(
        'past-range',
        zone,
        { start: rfc3339(start), end: rfc3339(end) },
        signal,
      );
      if (!part?.ok) return part;
      for (const point of part.value) points.push(point);
      warnings.push(...part.warnings);
    }
    return available(points, [...new Set(warnings)]);
  }

  /** One request, unless it is known to be in vain. */
  async #attempt(
    endpoint: 'history' | 'past-range' | 'latest' | 'forecast',
    zone: string,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    if (this.#pause && this.#options.clock.now() < this.#pause.until) return this.#pause.answer;
    if (this.#isRefused(`${zone} ${endpoint}`)) return null;
    const reply = await this.#client.ask(endpoint, zone, more, signal);
    if (reply.kind === 'body') return this.#read(reply.body, endpoint, zone);
    if (reply.kind === 'refused') return this.#onRefusal(reply, endpoint, zone);
    const { failure } = reply;
    if (failure.reason === 'throttled') this.#pauseFor(failure, THROTTLE_PAUSE, failure.message);
    return unavailable(failure.reason, failure.message, failure.retryable);
  }

  #read(body: unknown, endpoint: string, zone: string): Points {
    const read = readPoints(
      body,
      zone,
      this.#options.clock.now(),
      endpoint === 'forecast' ? 'ahead' : 'past',
    );
    if (!read) {
      const message = `${this.name}: the answer of ${endpoint} is not the hours of zone ${zone}`;
      return unavailable('malformed', `${message}; is ELECTRICITY_MAPS_URL right?`);
    }
    const warnings =
      read.rejected > 0 ? [`${this.name}: ${read.rejected} values of zone ${zone} rejected`] : [];
    return available(read.points, warnings);
  }

  #onRefusal(reply: Extract<Reply, { kind: 'refused' }>, endpoint: string, zone: string): Attempt {
    switch (reply.refusal) {
      case 'token': {
        const message = `${this.name}: the token was refused; set ELECTRICITY_MAPS_TOKEN to a valid one`;
        this.#say('token', message);
        return this.#pauseFor(reply.failure, TOKEN_PAUSE, message);
      }
      case 'scope':
        this.#refused.set(`${zone} ${endpoint}`, this.#options.clock.now());
        return null;
      case 'unknown-zone':
        this.#refuse(zone, `${this.name}: there is no zone ${zone}`);
        return available([]);
      case 'no-data':
        return available([], [`${this.name}: no recent data of zone ${zone}`]);
    }
  }

  #pauseFor(failure: HttpFailure, least: number, message: string): Points {
    const asked = (failure.retryAfterMs ?? least * 1000) / 1000;
    const until = epochSeconds(this.#options.clock.now() + Math.min(Math.max(asked, 1), MAX_PAUSE));
    const answer = unavailable(failure.reason, `${message}; asked again after ${rfc3339(until)}`, true);
    this.#pause = { until, answer };
    return answer;
  }

  #refuse(zone: string, message: string): void {
    this.#refused.set(zone, this.#options.clock.now());
    this.#say(zone, `${message}; yearly means or other sources are used for it`);
  }

  #isRefused(what: string): boolean {
    const at = this.#refused.get(what);
    return at !== undefined && this.#options.clock.now() < at + REFUSAL_VALID;
  }

  /** Once in the life of the process. */
  #say(what: string, message: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#options.log?.warn({ source: this.name }, message);
  }
}

const asProvisional = (point: IntensityPoint): IntensityPoint => ({ ...point, provisional: true });
