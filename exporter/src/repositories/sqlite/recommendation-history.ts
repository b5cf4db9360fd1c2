/** `RecommendationHistory` of every cluster in a SQLite file. */
import type { Database } from 'better-sqlite3';
import type { TimeRange } from '../../domain/interval.js';
import type { Recommendation, RecommendationEvent, Scan } from '../../domain/recommendations/model.js';
import type {
  BookedSavings,
  EventQuery,
  RecommendationHistory,
  RecommendationQuery,
} from '../../ports/recommendations.js';
import { bookedOf, type SavingLine } from '../savings.js';
import { explaining } from './connection.js';

/** Columns by the list of alternatives that restricts them. */
type Restriction = readonly [column: string, alternatives: readonly string[]];

export class SqliteRecommendationHistory implements RecommendationHistory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async recommendations(query: RecommendationQuery): Promise<readonly Recommendation[]> {
    const { sql, values } = where([
      ['c.name', query.clusters],
      ['r.status', query.statuses],
      ['r.type', query.types],
      ['r.namespace', query.namespaces],
      ['r.workload', query.workloads],
      ['r.node', query.nodes],
      ['r.id', query.ids],
    ]);
    const text = `SELECT r.body FROM recommendation r JOIN cluster c ON c.id = r.cluster_id ${sql} ORDER BY c.name, r.id`;
    return this.#documents<Recommendation>(text, values);
  }

  async recommendationEvents(query: EventQuery): Promise<readonly RecommendationEvent[]> {
    const { sql, values } = where([
      ['c.name', query.clusters],
      ['e.namespace', query.namespaces],
      ['e.id', query.ids],
    ]);
    const bounds = [
      ...(query.from === null ? [] : ['e.at >= ?']),
      ...(query.to === null ? [] : ['e.at < ?']),
    ];
    const all = [...(sql === '' ? [] : [sql.replace(/^WHERE /, '')]), ...bounds];
    const text = `SELECT e.body FROM recommendation_event e JOIN cluster c ON c.id = e.cluster_id
      ${all.length > 0 ? `WHERE ${all.join(' AND ')}` : ''} ORDER BY e.at DESC, e.number DESC LIMIT ?`;
    const times = [query.from, query.to].filter((t) => t !== null);
    return this.#documents<RecommendationEvent>(text, [...values, ...times, query.limit]);
  }

  async bookedSavings(range: TimeRange | null): Promise<readonly BookedSavings[]> {
    const text = `SELECT c.name cluster, s.id, s.currency, count(*) hours, sum(s.energy) energy, sum(s.emissions) emissions,
        sum(s.cost) cost
      FROM saving s JOIN cluster c ON c.id = s.cluster_id ${range ? 'WHERE s.start >= ? AND s.start < ?' : ''}
      GROUP BY c.name, s.id, s.currency ORDER BY c.name, s.id, s.currency`;
    const values = range ? [range.from, range.to] : [];
    const lines = explaining(this.#db.name, () =>
      this.#db
        .prepare<number[], SavingLine>(text)
        .safeIntegers(true)
        .all(...values),
    );
    return bookedOf(lines);
  }

  async scans(): Promise<readonly Scan[]> {
    const text = `SELECT s.body FROM recommendation_scan s JOIN cluster c ON c.id = s.cluster_id ORDER BY c.name`;
    return this.#documents<Scan>(text, []);
  }

  #documents<T>(text: string, values: readonly (string | number)[]): readonly T[] {
    return explaining(this.#db.name, () =>
      this.#db
        .prepare<(string | number)[], string>(text)
        .pluck()
        .all(...values)
        .map((body) => JSON.parse(body) as T),
    );
  }
}

function where(restrictions: readonly Restriction[]): {
  readonly sql: string;
  readonly values: readonly string[];
} {
  const used = restrictions.filter(([, alternatives]) => alternatives.length > 0);
  const tests = used.map(([column]) => `${column} IN (SELECT value FROM json_each(?))`);
  return {
    sql: tests.length > 0 ? `WHERE ${tests.join(' AND ')}` : '',
    values: used.map(([, alternatives]) => JSON.stringify(alternatives)),
  };
}
