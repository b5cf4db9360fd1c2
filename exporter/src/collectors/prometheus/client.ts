/** The query API of Prometheus, Thanos, Mimir and VictoriaMetrics over `net`: two calls, each answering rows or a reason. */
import type { EpochSeconds } from '../../domain/units.js';
import type { HttpFailure, JsonClient, JsonOutcome } from '../../net/fetch-json.js';
import { clean } from '../../net/redact.js';
import { available, unavailable, type Outcome, type UnavailableReason } from '../../ports/outcome.js';
import { isRecord, type Grid } from './answer.js';

/** `data.result` of an answer, still to be read; its elements are foreign data. */
export type Result = readonly unknown[];

/** Warnings kept of one answer; a server may send one for each series. */
const MAX_WARNINGS = 5;

export class PrometheusClient {
  /** Some proxies allow reading by GET only. */
  private usePost = true;

  constructor(private readonly http: JsonClient) {}

  /** A range query at every instant of the grid; a matrix. */
  async range(expression: string, grid: Grid, signal?: AbortSignal): Promise<Outcome<Result>> {
    const last = grid.first + (grid.count - 1) * grid.step;
    const form = {
      query: expression,
      start: String(grid.first),
      end: String(last),
      step: String(grid.step),
      // VictoriaMetrics shifts start and end of longer ranges for its cache unless told not to; others ignore it.
      nocache: '1',
    };
    return this.ask('api/v1/query_range', form, 'matrix', signal);
  }

  /** An instant query: a vector, or a matrix of raw samples when the expression is a range selector. */
  async instant(
    expression: string,
    at: EpochSeconds,
    type: 'vector' | 'matrix',
    signal?: AbortSignal,
  ): Promise<Outcome<Result>> {
    return this.ask('api/v1/query', { query: expression, time: String(at), nocache: '1' }, type, signal);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async ask(
    path: string,
    form: Readonly<Record<string, string>>,
    type: string,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<Result>> {
    const posted = this.usePost;
    let outcome = await this.http.request(posted ? { path, form, signal } : { path, query: form, signal });
    if (posted && !outcome.ok && outcome.status === 405) {
      this.usePost = false;
      outcome = await this.http.request({ path, query: form, signal });
    }
    return outcome.ok ? readAnswer(outcome.value, type) : refined(outcome);
  }
}

function readAnswer(body: unknown, type: string): Outcome<Result> {
  if (!isRecord(body)) return malformed('the answer is not an object');
  if (body['status'] === 'error') return queryError(body, null);
  if (body['status'] !== 'success') return malformed('the answer has no status');
  const data = body['data'];
  if (!isRecord(data) || !Array.isArray(data['result'])) return malformed('the answer has no result');
  if (data['resultType'] !== type) return malformed(`the answer is not a ${type}`);
  return available(data['result'] as Result, warningsOf(body));
}

const malformed = (what: string): Outcome<Result> =>
  unavailable('malformed', `prometheus: ${what}; is PROMETHEUS_URL a Prometheus query API?`);

function warningsOf(body: Readonly<Record<string, unknown>>): string[] {
  const list = Array.isArray(body['warnings']) ? body['warnings'] : [];
  const warnings = list.filter((entry) => typeof entry === 'string').slice(0, MAX_WARNINGS);
  if (list.length > 0 && warnings.length === 0) warnings.push('the server warns without saying of what');
  // VictoriaMetrics' cluster says so instead of warning.
  if (body['isPartial'] === true) warnings.push('the answer is partial');
  return warnings.map((warning) => clean(warning, []));
}

/** Reasons of the errorType values of the API. */
const ERROR_TYPES: ReadonlyMap<unknown, UnavailableReason> = new Map<unknown, UnavailableReason>([
  ['timeout', 'timeout'],
  ['canceled', 'server-error'],
  ['internal', 'server-error'],
  ['unavailable', 'server-error'],
  ['execution', 'bad-request'],
  ['bad_data', 'bad-request'],
  ['not_found', 'bad-request'],
]);
/** Limits of Prometheus (query.max-samples), Thanos, Mimir and VictoriaMetrics; a smaller range may pass. */
const TOO_MUCH =
  /too many (samples|series|points|chunks)|exceed(s|ed)?\b.*\b(limit|maximum|resolution)|limit .*(exceeded|reached)|max-samples/i;

function queryError(body: Readonly<Record<string, unknown>>, message: string | null): Outcome<Result> {
  const said = typeof body['error'] === 'string' ? body['error'] : '';
  const reason = TOO_MUCH.test(said) ? 'too-large' : (ERROR_TYPES.get(body['errorType']) ?? 'server-error');
  const retryable = reason === 'timeout' || reason === 'server-error';
  return unavailable(reason, message ?? clean(`prometheus: the query failed: ${said}`, []), retryable);
}

/** An HTTP failure whose body says more precisely what failed. */
function refined(failure: Exclude<JsonOutcome, { ok: true }>): Outcome<Result> {
  const { status, body, reason, message, retryable }: HttpFailure = failure;
  const known = status !== null && status >= 400 && isRecord(body) && body['status'] === 'error';
  if (known && status !== 401 && status !== 403 && status !== 429) return queryError(body, message);
  return unavailable(reason, message, retryable);
}
