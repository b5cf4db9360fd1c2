/**
 * What is computed from history and kept: documents by subject, of which the newest counts. A change of many is one commit of the
 * ledger's journal, so that it is seen whole or not at all.
 */
import { createHash } from 'node:crypto';
import type { Connection, Json } from './connection.js';
import { isCommitted } from './journal.js';
import type { Cluster } from './history-state.js';
import type { ElasticsearchLedger } from './ledger.js';

export interface RecordDocument<T> {
  readonly cluster: string;
  readonly what: string;
  readonly subject: string;
  /** A time that it is about, for ranges; s since the epoch. */
  readonly start: number;
  readonly gen: number;
  readonly body: T;
}

export type NewRecord = Pick<RecordDocument<unknown>, 'what' | 'subject' | 'start' | 'body'>;

/** How long superseded documents stay for readers that have begun, ms. */
const GRACE_MS = 60_000;

interface Superseded {
  readonly what: string;
  readonly subjects: readonly string[];
  readonly before: number;
  readonly since: number;
}

export class RecordWriter {
  readonly cluster: string;
  readonly #connection: Connection;
  readonly #ledger: ElasticsearchLedger;
  #superseded: Superseded[] = [];

  constructor(connection: Connection, ledger: ElasticsearchLedger, cluster: string) {
    this.#connection = connection;
    this.#ledger = ledger;
    this.cluster = cluster;
  }

  /** @param recordsOf the records of a generation, which a subject may be made of */
  async write(recordsOf: (gen: number) => readonly NewRecord[]): Promise<void> {
    await this.#clear();
    let written: readonly NewRecord[] = [];
    let at = 0;
    await this.#ledger.writeRecords((gen) => {
      at = gen;
      written = recordsOf(gen);
      return written.flatMap((record) => this.#linesOf(record, gen));
    });
    const since = performance.now();
    for (const what of new Set(written.map((r) => r.what))) {
      const subjects = written.filter((r) => r.what === what).map((r) => r.subject);
      this.#superseded.push({ what, subjects, before: at, since });
    }
  }

  /** The newest of each subject. */
  async read<T>(what: string): Promise<RecordDocument<T>[]> {
    await this.#connection.refresh(this.#connection.names.records);
    return newest<T>(this.#connection, what, [{ name: this.cluster, head: this.#ledger.head }]);
  }

  #linesOf({ what, subject, start, body }: NewRecord, gen: number): string[] {
    const { cluster } = this;
    const name = JSON.stringify([cluster, what, subject, gen]);
    const id = createHash('sha256').update(name).digest('base64url').slice(0, 32);
    const document: RecordDocument<unknown> = { cluster, what, subject, start, gen, body };
    return [
      JSON.stringify({ index: { _index: this.#connection.names.records, _id: id } }),
      JSON.stringify(document),
    ];
  }

  async #clear(): Promise<void> {
    const ripe = this.#superseded.filter(({ since }) => performance.now() - since >= GRACE_MS);
    this.#superseded = this.#superseded.filter((s) => !ripe.includes(s));
    for (const { what, subjects, before } of ripe) {
      const filter = [
        ...[{ term: { cluster: this.cluster } }, { term: { what } }, { terms: { subject: subjects } }],
        { range: { gen: { lt: before } } },
      ];
      await this.#connection.deleteBy(this.#connection.names.records, { bool: { filter } });
    }
  }
}

/** The newest that counts of each cluster and subject, in their order. @param only further conditions */
export async function newest<T>(
  connection: Connection,
  what: string,
  clusters: readonly Cluster[],
  only: readonly Json[] = [],
): Promise<RecordDocument<T>[]> {
  if (clusters.length === 0) return [];
  const headOf = new Map(clusters.map(({ name, head }) => [name, head]));
  const filter = [{ term: { what } }, { terms: { cluster: [...headOf.keys()] } }, ...only];
  const order = [{ gen: 'asc' }, { subject: 'asc' }, { cluster: 'asc' }];
  const found = new Map<string, RecordDocument<T>>();
  const body = { query: { bool: { filter } } };
  for await (const { _source } of connection.searchAll<RecordDocument<T>>(
    connection.names.records,
    body,
    order,
  )) {
    if (!isCommitted(headOf.get(_source.cluster)!, _source.gen)) continue;
    found.set(JSON.stringify([_source.cluster, _source.subject]), _source);
  }
  return [...found.values()].sort((a, b) => compare(a.cluster, b.cluster) || compare(a.subject, b.subject));
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
