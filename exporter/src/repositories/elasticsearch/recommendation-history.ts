/** `RecommendationHistory` of every cluster. */
import type { TimeRange } from '../../domain/interval.js';
import type {
  Booking,
  RecommendationEvent,
  Recommendation,
  Scan,
} from '../../domain/recommendations/model.js';
import type {
  BookedSavings,
  EventQuery,
  KeptRecommendation,
  RecommendationHistory,
  RecommendationQuery,
} from '../../ports/recommendations.js';
import type { Connection } from './connection.js';
import type { HistoryState } from './history-state.js';
import { isCommitted } from './journal.js';
import { compare, newest, type RecordDocument } from './record-store.js';
import { BOOKING, EVENT, RECOMMENDATION, SCAN } from './recommendation-store.js';

const isAmong = <T>(alternatives: readonly T[], value: T) =>
  alternatives.length === 0 || alternatives.includes(value);

export class ElasticsearchRecommendationHistory implements RecommendationHistory {
  readonly #connection: Connection;
  readonly #state: HistoryState;

  constructor(connection: Connection, state: HistoryState) {
    this.#connection = connection;
    this.#state = state;
  }

  async recommendations(query: RecommendationQuery): Promise<readonly Recommendation[]> {
    const known = await this.#state.withRecords(query.clusters);
    const kept = await newest<KeptRecommendation>(this.#connection, RECOMMENDATION, known);
    return kept
      .map(({ body }) => body.recommendation)
      .filter(
        ({ id, type, status, target }) =>
          isAmong(query.statuses, status) &&
          isAmong(query.types, type) &&
          isAmong(query.namespaces, target.namespace) &&
          isAmong(query.workloads, target.workload) &&
          isAmong(query.nodes, target.node) &&
          isAmong(query.ids, id),
      );
  }

  async recommendationEvents(query: EventQuery): Promise<readonly RecommendationEvent[]> {
    const known = await this.#state.withRecords(query.clusters);
    const headOf = new Map(known.map(({ name, head }) => [name, head]));
    const { from, to } = query;
    const start = { ...(from !== null && { gte: from }), ...(to !== null && { lt: to }) };
    const filter = [
      { term: { what: EVENT } },
      { terms: { cluster: [...headOf.keys()] } },
      { range: { start } },
    ];
    const order = ['start', 'gen', 'subject', 'cluster'].map((field) => ({ [field]: 'desc' }));
    const events: RecommendationEvent[] = [];
    const { records } = this.#connection.names;
    const found = this.#connection.searchAll<RecordDocument<RecommendationEvent>>(
      records,
      { query: { bool: { filter } } },
      order,
    );
    for await (const { _source } of found) {
      if (events.length >= query.limit) break;
      const { body, cluster, gen } = _source;
      const isWanted = isAmong(query.namespaces, body.target.namespace) && isAmong(query.ids, body.id);
      if (isWanted && isCommitted(headOf.get(cluster)!, gen)) events.push(body);
    }
    return events;
  }

  async bookedSavings(range: TimeRange | null): Promise<readonly BookedSavings[]> {
    const within = range ? [{ range: { start: { gte: range.from, lt: range.to } } }] : [];
    const booked = await newest<Booking>(
      this.#connection,
      BOOKING,
      await this.#state.withRecords([]),
      within,
    );
    const sums = new Map<string, Writable<BookedSavings>>();
    for (const { cluster, body } of booked) {
      const key = JSON.stringify([cluster, body.id]);
      const sum = sums.get(key) ?? {
        cluster,
        id: body.id,
        hours: 0,
        millijoules: 0n,
        micrograms: 0n,
        cost: [],
      };
      sums.set(key, sum);
      sum.hours += 1;
      sum.millijoules += BigInt(body.millijoules);
      sum.micrograms += BigInt(body.micrograms);
      if (body.nanoCurrency !== null) sum.cost = withCost(sum.cost, body.currency, BigInt(body.nanoCurrency));
    }
    return [...sums.values()].sort((a, b) => compare(a.cluster, b.cluster) || compare(a.id, b.id));
  }

  async scans(): Promise<readonly Scan[]> {
    return (await newest<Scan>(this.#connection, SCAN, await this.#state.withRecords([]))).map(
      ({ body }) => body,
    );
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function withCost(cost: BookedSavings['cost'], currency: string, nano: bigint): BookedSavings['cost'] {
  const before = cost.find((c) => c.currency === currency)?.nano ?? 0n;
  return [...cost.filter((c) => c.currency !== currency), { currency, nano: before + nano }].sort((a, b) =>
    compare(a.currency, b.currency),
  );
}
