/** `FindingsStore` and `FindingsHistory` in the ledger's own file: one document a subject. */
import type { Database } from 'better-sqlite3';
import type { EpochSeconds } from '../../domain/units.js';
import type {
  Finding,
  FindingKind,
  FindingsHistory,
  FindingsQuery,
  FindingsStore,
  FindingTypes,
  NewFinding,
} from '../../ports/findings.js';
import { toFinding, type FindingRecord } from '../finding-record.js';
import { explaining } from './connection.js';

const SELECT = `SELECT c.name cluster, f.subject, f.at, f.body FROM finding f JOIN cluster c ON c.id = f.cluster_id
  WHERE f.kind = ?`;
const ORDER = 'ORDER BY c.name, f.subject';

function read<K extends FindingKind>(
  db: Database,
  kind: K,
  clusters: readonly string[],
): readonly Finding<FindingTypes[K]>[] {
  const only = clusters.length > 0 ? 'AND c.name IN (SELECT value FROM json_each(?))' : '';
  const values = clusters.length > 0 ? [kind, JSON.stringify(clusters)] : [kind];
  return explaining(db.name, () =>
    db
      .prepare<string[], FindingRecord>(`${SELECT} ${only} ${ORDER}`)
      .all(...values)
      .map((r) => toFinding<FindingTypes[K]>(r)),
  );
}

export class SqliteFindingsStore implements FindingsStore {
  readonly #db: Database;
  readonly #cluster: string;

  /** @param db the ledger's connection; the cluster is one that its ledger has registered */
  constructor(db: Database, cluster: string) {
    this.#db = db;
    this.#cluster = cluster;
  }

  async replaceFindings<K extends FindingKind>(
    kind: K,
    findings: readonly NewFinding<FindingTypes[K]>[],
    at: EpochSeconds,
  ): Promise<void> {
    const mine = '(SELECT id FROM cluster WHERE name = ?)';
    explaining(this.#db.name, () => {
      const clear = this.#db.prepare(`DELETE FROM finding WHERE cluster_id = ${mine} AND kind = ?`);
      const put = this.#db.prepare(
        `INSERT INTO finding (cluster_id, kind, subject, at, body) VALUES (${mine}, ?, ?, ?, ?)`,
      );
      this.#db
        .transaction(() => {
          clear.run(this.#cluster, kind);
          for (const { subject, body } of findings) {
            put.run(this.#cluster, kind, subject, at, JSON.stringify(body));
          }
        })
        .immediate();
    });
  }

  async storedFindings<K extends FindingKind>(kind: K): Promise<readonly Finding<FindingTypes[K]>[]> {
    return read(this.#db, kind, [this.#cluster]);
  }
}

export class SqliteFindingsHistory implements FindingsHistory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async findings<K extends FindingKind>({
    kind,
    clusters,
  }: FindingsQuery<K>): Promise<readonly Finding<FindingTypes[K]>[]> {
    return read(this.#db, kind, clusters);
  }
}
