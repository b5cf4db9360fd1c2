/** The two calls that the exporter makes of the Kubernetes API, list and watch, each answering with a value or a reason. */
import { readBody } from '../../net/read-body.js';
import { ofError, ofStatus, type Failure } from '../../net/failure.js';
import { clean } from '../../net/redact.js';
import { retryAfterMs } from '../../net/retry.js';
import { createStreamClient, type StreamAnswer, type StreamClient } from '../../net/stream-client.js';
import {
  available,
  unavailable,
  type Available,
  type Unavailable,
  type UnavailableReason,
} from '../../ports/outcome.js';
import { AccessError, type ApiAccess, type Connection } from './access.js';
import { at, child, children, isRecord, text, type Json } from './json.js';
import { eachLine } from './lines.js';

export interface ApiFailure extends Unavailable {
  /** Null when no HTTP answer came. */
  readonly status: number | null;
  /** What the server asked to wait, ms. */
  readonly retryAfterMs: number | null;
}

export interface Page {
  readonly items: readonly Json[];
  readonly resourceVersion: string;
  /** Empty: this was the last page. */
  readonly next: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Json;
}

/** `gone`: the revision is forgotten, list again. `ended`: the server closed it in good order. */
export type WatchEnd = { readonly kind: 'ended' } | { readonly kind: 'gone' } | ApiFailure;

export interface ApiRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly signal: AbortSignal;
}

export interface WatchRequest extends ApiRequest {
  /** The watch counts as broken when nothing comes for this long, ms. */
  readonly idleMs: number;
  onOpen(): void;
  onBytes(): void;
  onEvent(event: WatchEvent): void;
}

export interface ApiOptions {
  /** For a page, from the connection to its last byte; for a watch, until its headers. */
  readonly timeoutMs: number;
  /** Largest page, decompressed. */
  readonly maxPageBytes: number;
  readonly connections: number;
}

/** etcd refuses objects above 1.5 MiB; as JSON and with the managed fields they stay below this. */
const MAX_EVENT_BYTES = 8 * 2 ** 20;
const MAX_ERROR_BYTES = 64 * 1024;
const HTTP_GONE = 410;

export class KubernetesApi {
  private client: { readonly key: string; readonly stream: StreamClient } | null = null;
  private secrets: readonly string[] = [];

  constructor(
    private readonly access: ApiAccess,
    private readonly options: ApiOptions,
  ) {}

  async page(request: ApiRequest): Promise<Available<Page> | ApiFailure> {
    const deadline = deadlineOf(this.options.timeoutMs, request.signal);
    try {
      const answer = await this.send(request, deadline.signal, { 'accept-encoding': 'gzip' });
      if (answer.status !== 200) return await this.refusal(request, answer);
      const encoding = answer.header('content-encoding');
      return this.parsed(request, await readBody(answer.body, encoding, this.options.maxPageBytes));
    } catch (error) {
      return this.broken(request, error, deadline.late());
    } finally {
      deadline.clear();
    }
  }

  async watch(request: WatchRequest): Promise<WatchEnd> {
    const idle = deadlineOf(this.options.timeoutMs, request.signal);
    let gone: WatchEnd | null = null;
    try {
      const answer = await this.send(request, idle.signal, {});
      if (answer.status === HTTP_GONE) return await drained(answer, { kind: 'gone' });
      if (answer.status !== 200) return await this.refusal(request, answer);
      request.onOpen();
      idle.restart(request.idleMs);
      const onLine = (line: string): void => {
        gone ??= this.event(request, line);
      };
      const onBytes = (): void => {
        idle.restart(request.idleMs);
        request.onBytes();
      };
      await eachLine(answer.body, MAX_EVENT_BYTES, onLine, onBytes);
      return gone ?? { kind: 'ended' };
    } catch (error) {
      return gone ?? this.broken(request, error, idle.late());
    } finally {
      idle.clear();
    }
  }

  async close(): Promise<void> {
    await this.client?.stream.destroy();
  }

  /** Null to go on; an error event ends the watch. */
  private event(request: WatchRequest, line: string): WatchEnd | null {
    const event = parseJson(line);
    const object = isRecord(event) ? child(event, 'object') : null;
    if (!isRecord(event) || object === null || text(event, 'type') === '') {
      return this.failed(request, malformed('sent something that is not a watch event'));
    }
    if (text(event, 'type') !== 'ERROR') {
      request.onEvent({ type: text(event, 'type'), object });
      return null;
    }
    const status = at(object, 'code');
    if (status === HTTP_GONE) return { kind: 'gone' };
    const cause = typeof status === 'number' ? ofStatus(status) : malformed('ended the watch with an error');
    return this.failed(request, { ...cause, detail: `${cause.detail}: ${text(object, 'message')}` });
  }

  private async send(
    request: ApiRequest,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<StreamAnswer> {
    const connection = await within(signal, this.access.connection(false));
    const first = await this.sendWith(connection, request, signal, headers);
    if (first.status !== 401) return first;
    const fresh = await within(signal, this.access.connection(true));
    if (sameCredentials(connection, fresh)) return first;
    await drained(first, null);
    return this.sendWith(fresh, request, signal, headers);
  }

  private sendWith(
    connection: Connection,
    { path, query, accept }: ApiRequest,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<StreamAnswer> {
    this.secrets = connection.secrets;
    return this.clientFor(connection).get({
      path,
      query,
      headers: { ...headers, accept, ...connection.headers },
      signal,
    });
  }

  /** One pool of connections for as long as address and certificates stay the same. */
  private clientFor({ baseUrl, tls }: Connection): StreamClient {
    const key = JSON.stringify([baseUrl, tls]);
    if (this.client?.key === key) return this.client.stream;
    const old = this.client;
    const { timeoutMs, connections } = this.options;
    const stream = streamClientOf({ baseUrl, tls, connectTimeoutMs: timeoutMs, connections });
    this.client = { key, stream };
    // Watches over the old connections end and are opened again over the new.
    void old?.stream.destroy();
    return stream;
  }

  private parsed(request: ApiRequest, body: Buffer): Available<Page> | ApiFailure {
    const list = parseJson(body.toString('utf8'));
    if (!isRecord(list)) return this.failed(request, malformed('answered something that is not JSON'));
    const items = at(list, 'items');
    const metadata = child(list, 'metadata');
    const resourceVersion = text(metadata, 'resourceVersion');
    if (!(Array.isArray(items) || items === null) || resourceVersion === '') {
      return this.failed(request, malformed('answered something that is not a list'));
    }
    return available({ items: children(list, 'items'), resourceVersion, next: text(metadata, 'continue') });
  }

  private async refusal(request: ApiRequest, answer: StreamAnswer): Promise<ApiFailure> {
    const { status } = answer;
    const after = retryAfterMs(answer.header('retry-after'), answer.header('date'));
    const encoding = answer.header('content-encoding');
    const body = await readBody(answer.body, encoding, MAX_ERROR_BYTES).catch((error: unknown) => {
      if (ofError(error) === null) throw error;
      return Buffer.alloc(0);
    });
    const said = parseJson(body.toString('utf8'));
    const message = isRecord(said) ? text(said, 'message') : '';
    const cause = ofStatus(status);
    return {
      ...this.failed(request, { ...cause, detail: message === '' ? cause.detail : `${status} ${message}` }),
      status,
      retryAfterMs: after,
    };
  }

  private broken(request: ApiRequest, error: unknown, late: boolean): ApiFailure {
    if (late) {
      const detail = 'no answer in time';
      return this.failed(request, { reason: 'timeout', detail, retryable: true, again: false });
    }
    if (request.signal.aborted) {
      return this.failed(request, {
        reason: 'cancelled',
        detail: 'cancelled',
        retryable: true,
        again: false,
      });
    }
    if (error instanceof AccessError) {
      const detail = error.message;
      return this.failed(request, { reason: 'not-configured', detail, retryable: true, again: false });
    }
    const cause = (error as NodeJS.ErrnoException).code === REPLACED ? REPLACEMENT : ofError(error);
    if (cause === null) throw error;
    return this.failed(request, cause);
  }

  private failed({ path }: ApiRequest, { reason, detail, retryable }: Failure): ApiFailure {
    return apiFailure(reason, clean(`kubernetes: ${path}: ${detail}`, this.secrets), retryable);
  }
}

export const apiFailure = (reason: UnavailableReason, message: string, retryable = true): ApiFailure => ({
  ...unavailable(reason, message, retryable),
  status: null,
  retryAfterMs: null,
});

/** A kubeconfig may name a login command, which may never end. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort: () => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    abort = () => reject(new AccessError('reading the credentials took too long'));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Certificates changed, so the connections that were opened with the old ones were ended. */
const REPLACED = 'UND_ERR_DESTROYED';
const REPLACEMENT: Failure = {
  reason: 'refused',
  detail: 'the connection was replaced, as the certificates changed',
  retryable: true,
  again: true,
};

/** A URL or certificate that cannot be used is a mistake in the access, not in the program. */
function streamClientOf(options: Parameters<typeof createStreamClient>[0]): StreamClient {
  try {
    return createStreamClient(options);
  } catch (error) {
    throw new AccessError(`the API server's address or certificates: ${(error as Error).message}`);
  }
}

const sameCredentials = (a: Connection, b: Connection): boolean =>
  JSON.stringify([a.headers, a.tls]) === JSON.stringify([b.headers, b.tls]);

const malformed = (detail: string): Failure => ({
  reason: 'malformed',
  detail,
  retryable: true,
  again: false,
});

async function drained<T>(answer: StreamAnswer, value: T): Promise<T> {
  answer.body.on('error', () => {});
  answer.body.destroy();
  return value;
}

/** Undefined when it is not JSON. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  restart(ms: number): void;
  /** Whether it is the deadline, and not the caller, that ended the request. */
  late(): boolean;
  clear(): void;
}

/** By hand: AbortSignal.any keeps something of every request on a signal that lives as long as the process. */
function deadlineOf(ms: number, outer: AbortSignal): Deadline {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let late = false;
  const expire = (): void => {
    late = true;
    end();
  };
  let timer = setTimeout(expire, ms);
  outer.addEventListener('abort', end);
  if (outer.aborted) end();
  return {
    signal: ending.signal,
    restart: (next) => {
      clearTimeout(timer);
      timer = setTimeout(expire, next);
    },
    late: () => late,
    clear: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', end);
    },
  };
}
