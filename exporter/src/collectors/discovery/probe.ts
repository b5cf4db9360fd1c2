/** Whether a URL is the server that it is taken for, asked without credentials. */
import { createJsonClient, type JsonClient, type JsonOutcome } from '../../net/fetch-json.js';
import { clean } from '../../net/redact.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import type { App } from './signs.js';

/** What answered, for people: "Prometheus 2.42.0". Unavailable: it is not one, or it does not answer. */
export type Probe = (app: App, url: string, signal?: AbortSignal) => Promise<Outcome<string>>;

export interface ProbeOptions {
  readonly timeoutMs: number;
}

const MAX_BYTES = 2 ** 20;

export function createProbe({ timeoutMs }: ProbeOptions): Probe {
  return async (app, url, signal) => {
    const client = createJsonClient({ name: app, baseUrl: url, timeoutMs, maxBytes: MAX_BYTES, retries: 0 });
    try {
      return await (app === 'prometheus' ? probePrometheus(client, signal) : probeOpenCost(client, signal));
    } finally {
      await client.close();
    }
  };
}

async function probePrometheus(client: JsonClient, signal?: AbortSignal): Promise<Outcome<string>> {
  const info = await client.request({ path: 'api/v1/status/buildinfo', signal });
  if (info.ok && isSuccess(info.value)) {
    const version = field(field(info.value, 'data'), 'version');
    return available(typeof version === 'string' ? clean(`Prometheus ${version}`, []) : 'Prometheus');
  }
  // Servers with the same query API need not have that page.
  if (!info.ok && info.status === null) return refused(info);
  const query = await client.request({ path: 'api/v1/query', query: { query: 'vector(1)' }, signal });
  if (query.ok && isSuccess(query.value)) return available('a server with the query API of Prometheus');
  return query.ok ? other('the query API of Prometheus') : refused(query);
}

/** A window that is none is refused before anything is computed, in words that only this API has. */
async function probeOpenCost(client: JsonClient, signal?: AbortSignal): Promise<Outcome<string>> {
  for (const path of ['allocation/compute', 'allocation']) {
    const outcome = await client.request({ path, query: { window: 'none' }, signal });
    if (outcome.ok) continue;
    if (outcome.status === 400 && /illegal window|'window' parameter/i.test(outcome.message)) {
      return available(`OpenCost at /${path}`);
    }
    if (outcome.status !== 404) return refused(outcome);
  }
  return other('the allocation API of OpenCost');
}

const isSuccess = (body: unknown): boolean => field(body, 'status') === 'success';

const field = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, key)
    ? (of as Record<string, unknown>)[key]
    : undefined;

const refused = ({ reason, message, retryable }: Exclude<JsonOutcome, { ok: true }>): Outcome<string> =>
  unavailable(reason, message, retryable);

const other = (what: string): Outcome<string> =>
  unavailable('malformed', `answers, but is not ${what}`, false);
