/** `RecommendationHistory` of every cluster in a PostgreSQL schema. */
import type { TimeRange } from '../../domain/interval.js';
import type { Recommendation, RecommendationEvent, Scan } from '../../domain/recommendations/model.js';
import type {
  BookedSavings,
  EventQuery,
  RecommendationHistory,
  RecommendationQuery,
} from '../../ports/recommendations.js';
import { bookedOf, type SavingLine } from '../savings.js';
import type { Session } from './connection.js';
import { Parameters } from './history-parts.js';

export class PostgresRecommendationHistory implements RecommendationHistory {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async recommendations(query: RecommendationQuery): Promise<readonly Recommendation[]> {
    const parameters = new Parameters();
    const tests = among(parameters, {
      'c.name': query.clusters,
      'r.status': query.statuses,
      'r.type': query.types,
      'r.namespace': query.namespaces,
      'r.workload': query.workloads,
      'r.node': query.nodes,
      'r.id': query.ids,
    });
    return this.#documents<Recommendation>(
      `SELECT r.body FROM recommendation r JOIN cluster c ON c.id = r.cluster_id ${where(tests)} ORDER BY c.name, r.id`,
      parameters,
    );
  }

  async recommendationEvents(query: EventQuery): Promise<readonly RecommendationEvent[]> {
    const parameters = new Parameters();
    const tests = [
      ...among(parameters, { 'c.name': query.clusters, 'e.namespace': query.namespaces, 'e.id': query.ids }),
      ...(query.from === null ? [] : [`e.at >= ${parameters.add(query.from, 'bigint')}`]),
      ...(query.to === null ? [] : [`e.at < ${parameters.add(query.to, 'bigint')}`]),
    ];
    return this.#documents<RecommendationEvent>(
      `SELECT e.body FROM recommendation_event e JOIN cluster c ON c.id = e.cluster_id ${where(tests)}
       ORDER BY e.at DESC, e.number DESC LIMIT ${parameters.add(query.limit, 'bigint')}`,
      parameters,
    );
  }

  async bookedSavings(range: TimeRange | null): Promise<readonly BookedSavings[]> {
    const lines = await this.#session.rows<SavingLine>(
      `SELECT c.name AS cluster, s.id, s.currency, count(*)::numeric AS hours, sum(s.energy) AS energy,
         sum(s.emissions) AS emissions, sum(s.cost) AS cost
       FROM saving s JOIN cluster c ON c.id = s.cluster_id
       WHERE ($1::bigint IS NULL OR s.start >= $1) AND ($2::bigint IS NULL OR s.start < $2)
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      [range?.from ?? null, range?.to ?? null],
    );
    return bookedOf(lines);
  }

  async scans(): Promise<readonly Scan[]> {
    return this.#documents<Scan>(
      'SELECT s.body FROM recommendation_scan s JOIN cluster c ON c.id = s.cluster_id ORDER BY c.name',
      new Parameters(),
    );
  }

  async #documents<T>(text: string, { values }: Parameters): Promise<readonly T[]> {
    const found = await this.#session.rows<{ body: string }>(text, values);
    return found.map(({ body }) => JSON.parse(body) as T);
  }
}

/** One test for each column that is restricted. */
const among = (parameters: Parameters, of: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(of)
    .filter(([, alternatives]) => alternatives.length > 0)
    .map(([column, alternatives]) => `${column} = ANY (${parameters.add(alternatives, 'text[]')})`);

const where = (tests: readonly string[]): string => (tests.length > 0 ? `WHERE ${tests.join(' AND ')}` : '');
