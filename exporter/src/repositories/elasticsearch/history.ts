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
import { bucketsOf, checkRange, share } from '../answer-lines.js';
import { Groups, SumsBuilder } from '../group-sums.js';
import { ColumnsBuilder } from '../series-columns.js';
import type { Connection } from './connection.js';
import { readCells } from './history-comparison.js';
import {
  readInterval,
  readNamespaces,
  readNodes,
  readWorkloads,
  toClusterEntry,
} from './history-inventory.js';
import { Lines } from './history-query.js';
import { HistoryState, withDocuments, type Partition } from './history-state.js';
import { GRAINS } from './names.js';

/**
 * `History` of every cluster in a set of indices. What counts is read first, then the documents of it: they stay as they are for
 * longer than an answer takes. Every key names its cluster; groups come in the order of their keys.
 */
export class ElasticsearchHistory implements History, ComparisonHistory {
  readonly #connection: Connection;
  readonly #state: HistoryState;
  readonly #step: Seconds;

  /** @param step of the ledgers in these indices */
  constructor(connection: Connection, step: Seconds) {
    this.#connection = connection;
    this.#state = new HistoryState(connection);
    this.#step = step;
  }

  async totals(query: TotalsQuery): Promise<Totals> {
    const { range, filters } = query;
    checkRange(range);
    const clusters = await this.#state.used(filters.cluster);
    const parts = await this.#state.partition(clusters, range, null);
    const lines = new Lines(this.#connection, query);
    const groups = new Groups(lines.fields, () => new SumsBuilder());
    const total = new SumsBuilder();
    await Promise.all(
      withDocuments(parts).map(async ([grain, pieces]) => {
        for await (const line of lines.sums(grain, pieces)) {
          groups.of(line).add(line);
          total.add(line);
        }
      }),
    );
    const known = knownBy(parts, (piece) => piece.cluster);
    const length = range.to - range.from;
    const coverageOf = (cluster: string) => share((known.get(cluster) ?? 0) / 1e6, length);
    return {
      groups: groups
        .inOrder()
        .map(({ key, value }) => ({ key, sums: value.build(), coverage: coverageOf(key.cluster!) })),
      total: total.build(),
      coverage: share([...known.values()].reduce((a, b) => a + b, 0) / 1e6, length * clusters.length),
    };
  }

  async series(query: SeriesQuery): Promise<SeriesAnswer> {
    const { range, step, amounts, filters } = query;
    checkRange(range);
    if (!(step > 0 && step % this.#step === 0)) {
      throw new RangeError(`step ${step} s is not a multiple of the ledger's ${this.#step} s`);
    }
    const times = bucketsOf(range, step);
    const clusters = await this.#state.used(filters.cluster);
    const parts = await this.#state.partition(clusters, range, step);
    const known = knownBy(parts, (piece) => floorTo(piece.start, step) as number);
    const isKnown = times.map((t) => known.has(t));
    const lines = new Lines(this.#connection, query);
    const groups = new Groups(lines.fields, () => new ColumnsBuilder(amounts, isKnown));
    const first = floorTo(range.from, step);
    await Promise.all(
      withDocuments(parts).map(async ([grain, pieces]) => {
        for await (const line of lines.amounts(grain, pieces, step, amounts)) {
          groups.of(line).add(line, (line.bucket - first) / step);
        }
      }),
    );
    const lengthAt = (t: number) => Math.min(t + step, range.to) - Math.max(t, range.from);
    return {
      times,
      coverage: times.map((t) => share((known.get(t) ?? 0) / 1e6, lengthAt(t) * clusters.length)),
      groups: groups.inOrder().map(({ key, value }) => ({ key, columns: value.build() })),
    };
  }

  async resolution(range: TimeRange): Promise<Seconds> {
    checkRange(range);
    return this.#state.resolution(await this.#state.used(), range, this.#step);
  }

  async nodes(range: TimeRange): Promise<readonly NodeEntry[]> {
    return readNodes(this.#connection, await this.#whole(range));
  }

  async namespaces(range: TimeRange): Promise<readonly NamespaceEntry[]> {
    return readNamespaces(this.#connection, await this.#whole(range));
  }

  async workloads(range: TimeRange): Promise<readonly WorkloadEntry[]> {
    return readWorkloads(this.#connection, await this.#whole(range));
  }

  async clusters(): Promise<readonly ClusterEntry[]> {
    return (await this.#state.clusters()).map(toClusterEntry);
  }

  async interval(query: IntervalQuery): Promise<StoredInterval | null> {
    return readInterval(this.#connection, this.#state, query);
  }

  async comparisonCells(query: ComparisonQuery): Promise<readonly ComparisonCell[]> {
    return readCells(this.#connection, this.#state, query);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #whole(range: TimeRange): Promise<Partition> {
    checkRange(range);
    return this.#state.partition(await this.#state.used(), range, null);
  }
}

/** Covered microseconds by some key; only keys of which anything is known. */
function knownBy<K>(parts: Partition, keyOf: (piece: Partition['day'][number]) => K): Map<K, number> {
  const sums = new Map<K, number>();
  for (const piece of GRAINS.flatMap((grain) => parts[grain])) {
    if (piece.known === null) continue;
    const key = keyOf(piece);
    sums.set(key, (sums.get(key) ?? 0) + piece.known);
  }
  return sums;
}
