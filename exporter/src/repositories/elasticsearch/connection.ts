/** Talking to Elasticsearch: what is tried again, what is not, and a plain word when it cannot be done. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, errors } from '@elastic/elasticsearch';
import { DatabaseError, type DatabaseProblem } from '../errors.js';
import { Names } from './names.js';

export interface ElasticsearchOptions {
  readonly type: 'elasticsearch';
  /** Origins of nodes of one Elasticsearch cluster, with a path where a proxy wants one. */
  readonly hosts: readonly string[];
  /** At most one kind of credentials. */
  readonly basic?: { readonly username: string; readonly password: string };
  readonly apiKey?: string;
  /** False: any certificate is taken. */
  readonly verifyCerts: boolean;
  /** PEM; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** Start of the name of every index: lower-case letters, digits, _ and -. */
  readonly prefix: string;
  /** How long a writer that is not heard of keeps others from writing, s. Default 15. */
  readonly leaseSeconds?: number;
}

const REQUEST_TIMEOUT_MS = 30_000;
/** Waits between attempts where the server says that it has too much to do, ms. */
const BACK_OFF_MS = [100, 200, 500, 1000, 2000, 5000] as const;
/** A node that was just started takes no password until the index of its users is there. */
const UNAUTHORISED_ATTEMPTS = 3;

/** Where a document lies and which version of it was read. */
export interface Found<T> {
  readonly source: T;
  readonly version: Version;
}
export interface Version {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

/** What must hold for a document to be written; nothing: it replaces whatever is there. */
export type Condition =
  | { readonly kind: 'new' }
  | { readonly kind: 'unchanged'; readonly version: Version }
  /** Loses against a later generation, silently. */
  | { readonly kind: 'newest'; readonly generation: number };

export interface Hit<T> {
  readonly _id: string;
  readonly _source: T;
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly sort?: readonly (string | number)[];
}
export interface SearchAnswer<T> {
  readonly hits: { readonly hits: readonly Hit<T>[] };
  readonly aggregations?: Readonly<Record<string, unknown>>;
}
export type Json = Readonly<Record<string, unknown>>;

/** One Elasticsearch cluster and the names of the indices in it. Every failure is a `DatabaseError`. */
export class Connection {
  readonly names: Names;
  readonly #client: Client;
  readonly #options: ElasticsearchOptions;
  #closed = false;

  constructor(options: ElasticsearchOptions) {
    const { hosts, basic, apiKey, verifyCerts, ca, prefix } = options;
    this.#options = options;
    this.names = new Names(prefix);
    const auth = apiKey !== undefined ? { apiKey } : basic;
    this.#client = new Client({
      nodes: [...hosts],
      ...(auth && { auth }),
      tls: { rejectUnauthorized: verifyCerts, ...(ca !== undefined && { ca }) },
      requestTimeout: REQUEST_TIMEOUT_MS,
      maxRetries: 0,
    });
  }

  /** How a person would name it; holds no secret. */
  get label(): string {
    return elasticsearchName(this.#options);
  }

  /** As it is now, whether or not searches see it yet. Null: not there. */
  async get<T>(index: string, id: string): Promise<Found<T> | null> {
    const found = await this.#again(() =>
      this.#client.get<T>({ index, id }).catch((error: unknown) => unlessMissing(error)),
    );
    return found?._source ? { source: found._source, version: versionOf(found) } : null;
  }

  /** In the order of the ids; null where there is none. */
  async getMany<T>(index: string, ids: readonly string[]): Promise<(Found<T> | null)[]> {
    if (ids.length === 0) return [];
    const answer = await this.#again(() =>
      this.#client.mget<T>({ index, ids: [...ids] }).catch((error: unknown) => unlessMissing(error)),
    );
    if (!answer) return ids.map(() => null);
    return answer.docs.map((doc) =>
      'found' in doc && doc.found && doc._source ? { source: doc._source, version: versionOf(doc) } : null,
    );
  }

  /**
   * Write one document, once: where no answer comes, whoever asked must find out whether it was written.
   * @returns its new version; null when the condition does not hold
   */
  async put(index: string, id: string, document: Json, condition?: Condition): Promise<Version | null> {
    const answer = await this.#overloaded(() =>
      this.#client
        .index({ index, id, document, ...parametersOf(condition) })
        .catch((error: unknown) => unlessConflict(error)),
    );
    return answer && versionOf(answer);
  }

  /** Write documents whose ids follow from what they are; lines of an action and a document in turn. */
  async bulk(lines: readonly string[]): Promise<void> {
    for (let at = 0; at < lines.length; at += LINES_PER_REQUEST) {
      await this.#bulkOnce(lines.slice(at, at + LINES_PER_REQUEST));
    }
  }

  async search<T = unknown>(index: string, body: Json): Promise<SearchAnswer<T>> {
    const answer = await this.#again(() =>
      this.#client.search<T>({ index, ignore_unavailable: true, track_total_hits: false, ...body }),
    );
    return answer as unknown as SearchAnswer<T>;
  }

  /** Every hit of a search, page by page. @param sort must tell hits apart */
  async *searchAll<T>(index: string, body: Json, sort: readonly Json[]): AsyncGenerator<Hit<T>> {
    let after: readonly (string | number)[] | undefined;
    for (;;) {
      const page = { ...body, size: HITS_PER_PAGE, sort, ...(after && { search_after: after }) };
      const { hits } = (await this.search<T>(index, page)).hits;
      yield* hits;
      if (hits.length < HITS_PER_PAGE) return;
      after = hits.at(-1)!.sort;
    }
  }

  /** Let searches see all that has been written to indices of this name or pattern. */
  async refresh(index: string): Promise<void> {
    await this.#again(() => this.#client.indices.refresh({ index, ignore_unavailable: true }));
  }

  /** @returns how many documents it took away */
  async deleteBy(index: string, query: Json): Promise<number> {
    const answer = await this.#again(() =>
      this.#client.deleteByQuery({ index, query, conflicts: 'proceed', ignore_unavailable: true }),
    );
    return answer.deleted ?? 0;
  }

  /** Any other call, where the API has no better word. It may be made twice. */
  async call<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.#again(() => work(this.#client));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
  }

  /** Documents that were turned away for lack of room are sent again, those that were written are not. */
  async #bulkOnce(lines: readonly string[]): Promise<void> {
    let rest = lines;
    for (const wait of [...BACK_OFF_MS, null]) {
      const answer = await this.#again(() =>
        this.#client.bulk({
          ...{ operations: rest as unknown as object[], require_alias: false },
          // Of thousands of documents nothing else is asked.
          filter_path: ['errors', 'items.*.status', 'items.*.error'],
        }),
      );
      if (!answer.errors) return;
      const statuses = answer.items.map((item) => Object.values(item)[0]!);
      const refused = statuses.find((s) => s.status >= 300 && !isForLater(s.status) && s.status !== 409);
      if (refused)
        throw this.#refusal(refused.status, refused.error?.type ?? '', refused.error?.reason ?? '');
      rest = rest.filter((_, line) => isForLater(statuses[Math.floor(line / 2)]!.status));
      if (rest.length === 0) return;
      if (wait === null) throw this.#refusal(429, 'es_rejected_execution_exception', 'too much to do');
      await delay(wait);
    }
  }

  /** For calls that do the same when they are made twice. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    return this.#retrying(work, (error) => isBusy(error) || isLost(error));
  }

  /** For calls that must not be made twice unless the server says that it did not do it. */
  async #overloaded<T>(work: () => Promise<T>): Promise<T> {
    return this.#retrying(work, isBusy);
  }

  async #retrying<T>(work: () => Promise<T>, isWorthIt: (error: unknown) => boolean): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        if (this.#closed) throw new DatabaseError('failed', `${this.label} is not open any more`);
        return await work();
      } catch (error) {
        if (error instanceof DatabaseError) throw error;
        const wait = BACK_OFF_MS[attempt];
        const again = isWorthIt(error) || (statusOf(error) === 401 && attempt < UNAUTHORISED_ATTEMPTS);
        if (!again || wait === undefined || (isLost(error) && attempt >= LOST_ATTEMPTS)) {
          throw this.#explain(error);
        }
        await delay(wait);
      }
    }
  }

  #explain(error: unknown): Error {
    if (error instanceof errors.ResponseError) {
      const found = (error.body as { error?: unknown } | undefined)?.error;
      const reason = typeof found === 'object' && found !== null ? (found as Json) : { reason: found };
      return this.#refusal(error.statusCode ?? 0, text(reason['type']), text(reason['reason']));
    }
    if (error instanceof errors.ElasticsearchClientError) {
      return new DatabaseError('unreachable', `${this.label} did not answer (${error.message})`);
    }
    return error instanceof Error ? error : new Error(text(error));
  }

  #refusal(status: number, type: string, reason: string): DatabaseError {
    const known = PROBLEMS.find(([s, part]) => s === status && type.includes(part));
    const [, , problem, advice] = known ?? [0, '', 'failed' as const, 'refused a request'];
    return new DatabaseError(
      problem,
      `${this.label} ${advice} (${status} ${[type, reason].join(' ').trim()})`,
    );
  }
}

export const elasticsearchName = ({
  hosts,
  prefix,
}: Pick<ElasticsearchOptions, 'hosts' | 'prefix'>): string =>
  `Elasticsearch ${hosts.map((h) => originOf(h)).join(', ')} (indices ${prefix}.*)`;

/** A connection that was lost is tried again only so often: whoever waits for it should hear of it. */
const LOST_ATTEMPTS = 2;
/** Even: an action and its document stay together. */
const LINES_PER_REQUEST = 20_000;
const HITS_PER_PAGE = 10_000;

const PROBLEMS: readonly (readonly [
  status: number,
  type: string,
  problem: DatabaseProblem,
  advice: string,
])[] = [
  [401, '', 'denied', 'does not know the user; check ELASTICSEARCH_USER and its password, or the API key'],
  [403, 'cluster_block', 'unwritable', 'does not take writes: a disk is too full, or the index is read-only'],
  [403, '', 'denied', 'does not allow it; the user needs "manage" and "write" on the indices'],
  [429, 'cluster_block', 'unwritable', 'does not take writes: a disk is too full; free some space'],
  [429, '', 'unreachable', 'has too much to do'],
  [503, '', 'unreachable', 'is not ready'],
  [502, '', 'unreachable', 'cannot be reached'],
  [504, '', 'unreachable', 'cannot be reached'],
];

function parametersOf(condition: Condition | undefined) {
  switch (condition?.kind) {
    case undefined:
      return {};
    case 'new':
      return { op_type: 'create' as const };
    case 'unchanged':
      return { if_seq_no: condition.version.seqNo, if_primary_term: condition.version.primaryTerm };
    case 'newest':
      return { version: condition.generation, version_type: 'external' as const };
  }
}

const versionOf = (doc: { _seq_no?: number; _primary_term?: number }): Version => ({
  seqNo: doc._seq_no ?? -1,
  primaryTerm: doc._primary_term ?? -1,
});

const statusOf = (error: unknown) => (error instanceof errors.ResponseError ? error.statusCode : undefined);
const isForLater = (status: number) => status === 429 || status === 503;
/** A disk that is full does not become empty by waiting. */
const isBusy = (error: unknown) =>
  isForLater(statusOf(error) ?? 0) && !String((error as Error).message).includes('cluster_block');
const isLost = (error: unknown) =>
  error instanceof errors.ConnectionError ||
  error instanceof errors.NoLivingConnectionsError ||
  [502, 504].includes(statusOf(error) ?? 0);

function unlessMissing(error: unknown): null {
  if (statusOf(error) === 404) return null;
  throw error;
}

function unlessConflict(error: unknown): null {
  if (statusOf(error) === 409) return null;
  throw error;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : (JSON.stringify(value) ?? '');

/** Without the user and password that an address may carry. */
function originOf(host: string): string {
  try {
    return new URL(host).origin;
  } catch {
    return 'with an address that cannot be read';
  }
}
