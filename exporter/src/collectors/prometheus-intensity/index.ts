/** Carbon intensity that the user's own Prometheus knows: an expression whose series carry the label `zone`, in g/kWh. */
import { ceilTo, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, gramsPerKwh, type EpochSeconds } from '../../domain/units.js';
import { createJsonClient, type JsonClient } from '../../net/fetch-json.js';
import { isRecord, own, textOf } from '../../net/json-value.js';
import { clientOf, type PrometheusAccess } from '../../net/prometheus-access.js';
import type { Clock } from '../../ports/clock.js';
import type { IntensityPoint, IntensityProvider } from '../../ports/intensity-provider.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';

export interface PrometheusIntensityOptions extends PrometheusAccess {
  /** INTENSITY_QUERY. */
  readonly query: string;
  readonly clock: Clock;
}

export interface PrometheusIntensityProvider extends IntensityProvider {
  close(): Promise<void>;
}

/** Above what any grid reaches. */
const MAX_GRAMS = 3000;
const MAX_BYTES = 16 * 1024 * 1024;
/** How far apart the expression is looked up within an hour, on whole multiples of it since the epoch. */
const RESOLUTION = '5m';
/** Hours in one request; servers refuse more than 11 000 points of one series, and answers stay small. */
const MAX_HOURS = 240;

/** @throws Error naming what cannot be used: the URL or a header */
export function createPrometheusIntensity(options: PrometheusIntensityOptions): PrometheusIntensityProvider {
  return new Provider(options);
}

type Points = Outcome<readonly IntensityPoint[]>;

class Provider implements PrometheusIntensityProvider {
  readonly name = 'prometheus';
  readonly #http: JsonClient;
  readonly #query: string;
  readonly #clock: Clock;

  constructor(options: PrometheusIntensityOptions) {
    this.#query = options.query;
    this.#clock = options.clock;
    this.#http = createJsonClient({
      name: 'prometheus (INTENSITY_QUERY)',
      ...clientOf(options),
      maxBytes: MAX_BYTES,
      retries: 1,
    });
  }

  /** Which zones the expression knows may change at any time. */
  covers(gridZone: string): boolean {
    return gridZone !== '';
  }

  async history(gridZone: string, range: TimeRange, signal?: AbortSignal): Promise<Points> {
    const now = this.#clock.now();
    const from = ceilTo(range.from, HOUR);
    const closed = epochSeconds(Math.min(ceilTo(range.to, HOUR), floorTo(now, HOUR)));
    const points: IntensityPoint[] = [];
    const warnings: string[] = [];
    for (let start = from; start < closed; start = epochSeconds(start + MAX_HOURS * HOUR)) {
      const end = epochSeconds(Math.min(start + MAX_HOURS * HOUR, closed));
      const part = await this.#closedHours(gridZone, { from: start, to: end }, signal);
      if (!part.ok) return part;
      for (const point of part.value) points.push(point);
      warnings.push(...part.warnings);
    }
    const open = floorTo(now, HOUR);
    if (open < from || open >= range.to || now - open < 60) return available(points, warnings);
    const part = await this.#openHour(gridZone, open, now, signal);
    return part.ok ? available([...points, ...part.value], [...warnings, ...part.warnings]) : part;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Evaluated a second before the hour's end, so that neither end of the hour before nor of the next is in the mean. */
  async #closedHours(zone: string, { from, to }: TimeRange, signal?: AbortSignal): Promise<Points> {
    const form = {
      query: this.#mean('1h'),
      start: String(from + HOUR - 1),
      end: String(to - 1),
      step: String(HOUR),
      // VictoriaMetrics would shift the instants for its cache.
      nocache: '1',
    };
    const outcome = await this.#ask('api/v1/query_range', form, signal);
    if (!outcome.ok) return outcome;
    return this.#points(outcome.value, zone, (at) => ({
      hour: floorTo(at, HOUR),
      provisional: false,
    }));
  }

  async #openHour(
    zone: string,
    hour: EpochSeconds,
    now: EpochSeconds,
    signal?: AbortSignal,
  ): Promise<Points> {
    const form = { query: this.#mean(`${now - hour + 1}s`), time: String(now), nocache: '1' };
    const outcome = await this.#ask('api/v1/query', form, signal);
    if (!outcome.ok) return outcome;
    return this.#points(outcome.value, zone, () => ({ hour, provisional: true }));
  }

  #mean(window: string): string {
    return `avg by (zone) (avg_over_time((${this.#query})[${window}:${RESOLUTION}]))`;
  }

  async #ask(
    path: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<readonly unknown[]>> {
    const outcome = await this.#http.request({ path, form, signal });
    if (!outcome.ok) return unavailable(outcome.reason, outcome.message, outcome.retryable);
    const result = own(own(outcome.value, 'data'), 'result');
    if (own(outcome.value, 'status') === 'success' && Array.isArray(result)) {
      return available(result as readonly unknown[]);
    }
    const said = textOf(outcome.value, 'error');
    return unavailable('malformed', `prometheus (INTENSITY_QUERY): no result${said ? `: ${said}` : ''}`);
  }

  #points(
    result: readonly unknown[],
    zone: string,
    placed: (at: number) => Omit<IntensityPoint, 'value'>,
  ): Points {
    const series = result.find((each) => textOf(own(each, 'metric'), 'zone') === zone);
    const points: IntensityPoint[] = [];
    let rejected = 0;
    for (const sample of samplesOf(series)) {
      const value = gramsOf(sample);
      if (value === null) rejected += 1;
      else points.push({ ...placed((sample as [number])[0]), value: gramsPerKwh(value) });
    }
    return available(points, rejected > 0 ? [`${this.name}: ${rejected} values of ${zone} rejected`] : []);
  }
}

function samplesOf(series: unknown): readonly unknown[] {
  if (!isRecord(series)) return [];
  const values = own(series, 'values');
  if (Array.isArray(values)) return values as readonly unknown[];
  return Object.hasOwn(series, 'value') ? [series['value']] : [];
}

function gramsOf(sample: unknown): number | null {
  if (!Array.isArray(sample) || typeof sample[0] !== 'number' || typeof sample[1] !== 'string') return null;
  const value = Number(sample[1]);
  return sample[1] !== '' && value >= 0 && value <= MAX_GRAMS ? value : null;
}
