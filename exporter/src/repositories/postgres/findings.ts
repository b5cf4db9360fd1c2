/** `FindingsStore` and `FindingsHistory` beside the ledgers: one document a subject. */
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
import type { Session } from './connection.js';
import type { Writer } from './writer.js';

async function read<K extends FindingKind>(
  session: Session,
  kind: K,
  clusters: readonly string[],
): Promise<readonly Finding<FindingTypes[K]>[]> {
  const found = await session.rows<FindingRecord>(
    `SELECT c.name AS cluster, f.subject, f.at, f.body FROM finding f JOIN cluster c ON c.id = f.cluster_id
     WHERE f.kind = $1 AND ($2::text[] IS NULL OR c.name = ANY ($2)) ORDER BY c.name, f.subject`,
    [kind, clusters.length > 0 ? clusters : null],
  );
  return found.map((r) => toFinding<FindingTypes[K]>(r));
}

export class PostgresFindingsStore implements FindingsStore {
  readonly #writer: Writer;
  readonly #cluster: string;

  constructor(writer: Writer, cluster: string) {
    this.#writer = writer;
    this.#cluster = cluster;
  }

  async replaceFindings<K extends FindingKind>(
    kind: K,
    findings: readonly NewFinding<FindingTypes[K]>[],
    at: EpochSeconds,
  ): Promise<void> {
    const { clusterId } = this.#writer;
    await this.#writer.write(async (session) => {
      await session.rows('DELETE FROM finding WHERE cluster_id = $1 AND kind = $2', [clusterId, kind]);
      await session.rows(
        `INSERT INTO finding (cluster_id, kind, subject, at, body)
         SELECT $1, $2, u.subject, $3, u.body FROM unnest($4::text[], $5::text[]) u (subject, body)`,
        [clusterId, kind, at, findings.map((f) => f.subject), findings.map((f) => JSON.stringify(f.body))],
      );
    });
  }

  async storedFindings<K extends FindingKind>(kind: K): Promise<readonly Finding<FindingTypes[K]>[]> {
    return read(this.#writer.database, kind, [this.#cluster]);
  }
}

export class PostgresFindingsHistory implements FindingsHistory {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async findings<K extends FindingKind>({
    kind,
    clusters,
  }: FindingsQuery<K>): Promise<readonly Finding<FindingTypes[K]>[]> {
    return read(this.#session, kind, clusters);
  }
}
