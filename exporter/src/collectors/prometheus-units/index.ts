/** Units of work from the configured Prometheus: the expressions of SCI_FILE, hour by hour. */
import { ceilTo, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds } from '../../domain/units.js';
import { createJsonClient, type JsonClient } from '../../net/fetch-json.js';
import { own, textOf } from '../../net/json-value.js';
import { clientOf, type PrometheusAccess } from '../../net/prometheus-access.js';
import type { Clock } from '../../ports/clock.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import type { UnitPoint, UnitSource } from '../../ports/unit-source.js';

export interface PrometheusUnitsOptions extends PrometheusAccess {
  readonly clock: Clock;
}

export interface PrometheusUnits extends UnitSource {
  close(): Promise<void>;
}

const NAME = 'prometheus-units';
/** One series of a fortnight of hours is 12 kB; an expression that gives thousands of series is cut off here. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Servers refuse more than 11 000 points of one series. */
const MAX_HOURS = 720;

/** @throws Error naming what cannot be used: the URL or a header */
export function createPrometheusUnits(options: PrometheusUnitsOptions): PrometheusUnits {
  const http = createJsonClient({
    name: 'prometheus (SCI_FILE)',
    ...clientOf(options),
    maxBytes: MAX_BYTES,
    retries: 1,
  });
  return {
    name: NAME,
    units: (query, range, signal) => readUnits(http, query, range, options.clock.now(), signal),
    close: () => http.close(),
  };
}

async function readUnits(
  http: JsonClient,
  query: string,
  range: TimeRange,
  now: EpochSeconds,
  signal: AbortSignal | undefined,
): Promise<Outcome<readonly UnitPoint[]>> {
  const to = Math.min(floorTo(range.to, HOUR), floorTo(now, HOUR));
  const from = Math.max(ceilTo(range.from, HOUR), to - MAX_HOURS * HOUR);
  if (from >= to) return available([]);
  const form = {
    query: query.replaceAll('$window', '1h'),
    // A second before the end of each hour: the sample on the hour belongs to the next.
    start: String(from + HOUR - 1),
    end: String(to - 1),
    step: String(HOUR),
    // VictoriaMetrics would shift the instants for its cache.
    nocache: '1',
  };
  const outcome = await http.request({ path: 'api/v1/query_range', form, signal });
  if (!outcome.ok) return unavailable(outcome.reason, outcome.message, outcome.retryable);
  const result = own(own(outcome.value, 'data'), 'result');
  if (own(outcome.value, 'status') !== 'success' || !Array.isArray(result)) {
    const said = textOf(outcome.value, 'error');
    return unavailable('malformed', `prometheus (SCI_FILE): no result${said ? `: ${said}` : ''}`);
  }
  if (result.length > 1) {
    const advice = 'aggregate it, for example by sum(...)';
    const message = `prometheus (SCI_FILE): the expression gives ${result.length} series instead of one; ${advice}`;
    return unavailable('bad-request', message, false);
  }
  return pointsOf(result[0] as unknown);
}

function pointsOf(series: unknown): Outcome<readonly UnitPoint[]> {
  const values = own(series, 'values');
  const points: UnitPoint[] = [];
  let rejected = 0;
  for (const sample of Array.isArray(values) ? (values as readonly unknown[]) : []) {
    const point = pointOf(sample);
    if (point) points.push(point);
    else rejected++;
  }
  return available(points, rejected > 0 ? [`prometheus (SCI_FILE): ${rejected} values rejected`] : []);
}

function pointOf(sample: unknown): UnitPoint | null {
  if (!Array.isArray(sample) || typeof sample[0] !== 'number' || typeof sample[1] !== 'string') return null;
  const value = Number(sample[1]);
  if (sample[1] === '' || !Number.isFinite(value) || value < 0) return null;
  return { hour: floorTo(epochSeconds(sample[0]), HOUR), value };
}
