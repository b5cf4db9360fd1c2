/** `Archive` of one cluster in a SQLite file. Every method that writes is one transaction. */
import type { Database } from 'better-sqlite3';
import { DAY, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type {
  Archive,
  ArchivedBucket,
  ArchivedCounter,
  ArchivedInterval,
  ArchivedMark,
  ArchivedRecord,
  ArchiveOutline,
  Restored,
} from '../../ports/archive.js';
import { outcomeOf } from '../commit-outcome.js';
import { archivedInterval, fate, widthOf } from '../archive-form.js';
import type { Target } from '../archive-dialogue.js';
import { putCounter, putRecord } from '../archive-put.js';
import { readers } from '../archive-records.js';
import { toMark } from '../records.js';
import { BucketReader } from './archive-bucket.js';
import { converse } from './archive-dialogue.js';
import { BucketWriter } from './archive-restore.js';
import { explaining, type Writer } from './connection.js';
import type { SqliteLedger } from './ledger.js';
import { MARK_COLUMNS, type MarkRecord } from './records.js';

type Bucket = [cluster: number, from: number, to: number];

const MARKS = `SELECT ${MARK_COLUMNS}, calculation_version calculationVersion,
    (SELECT code FROM currency WHERE id = currency_id) currency
  FROM interval WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`;

const HELD = (day: string) =>
  `EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = ${day}.cluster_id AND h.start >= ${day}.start
     AND h.start < ${day}.start + ${DAY} AND h.held = 1)`;
const HOURS = `SELECT start FROM hour_seal WHERE cluster_id = ? AND start >= ? AND start + ${HOUR} <= ?
  AND raw = 0 AND held = 1 ORDER BY start`;
const DAYS = `SELECT start FROM day_seal d WHERE cluster_id = ? AND start >= ? AND start + ${DAY} <= ?
  AND NOT ${HELD('d')} ORDER BY start`;

export class SqliteArchive implements Archive {
  readonly #writer: Writer;
  readonly #db: Database;
  readonly #ledger: SqliteLedger;
  readonly #target: Target;
  readonly #reader: BucketReader;
  readonly #restorer: BucketWriter;

  /** @param ledger of the same cluster and connection */
  constructor(writer: Writer, cluster: string, step: Seconds, ledger: SqliteLedger) {
    this.#writer = writer;
    this.#db = writer.db;
    this.#ledger = ledger;
    const clusterId = this.#attempt(() =>
      this.#db.prepare<[string], number>('SELECT id FROM cluster WHERE name = ?').pluck().get(cluster)!,
    );
    this.#target = { clusterId, cluster, countersNameCluster: false };
    this.#reader = new BucketReader(this.#db, clusterId);
    this.#restorer = new BucketWriter(this.#db, clusterId, step);
  }

  async outline({ from, to }: TimeRange): Promise<ArchiveOutline> {
    const starts = (sql: string) =>
      this.#db.prepare<Bucket, number>(sql).pluck().all(this.#target.clusterId, from, to).map(epochSeconds);
    return this.#attempt(() => ({ hours: starts(HOURS), days: starts(DAYS) }));
  }

  async interval(start: EpochSeconds): Promise<ArchivedInterval | null> {
    const result = await this.#ledger.interval(start);
    const [mark] = this.#marks(start, start + 1);
    return result && mark ? archivedInterval(mark, result) : null;
  }

  async bucket(grain: 'hour' | 'day', start: EpochSeconds): Promise<ArchivedBucket> {
    const end = start + widthOf({ grain });
    const outline = await this.outline({ from: start, to: epochSeconds(end) });
    const starts = grain === 'hour' ? outline.hours : outline.days;
    if (!starts.includes(start)) throw new RangeError(`no ${grain} from ${start} is held as sums alone`);
    return this.#attempt(() => ({
      ...{ grain, start, marks: this.#marks(start, end) },
      sums: this.#reader.sums(grain, start),
    }));
  }

  async *records(): AsyncGenerator<ArchivedRecord> {
    for (const read of readers) yield* this.#attempt(() => converse(this.#db, read(this.#target)));
  }

  async putInterval({ attempts, committedAt, result }: ArchivedInterval): Promise<Restored> {
    const { start } = result.interval;
    const [held] = this.#marks(start, start + 1);
    const isFinal = this.#restorer.isFinal(start, start + 1);
    const isHeld = held !== undefined && (isFinal || outcomeOf(held, result) === 'unchanged');
    if (!isHeld) await this.#ledger.commit(result, committedAt);
    if ((held?.attempts ?? 0) < attempts) {
      const sql = 'UPDATE interval SET attempts = max(attempts, ?) WHERE cluster_id = ? AND start = ?';
      this.#write(() => this.#db.prepare(sql).run(attempts, this.#target.clusterId, start));
    }
    return isHeld ? 'held' : 'written';
  }

  async putBucket(bucket: ArchivedBucket): Promise<Restored> {
    return this.#write(() => {
      const end = bucket.start + widthOf(bucket);
      const held = this.#marks(bucket.start, end);
      const decided = fate(bucket, held, this.#restorer.isFinal(bucket.start, end));
      if (decided === 'written') this.#restorer.write(bucket, held);
      return decided;
    });
  }

  async putRecords(records: readonly ArchivedRecord[]): Promise<void> {
    this.#write(() => {
      for (const record of records) converse(this.#db, putRecord(this.#target, record));
    });
  }

  async settle(counters: readonly ArchivedCounter[]): Promise<void> {
    this.#write(() => {
      for (const counter of counters) converse(this.#db, putCounter(this.#target, counter, true));
    });
  }

  #marks(from: number, to: number): ArchivedMark[] {
    return this.#attempt(() =>
      this.#db
        .prepare<Bucket, MarkRecord & Pick<ArchivedMark, 'currency' | 'calculationVersion'>>(MARKS)
        .all(this.#target.clusterId, from, to)
        .map((r) => ({ ...toMark(r), currency: r.currency, calculationVersion: r.calculationVersion })),
    );
  }

  /** One durable transaction; the ledger looks its names up anew, should they not have come to be. */
  #write<T>(work: () => T): T {
    this.#writer.assertInPlace();
    this.#restorer.forget();
    return this.#attempt(() => this.#db.transaction(work).immediate());
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}
