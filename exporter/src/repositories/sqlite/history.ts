import type { Database } from 'better-sqlite3';
import { floorTo, type TimeRange } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import type { ComparisonCell } from '../../domain/energy/comparison.js';
import type { ComparisonHistory, ComparisonQuery } from '../../ports/comparison.js';
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
import { bucketsOf, checkRange, share, type AmountLine, type SumLine } from '../answer-lines.js';
import { FIGURES } from '../pod-sums.js';
import { explaining } from './connection.js';
import { readCells } from './history-comparison.js';
import { ColumnsBuilder } from '../series-columns.js';
import { listClusters, readInterval, readNamespaces, readNodes, readWorkloads } from './history-inventory.js';
import { knownByBucket, knownByCluster, readKnown } from './history-known.js';
import { GRAINS, partition, readClusters, resolutionOf, type Partition } from './history-partition.js';
import { PodLines, sumPods, sumPodsByBucket } from './history-pods.js';
import {
  amountLine,
  amountsStatement,
  sourceFor,
  sumLine,
  sumsStatement,
  type GroupSql,
} from './history-query.js';
import { Groups, SumsBuilder } from '../group-sums.js';

/** Lines of groups, each with a key of these fields; of one group there may be several. */
interface Lines<R> {
  readonly fields: readonly string[];
  readonly lines: Iterable<R>;
}

interface SumLines extends Lines<SumLine> {
  /** Lines that add to the same, fewer where there can be. Read after the others. */
  readonly whole: Iterable<SumLine>;
}

/**
 * `History` of every cluster in a SQLite file. Each question is answered from one snapshot. Every key names its cluster; a key by
 * workload also its namespace and type, a key by pod its namespace (a pod that moved or was recreated is one group). "zone" is
 * the grid zone, "provider" the one that the node's factors were found for. Groups come in the order of their keys.
 */
export class SqliteHistory implements History, ComparisonHistory {
  readonly #db: Database;
  readonly #step: Seconds;

  /** @param step of the ledgers in this file */
  constructor(db: Database, step: Seconds) {
    this.#db = db;
    this.#step = step;
  }

  async totals(query: TotalsQuery): Promise<Totals> {
    const { range, filters } = query;
    checkRange(range);
    return this.#snapshot(() => {
      const clusters = readClusters(this.#db, filters.cluster);
      const parts = partition(this.#db, clusters, range, null);
      const known = knownByCluster(readKnown(this.#db, parts, null), clusters);
      const { fields, lines, whole } = this.#sums(query, parts);
      const groups = new Groups(fields, () => new SumsBuilder());
      for (const line of lines) groups.of(line).add(line);
      const total = new SumsBuilder();
      for (const line of whole) total.add(line);
      const length = range.to - range.from;
      const coverageOf = (cluster: string) => share(known.get(cluster) ?? 0, length);
      return {
        groups: groups
          .inOrder()
          .map(({ key, value }) => ({ key, sums: value.build(), coverage: coverageOf(key.cluster!) })),
        total: total.build(),
        coverage: share(sumOf(known.values()), length * clusters.length),
      };
    });
  }

  async series(query: SeriesQuery): Promise<SeriesAnswer> {
    const { range, step, amounts, filters } = query;
    checkRange(range);
    if (!(step > 0 && step % this.#step === 0)) {
      throw new RangeError(`step ${step} s is not a multiple of the ledger's ${this.#step} s`);
    }
    const times = bucketsOf(range, step);
    return this.#snapshot(() => {
      const clusters = readClusters(this.#db, filters.cluster);
      const parts = partition(this.#db, clusters, range, step);
      const knownAt = knownByBucket(readKnown(this.#db, parts, step));
      const { fields, lines } = this.#amounts(query, parts);
      const isKnown = times.map((t) => knownAt.has(t));
      const groups = new Groups(fields, () => new ColumnsBuilder(amounts, isKnown));
      const first = floorTo(range.from, step);
      for (const line of lines) groups.of(line).add(line, (line.bucket - first) / step);
      const lengthAt = (t: number) => Math.min(t + step, range.to) - Math.max(t, range.from);
      return {
        times,
        coverage: times.map((t) => share(knownAt.get(t) ?? 0, lengthAt(t) * clusters.length)),
        groups: groups.inOrder().map(({ key, value }) => ({ key, columns: value.build() })),
      };
    });
  }

  async resolution(range: TimeRange): Promise<Seconds> {
    checkRange(range);
    return this.#snapshot(() => resolutionOf(this.#db, readClusters(this.#db), range, this.#step));
  }

  async nodes(range: TimeRange): Promise<readonly NodeEntry[]> {
    return this.#over(range, (parts) => readNodes(this.#db, parts));
  }

  async namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]> {
    return this.#over(range, (parts) => readNamespaces(this.#db, parts));
  }

  async workloads(range: TimeRange): Promise<readonly WorkloadEntry[]> {
    return this.#over(range, (parts) => readWorkloads(this.#db, parts));
  }

  async clusters(): Promise<readonly ClusterEntry[]> {
    return this.#snapshot(() => listClusters(this.#db));
  }

  async interval(query: IntervalQuery): Promise<StoredInterval | null> {
    return this.#snapshot(() => readInterval(this.#db, query, this.#step));
  }

  async comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]> {
    checkRange(query.range);
    return this.#snapshot(() => readCells(this.#db, query));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #sums(query: TotalsQuery, parts: Partition): SumLines {
    const source = sourceFor(query);
    if (!source) {
      const pods = new PodLines(this.#db, query);
      const sums = sumPods(this.#db, parts, FIGURES);
      return { fields: pods.fields, lines: pods.sums(sums, query.ranking), whole: pods.totals(sums) };
    }
    const statements = GRAINS.map((grain) => sumsStatement(source, query, grain, parts[grain]));
    const read = this.#read(statements, sumLine);
    return { ...read, whole: read.lines };
  }

  #amounts(query: SeriesQuery, parts: Partition): Lines<AmountLine> {
    const { step, amounts } = query;
    const source = sourceFor(query);
    if (!source) return this.#podAmounts(query, parts);
    const statements = GRAINS.map((grain) =>
      amountsStatement(source, query, grain, parts[grain], step, amounts),
    );
    return this.#read(statements, amountLine);
  }

  #podAmounts(query: SeriesQuery, parts: Partition): Lines<AmountLine> {
    const pods = new PodLines(this.#db, query);
    const buckets = sumPodsByBucket(this.#db, parts, FIGURES, query.step);
    const lines = function* () {
      for (const [bucket, sums] of buckets) yield* pods.amounts(sums, bucket);
    };
    return { fields: pods.fields, lines: lines() };
  }

  #read<R, L>(statements: readonly GroupSql[], lineOf: (record: R, fields: number) => L): Lines<L> {
    const { fields } = statements[0]!;
    const lines = statements.flatMap((sql) =>
      this.#db
        .prepare<(string | number)[], R>(sql.text)
        .safeIntegers(true)
        .all(...sql.values)
        .map((record) => lineOf(record, fields.length)),
    );
    return { fields, lines };
  }

  async #over<T>(range: TimeRange, read: (parts: Partition) => T): Promise<T> {
    checkRange(range);
    return this.#snapshot(() => {
      const clusters = readClusters(this.#db);
      return read(partition(this.#db, clusters, range, null));
    });
  }

  /** Everything that `read` reads is of one state of the file. */
  #snapshot<T>(read: () => T): T {
    return explaining(this.#db.name, () => this.#db.transaction(read)());
  }
}

const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, n) => sum + n, 0);
