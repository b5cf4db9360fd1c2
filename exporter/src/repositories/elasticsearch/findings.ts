/** `FindingsStore` and `FindingsHistory`: all findings of a kind are one record, so that they are replaced at once. */
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
import type { Connection } from './connection.js';
import type { HistoryState } from './history-state.js';
import { compare, newest, type RecordDocument, type RecordWriter } from './record-store.js';

type Kept<K extends FindingKind> = RecordDocument<readonly Finding<FindingTypes[K]>[]>;

export const findingsOf = (kind: FindingKind) => `finding ${kind}`;

export class ElasticsearchFindingsStore implements FindingsStore {
  readonly #records: RecordWriter;

  constructor(records: RecordWriter) {
    this.#records = records;
  }

  async replaceFindings<K extends FindingKind>(
    kind: K,
    findings: readonly NewFinding<FindingTypes[K]>[],
    at: EpochSeconds,
  ): Promise<void> {
    const { cluster } = this.#records;
    const twice = findings.find((f, i) => findings.findIndex((other) => other.subject === f.subject) !== i);
    if (twice) throw new RangeError(`two findings of kind ${kind} are about "${twice.subject}"`);
    const body = findings
      .map(({ subject, body: found }) => ({ cluster, subject, at, body: found }))
      .toSorted((a, b) => compare(a.subject, b.subject));
    await this.#records.write(() => [{ what: findingsOf(kind), subject: '', start: at, body }]);
  }

  async storedFindings<K extends FindingKind>(kind: K): Promise<readonly Finding<FindingTypes[K]>[]> {
    const [kept] = (await this.#records.read(findingsOf(kind))) as Kept<K>[];
    return kept?.body ?? [];
  }
}

export class ElasticsearchFindingsHistory implements FindingsHistory {
  readonly #connection: Connection;
  readonly #state: HistoryState;

  constructor(connection: Connection, state: HistoryState) {
    this.#connection = connection;
    this.#state = state;
  }

  async findings<K extends FindingKind>({
    kind,
    clusters,
  }: FindingsQuery<K>): Promise<readonly Finding<FindingTypes[K]>[]> {
    const known = await this.#state.withRecords(clusters);
    const kept = (await newest(this.#connection, findingsOf(kind), known)) as Kept<K>[];
    return kept.flatMap(({ body }) => body);
  }
}
