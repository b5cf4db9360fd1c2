/**
 * The only outbound HTTP of the exporter. A client is bound to one configured base URL: it sends credentials to that origin and
 * nowhere else, follows no redirect, contacts no link-local or metadata address, and bounds time, bytes and retries. It answers
 * with a reason, never with an exception, for everything the other side can do.
 */
import { randomInt } from 'node:crypto';
import { Agent, request as send, type Dispatcher } from 'undici';
import { available, type Available, type Unavailable } from '../ports/outcome.js';
import { DeniedAddressError, guardedLookup, isDeniedHost } from './address-policy.js';
import { ofError, ofStatus, type Failure } from './failure.js';
import { readBody } from './read-body.js';
import { clean } from './redact.js';
import { backoffMs, MAX_RETRY_WAIT_MS, pause, retryAfterMs, RetryBudget } from './retry.js';

export interface JsonClientOptions {
  /** Begins every message: "prometheus", "opencost". */
  readonly name: string;
  /** http or https; a path is kept as prefix. User and password in it are taken as basic authentication. */
  readonly baseUrl: string;
  readonly bearerToken?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Further headers for this origin, such as a tenant or an API key; their values are treated as secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** PEM text; replaces the system's certificate authorities. */
  readonly ca?: string | undefined;
  readonly verifyCerts?: boolean | undefined;
  /** Time for one attempt, connection to last byte, ms. */
  readonly timeoutMs: number;
  /** Largest body after decompression. */
  readonly maxBytes: number;
  /** Further attempts of one request; default 2. */
  readonly retries?: number | undefined;
  /** First backoff, ms; default 250. */
  readonly retryBaseMs?: number | undefined;
  /** In [0, 1), spreads retries; the system's unless given. */
  readonly random?: (() => number) | undefined;
  /** Connections open at once; default 2. */
  readonly connections?: number | undefined;
}

export interface JsonRequest {
  /** Below the base URL, with or without leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as application/x-www-form-urlencoded by POST; without it the request is a GET. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpFailure extends Unavailable {
  /** Null when no HTTP answer came. */
  readonly status: number | null;
  /** The JSON of an error answer, null when it was none. Foreign data: check before use. */
  readonly body: unknown;
  /** How long the other side asks to be left alone, ms; null when it does not say. */
  readonly retryAfterMs: number | null;
}

export type JsonOutcome = Available<unknown> | HttpFailure;

export interface JsonClient {
  /** Never rejects but for mistakes of this program. Safe requests only: it may be sent more than once. */
  request(request: JsonRequest): Promise<JsonOutcome>;
  close(): Promise<void>;
}

/** Largest error body that is read for its message. */
const MAX_ERROR_BYTES = 64 * 1024;
const RANDOM_STEPS = 2 ** 32;

/** The base URL parsed, or an error that says what is wrong with it. Never shows credentials. */
export function parseBaseUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new Error('must be an absolute URL such as http://prometheus.monitoring:9090');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`must be http or https, not ${url.protocol}`);
  if (url.search !== '' || url.hash !== '') throw new Error('must not have a query or a fragment');
  if (isDeniedHost(url.hostname)) throw new Error(new DeniedAddressError(url.hostname).message);
  return url;
}

/** @throws Error naming the client and the mistake when the base URL or a header cannot be used. */
export function createJsonClient(options: JsonClientOptions): JsonClient {
  return new BoundClient(options);
}

interface Attempt {
  readonly outcome: JsonOutcome;
  readonly again: boolean;
  readonly retryAfter: number | null;
}

class BoundClient implements JsonClient {
  private readonly base: URL;
  private readonly agent: Agent;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly secrets: readonly string[];
  private readonly budget = new RetryBudget();
  private readonly random: () => number;

  constructor(private readonly options: JsonClientOptions) {
    this.base = urlOf(options.name, options.baseUrl);
    const credentials = credentialsOf(options, this.base);
    this.base.username = '';
    this.base.password = '';
    this.headers = { ...credentials.headers, ...options.headers };
    this.secrets = [...credentials.secrets, ...Object.values(options.headers ?? {})];
    checkHeaders(options.name, this.headers);
    this.random = options.random ?? (() => randomInt(RANDOM_STEPS) / RANDOM_STEPS);
    this.agent = new Agent({
      connections: options.connections ?? 2,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: options.timeoutMs,
        lookup: guardedLookup(),
        rejectUnauthorized: options.verifyCerts ?? true,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
    });
  }

  async request(request: JsonRequest): Promise<JsonOutcome> {
    for (let attempt = 0; ; attempt++) {
      const { outcome, again, retryAfter } = await this.attempt(request);
      if (outcome.ok) {
        this.budget.credit();
        return outcome;
      }
      const wait = retryAfter ?? backoffMs(this.options.retryBaseMs ?? 250, attempt, this.random());
      const mayRetry = again && attempt < (this.options.retries ?? 2) && wait <= MAX_RETRY_WAIT_MS;
      if (!mayRetry || !this.budget.take()) return outcome;
      if (!(await pause(wait, request.signal))) return this.failed(request, CANCELLED, null, null);
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async attempt(request: JsonRequest): Promise<Attempt> {
    // By hand: AbortSignal.any keeps something of every request on a signal that lives as long as the process.
    const ending = new AbortController();
    const end = (): void => ending.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, this.options.timeoutMs);
    request.signal?.addEventListener('abort', end);
    if (request.signal?.aborted) end();
    try {
      return await this.exchange(request, ending.signal);
    } catch (error) {
      const cause = request.signal?.aborted ? CANCELLED : late ? this.timedOut() : ofError(error);
      if (!cause) throw error;
      return { outcome: this.failed(request, cause, null, null), again: cause.again, retryAfter: null };
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', end);
    }
  }

  private async exchange(request: JsonRequest, signal: AbortSignal): Promise<Attempt> {
    const response = await send(this.target(request), {
      dispatcher: this.agent,
      method: request.form ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        ...(request.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...this.headers,
      },
      body: request.form ? new URLSearchParams(request.form).toString() : null,
      signal,
    });
    const { statusCode: status } = response;
    if (status < 200 || status > 299) return this.refusal(request, response, signal);
    const bytes = await readBody(
      response.body,
      headerOf(response, 'content-encoding'),
      this.options.maxBytes,
    );
    return this.parsed(request, status, bytes);
  }

  private parsed(request: JsonRequest, status: number, bytes: Buffer): Attempt {
    const value = parseJson(bytes);
    if (value !== undefined) return { outcome: available(value), again: false, retryAfter: null };
    const outcome = this.failed(request, notJson(bytes), status, null);
    return { outcome, again: false, retryAfter: null };
  }

  private async refusal(
    request: JsonRequest,
    response: Dispatcher.ResponseData,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { statusCode: status } = response;
    const bytes = await readBody(
      response.body,
      headerOf(response, 'content-encoding'),
      MAX_ERROR_BYTES,
    ).catch((error) => {
      if (signal.aborted || !ofError(error)) throw error;
      return Buffer.alloc(0);
    });
    const body = parseJson(bytes) ?? null;
    const cause = ofStatus(status);
    const said = explanation(body, bytes);
    const detail = said === '' ? cause.detail : `${cause.detail}: ${said}`;
    const retryAfter = retryAfterMs(headerOf(response, 'retry-after'), headerOf(response, 'date'));
    const outcome = { ...this.failed(request, { ...cause, detail }, status, body), retryAfterMs: retryAfter };
    return { outcome, again: cause.again, retryAfter };
  }

  private timedOut(): Failure {
    const detail = `no whole answer within ${this.options.timeoutMs / 1000} s`;
    return { reason: 'timeout', detail, retryable: true, again: false };
  }

  private failed(request: JsonRequest, cause: Failure, status: number | null, body: unknown): HttpFailure {
    const where = `${this.base.origin}${this.pathOf(request)}`;
    const message = clean(`${this.options.name}: ${where}: ${cause.detail}`, this.secrets);
    const { reason, retryable } = cause;
    return { ok: false, reason, message, retryable, status, body, retryAfterMs: null };
  }

  private pathOf(request: JsonRequest): string {
    return `${this.base.pathname.replace(/\/+$/, '')}/${request.path.replace(/^\/+/, '')}`;
  }

  private target(request: JsonRequest): URL {
    const url = new URL(this.base);
    url.pathname = this.pathOf(request);
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    return url;
  }
}

const CANCELLED: Failure = { reason: 'cancelled', detail: 'cancelled', retryable: true, again: false };

/** Visible characters, blanks and tabs; checked here because the library's own error quotes the value. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function checkHeaders(name: string, headers: Readonly<Record<string, string>>): void {
  for (const [header, value] of Object.entries(headers)) {
    if (HEADER_VALUE.test(value)) continue;
    throw new Error(
      `${name}: the value for ${header} has characters that HTTP does not allow, such as a line break`,
    );
  }
}

function urlOf(name: string, text: string): URL {
  try {
    return parseBaseUrl(text);
  } catch (error) {
    throw new Error(`${name} URL: ${(error as Error).message}`, { cause: error });
  }
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

function credentialsOf(options: JsonClientOptions, url: URL): Credentials {
  if (options.bearerToken) {
    return { headers: { authorization: `Bearer ${options.bearerToken}` }, secrets: [options.bearerToken] };
  }
  const username = options.username || decodeURIComponent(url.username);
  const password = options.password || decodeURIComponent(url.password);
  if (username === '' && password === '') return { headers: {}, secrets: [] };
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, password] };
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Undefined when it is not JSON. Keys such as __proto__ come out as own properties and change nothing. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG') return undefined;
    throw error;
  }
}

function notJson(bytes: Buffer): Failure {
  const start = bytes.subarray(0, 64).toString('latin1').trimStart();
  if (start.startsWith('<')) {
    const detail = 'answered a web page instead of JSON (a login page or another server?)';
    return { reason: 'malformed', detail, retryable: false, again: false };
  }
  const detail = bytes.length === 0 ? 'answered nothing' : 'answered something that is not whole JSON';
  return { reason: 'malformed', detail, retryable: true, again: false };
}

/** What an error answer says of itself: the usual JSON fields, else plain text; nothing for a web page. */
function explanation(body: unknown, bytes: Buffer): string {
  if (typeof body === 'object' && body !== null) {
    for (const key of ['error', 'message', 'detail', 'title']) {
      const value = Object.hasOwn(body, key) ? (body as Record<string, unknown>)[key] : undefined;
      if (typeof value === 'string') return value;
    }
    return '';
  }
  const text = bytes.toString('utf8').trim();
  return text.startsWith('<') ? '' : text;
}
