/** `RecommendationStore` beside the ledger. */
import type { Recommendation, Scan } from '../../domain/recommendations/model.js';
import type { Baseline } from '../../domain/recommendations/realised.js';
import type {
  KeptRecommendation,
  RecommendationChange,
  RecommendationStore,
  SavingsCounter,
} from '../../ports/recommendations.js';
import { countersOf, EMISSIONS, type ShownRecord } from '../savings.js';
import { numbers } from './arrays.js';
import type { Session } from './connection.js';
import type { Writer } from './writer.js';

const KEEP = `INSERT INTO recommendation
  SELECT $1::int, u.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[]) u
  ON CONFLICT (cluster_id, id) DO UPDATE SET type = excluded.type, status = excluded.status, namespace = excluded.namespace,
    workload = excluded.workload, node = excluded.node, verdict = excluded.verdict, body = excluded.body,
    baseline = excluded.baseline`;

const NOTE = `INSERT INTO recommendation_event (cluster_id, id, at, namespace, body)
  SELECT $1::int, u.id, u.at, u.namespace, u.body
  FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY u (id, at, namespace, body, n) ORDER BY u.n`;

const BOOK = `INSERT INTO saving
  SELECT $1::int, u.* FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[]) u
  ON CONFLICT (cluster_id, id, start) DO UPDATE SET energy = excluded.energy, emissions = excluded.emissions,
    cost = excluded.cost, currency = excluded.currency`;

const MARK = `INSERT INTO recommendation_scan VALUES ($1, $2)
  ON CONFLICT (cluster_id) DO UPDATE SET body = excluded.body`;

/** What verified recommendations have saved in all; what has been shown stays where that is less. */
const SHOW = `INSERT INTO saving_shown AS k (cluster_id, namespace, type, unit, amount)
  SELECT $1::int, namespace, type, unit, greatest(0, sum(amount)) FROM (
    SELECT r.namespace, r.type, '${EMISSIONS}' AS unit, s.emissions AS amount
    FROM recommendation r JOIN saving s ON s.cluster_id = r.cluster_id AND s.id = r.id
    WHERE r.cluster_id = $1 AND r.verdict = 'verified'
    UNION ALL
    SELECT r.namespace, r.type, s.currency, s.cost
    FROM recommendation r JOIN saving s ON s.cluster_id = r.cluster_id AND s.id = r.id
    WHERE r.cluster_id = $1 AND r.verdict = 'verified' AND s.cost IS NOT NULL
  ) u GROUP BY namespace, type, unit
  ON CONFLICT (cluster_id, namespace, type, unit) DO UPDATE SET amount = greatest(k.amount, excluded.amount)`;

export class PostgresRecommendationStore implements RecommendationStore {
  readonly #writer: Writer;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  async keptRecommendations(): Promise<readonly KeptRecommendation[]> {
    const found = await this.#writer.database.rows<{ body: string; baseline: string | null }>(
      'SELECT body, baseline FROM recommendation WHERE cluster_id = $1 ORDER BY id',
      [this.#writer.clusterId],
    );
    return found.map(({ body, baseline }) => ({
      recommendation: JSON.parse(body) as Recommendation,
      baseline: baseline === null ? null : (JSON.parse(baseline) as Baseline),
    }));
  }

  async changeRecommendations({ kept, events, bookings, scan }: RecommendationChange): Promise<void> {
    const cluster = this.#writer.clusterId;
    await this.#writer.write(async (session) => {
      await keep(session, cluster, kept);
      await session.rows(NOTE, [
        cluster,
        events.map((e) => e.id),
        numbers(events.map((e) => e.at)),
        events.map((e) => e.target.namespace),
        events.map((e) => JSON.stringify(e)),
      ]);
      await book(session, cluster, bookings);
      if (scan) await session.rows(MARK, [cluster, JSON.stringify(scan)]);
      if (kept.length > 0 || bookings.length > 0) await session.rows(SHOW, [cluster]);
    });
  }

  async lastScan(): Promise<Scan | null> {
    const [found] = await this.#writer.database.rows<{ body: string }>(
      'SELECT body FROM recommendation_scan WHERE cluster_id = $1',
      [this.#writer.clusterId],
    );
    return found ? (JSON.parse(found.body) as Scan) : null;
  }

  async savingsCounters(): Promise<readonly SavingsCounter[]> {
    const records = await this.#writer.database.rows<ShownRecord>(
      'SELECT namespace, type, unit, amount FROM saving_shown WHERE cluster_id = $1 ORDER BY namespace, unit',
      [this.#writer.clusterId],
    );
    return countersOf(records);
  }
}

async function keep(session: Session, cluster: number, kept: RecommendationChange['kept']): Promise<void> {
  const all = lastOfEach(kept, ({ recommendation }) => recommendation.id);
  const of = (value: (k: KeptRecommendation) => string | null) => all.map(value);
  await session.rows(KEEP, [
    cluster,
    of((k) => k.recommendation.id),
    of((k) => k.recommendation.type),
    of((k) => k.recommendation.status),
    of((k) => k.recommendation.target.namespace),
    of((k) => k.recommendation.target.workload),
    of((k) => k.recommendation.target.node),
    of((k) => k.recommendation.realised?.verdict ?? null),
    of((k) => JSON.stringify(k.recommendation)),
    of((k) => k.baseline && JSON.stringify(k.baseline)),
  ]);
}

async function book(
  session: Session,
  cluster: number,
  bookings: RecommendationChange['bookings'],
): Promise<void> {
  const all = lastOfEach(bookings, (b) => `${b.id} ${b.start}`);
  await session.rows(BOOK, [
    cluster,
    all.map((b) => b.id),
    numbers(all.map((b) => b.start)),
    numbers(all.map((b) => b.millijoules)),
    numbers(all.map((b) => b.micrograms)),
    numbers(all.map((b) => b.nanoCurrency)),
    all.map((b) => b.currency),
  ]);
}

/** One statement may not change a row twice. */
const lastOfEach = <T>(values: readonly T[], key: (value: T) => string): T[] => [
  ...new Map(values.map((value) => [key(value), value])).values(),
];
