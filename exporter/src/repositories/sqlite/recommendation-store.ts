/** `RecommendationStore` in the ledger's own file. */
import type { Database } from 'better-sqlite3';
import type { Recommendation, Scan } from '../../domain/recommendations/model.js';
import type { Baseline } from '../../domain/recommendations/realised.js';
import type {
  KeptRecommendation,
  RecommendationChange,
  RecommendationStore,
  SavingsCounter,
} from '../../ports/recommendations.js';
import { countersOf, EMISSIONS, type ShownRecord } from '../savings.js';
import { explaining } from './connection.js';

interface KeptRecord {
  readonly body: string;
  readonly baseline: string | null;
}

/** What verified recommendations have saved in all; what has been shown stays where that is less. */
const SHOW = `INSERT INTO saving_shown (cluster_id, namespace, type, unit, amount)
  SELECT cluster_id, namespace, type, unit, max(0, sum(amount)) FROM (
    SELECT s.cluster_id, r.namespace, r.type, '${EMISSIONS}' unit, s.emissions amount
    FROM recommendation r JOIN saving s ON s.cluster_id = r.cluster_id AND s.id = r.id
    WHERE r.cluster_id = @cluster AND r.verdict = 'verified'
    UNION ALL
    SELECT s.cluster_id, r.namespace, r.type, s.currency, s.cost
    FROM recommendation r JOIN saving s ON s.cluster_id = r.cluster_id AND s.id = r.id
    WHERE r.cluster_id = @cluster AND r.verdict = 'verified' AND s.cost IS NOT NULL
  ) GROUP BY namespace, type, unit
  ON CONFLICT DO UPDATE SET amount = max(amount, excluded.amount)`;

export class SqliteRecommendationStore implements RecommendationStore {
  readonly #db: Database;
  readonly #clusterId: number;

  /** @param db the ledger's connection; the cluster is one that its ledger has registered */
  constructor(db: Database, cluster: string) {
    this.#db = db;
    this.#clusterId = explaining(db.name, () =>
      db.prepare<[string], number>('SELECT id FROM cluster WHERE name = ?').pluck().get(cluster)!,
    );
  }

  async keptRecommendations(): Promise<readonly KeptRecommendation[]> {
    const sql = 'SELECT body, baseline FROM recommendation WHERE cluster_id = ? ORDER BY id';
    return this.#attempt(() =>
      this.#db
        .prepare<[number], KeptRecord>(sql)
        .all(this.#clusterId)
        .map(({ body, baseline }) => ({
          recommendation: JSON.parse(body) as Recommendation,
          baseline: baseline === null ? null : (JSON.parse(baseline) as Baseline),
        })),
    );
  }

  async changeRecommendations(change: RecommendationChange): Promise<void> {
    this.#attempt(() =>
      this.#db
        .transaction(() => {
          this.#keep(change.kept);
          this.#note(change.events);
          this.#book(change.bookings);
          if (change.scan) this.#mark(change.scan);
          if (change.kept.length > 0 || change.bookings.length > 0) {
            this.#db.prepare(SHOW).run({ cluster: this.#clusterId });
          }
        })
        .immediate(),
    );
  }

  async lastScan(): Promise<Scan | null> {
    const sql = 'SELECT body FROM recommendation_scan WHERE cluster_id = ?';
    return this.#attempt(() => {
      const body = this.#db.prepare<[number], string>(sql).pluck().get(this.#clusterId);
      return body === undefined ? null : (JSON.parse(body) as Scan);
    });
  }

  async savingsCounters(): Promise<readonly SavingsCounter[]> {
    const sql =
      'SELECT namespace, type, unit, amount FROM saving_shown WHERE cluster_id = ? ORDER BY namespace, unit';
    const records = this.#attempt(() =>
      this.#db.prepare<[number], ShownRecord>(sql).safeIntegers(true).all(this.#clusterId),
    );
    return countersOf(records);
  }

  #keep(kept: RecommendationChange['kept']): void {
    const put = this.#db.prepare(
      'INSERT OR REPLACE INTO recommendation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const { recommendation: r, baseline } of kept) {
      const { namespace, workload, node } = r.target;
      const verdict = r.realised?.verdict ?? null;
      const stored = baseline && JSON.stringify(baseline);
      put.run(
        this.#clusterId,
        r.id,
        r.type,
        r.status,
        namespace,
        workload,
        node,
        verdict,
        JSON.stringify(r),
        stored,
      );
    }
  }

  #note(events: RecommendationChange['events']): void {
    const put = this.#db.prepare(
      'INSERT INTO recommendation_event (cluster_id, id, at, namespace, body) VALUES (?, ?, ?, ?, ?)',
    );
    for (const e of events) put.run(this.#clusterId, e.id, e.at, e.target.namespace, JSON.stringify(e));
  }

  #book(bookings: RecommendationChange['bookings']): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO saving VALUES (?, ?, ?, ?, ?, ?, ?)');
    for (const b of bookings) {
      put.run(this.#clusterId, b.id, b.start, b.millijoules, b.micrograms, b.nanoCurrency, b.currency);
    }
  }

  #mark(scan: Scan): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO recommendation_scan VALUES (?, ?)')
      .run(this.#clusterId, JSON.stringify(scan));
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}
