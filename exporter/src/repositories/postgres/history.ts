import { floorTo, type TimeRange } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import type {
  ClusterEntry,
  History,
  IntervalQuery,
  NamespaceEntry,
  NodeEntry,
  SeriesAnswer,
  SeriesQuery,
  StoredInterval,
  Totals,
  TotalsQuery,
  WorkloadEntry,
} from '../../ports/history.js';
import type { ComparisonCell } from '../../domain/energy/comparison.js';
import type { ComparisonHistory, ComparisonQuery } from '../../ports/comparison.js';
import { bucketsOf, checkRange, share } from '../answer-lines.js';
import { Groups, SumsBuilder } from '../group-sums.js';
import { ColumnsBuilder } from '../series-columns.js';
import type { Database } from './connection.js';
import { readCells } from './history-comparison.js';
import {
  listClusters,
  readInterval,
  readNamespaces,
  readNodes,
  readWorkloads,
  resolutionOf,
} from './history-inventory.js';
import {
  amountLine,
  seriesStatement,
  sumLine,
  totalsStatement,
  type AmountRecord,
  type SumRecord,
} from './history-query.js';

/**
 * `History` of every cluster in a PostgreSQL schema. A question is one statement. Every key names its cluster; a key by workload
 * also its namespace and type, a key by pod its namespace. Groups come in the order of their keys.
 */
export class PostgresHistory implements History, ComparisonHistory {
  readonly #database: Database;
  readonly #step: Seconds;

  /** @param step of the ledgers in this schema */
  constructor(database: Database, step: Seconds) {
    this.#database = database;
    this.#step = step;
  }

  async totals(query: TotalsQuery): Promise<Totals> {
    const { range } = query;
    checkRange(range);
    const { text, values, fields } = totalsStatement(query);
    const groups = new Groups(fields, () => new SumsBuilder());
    const total = new SumsBuilder();
    const known = new Map<string, number>();
    for (const record of await this.#database.rows<SumRecord>(text, values)) {
      if (!record.isLine) {
        known.set(record.k0!, seconds(record.known));
        continue;
      }
      const line = sumLine(record, fields.length);
      groups.of(line).add(line);
      total.add(line);
    }
    const length = range.to - range.from;
    const coverageOf = (cluster: string) => share(known.get(cluster) ?? 0, length);
    return {
      groups: groups
        .inOrder()
        .map(({ key, value }) => ({ key, sums: value.build(), coverage: coverageOf(key.cluster!) })),
      total: total.build(),
      coverage: share(sumOf(known.values()), length * known.size),
    };
  }

  async series(query: SeriesQuery): Promise<SeriesAnswer> {
    const { range, step, amounts } = query;
    checkRange(range);
    if (!(step > 0 && step % this.#step === 0)) {
      throw new RangeError(`step ${step} s is not a multiple of the ledger's ${this.#step} s`);
    }
    const times = bucketsOf(range, step);
    const { text, values, fields } = seriesStatement(query);
    const records = await this.#database.rows<AmountRecord>(text, values);
    const clusters = new Set<string>();
    const knownAt = new Map<number, number>();
    for (const { isLine, k0, bucket, known } of records) {
      if (isLine) continue;
      clusters.add(k0!);
      if (known !== null) knownAt.set(bucket, (knownAt.get(bucket) ?? 0) + seconds(known));
    }
    const isKnown = times.map((t) => knownAt.has(t));
    const groups = new Groups(fields, () => new ColumnsBuilder(amounts, isKnown));
    const first = floorTo(range.from, step);
    for (const record of records) {
      if (!record.isLine) continue;
      const line = amountLine(record, fields.length);
      groups.of(line).add(line, (line.bucket - first) / step);
    }
    const lengthAt = (t: number) => Math.min(t + step, range.to) - Math.max(t, range.from);
    return {
      times,
      coverage: times.map((t) => share(knownAt.get(t) ?? 0, lengthAt(t) * clusters.size)),
      groups: groups.inOrder().map(({ key, value }) => ({ key, columns: value.build() })),
    };
  }

  async resolution(range: TimeRange): Promise<Seconds> {
    checkRange(range);
    return resolutionOf(this.#database, range, this.#step);
  }

  async nodes(range: TimeRange): Promise<readonly NodeEntry[]> {
    checkRange(range);
    return readNodes(this.#database, range);
  }

  async namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]> {
    checkRange(range);
    return readNamespaces(this.#database, range);
  }

  async workloads(range: TimeRange): Promise<readonly WorkloadEntry[]> {
    checkRange(range);
    return readWorkloads(this.#database, range);
  }

  async clusters(): Promise<readonly ClusterEntry[]> {
    return listClusters(this.#database);
  }

  async interval(query: IntervalQuery): Promise<StoredInterval | null> {
    return this.#database.snapshot(['pod_usage'], (session) => readInterval(session, query));
  }

  async comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]> {
    return readCells(this.#database, query);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, n) => sum + n, 0);

/** From microseconds; nothing known is none. */
const seconds = (known: bigint | null): number => Number(known ?? 0n) / 1e6;
