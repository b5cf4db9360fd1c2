/** `Archive` of one cluster in a PostgreSQL schema. Every method that writes is one transaction of the ledger's writer. */
import { DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
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
import { archivedInterval, fate, widthOf } from '../archive-form.js';
import type { Dialogue, Target } from '../archive-dialogue.js';
import { putCounter, putRecord } from '../archive-put.js';
import { readers } from '../archive-records.js';
import { outcomeOf } from '../commit-outcome.js';
import { toMark, type MarkRecord } from '../records.js';
import { readSums } from './archive-bucket.js';
import { BucketWriter } from './archive-restore.js';
import type { Session } from './connection.js';
import type { PostgresLedger } from './ledger.js';
import { MARK_COLUMNS } from './records.js';
import type { Writer } from './writer.js';

const MARKS = `SELECT ${MARK_COLUMNS}, calculation_version AS "calculationVersion",
    (SELECT code FROM currency WHERE id = currency_id) AS currency
  FROM interval_mark WHERE cluster_id = $1 AND start >= $2 AND start < $3 ORDER BY start`;
const HOURS = `SELECT start FROM hour_seal WHERE cluster_id = $1 AND start >= $2 AND start + ${HOUR} <= $3
  AND NOT raw AND held ORDER BY start`;
const DAYS = `SELECT start FROM day_seal d WHERE cluster_id = $1 AND start >= $2 AND start + ${DAY} <= $3
  AND NOT EXISTS (SELECT 1 FROM hour_seal h WHERE h.cluster_id = d.cluster_id AND h.start >= d.start
    AND h.start < d.start + ${DAY} AND h.held) ORDER BY start`;
const FINAL =
  'SELECT 1 FROM hour_seal WHERE cluster_id = $1 AND start >= $2 AND start < $3 AND NOT raw LIMIT 1';

export class PostgresArchive implements Archive {
  readonly #writer: Writer;
  readonly #ledger: PostgresLedger;
  readonly #target: Target;
  readonly #restorer: BucketWriter;

  /** @param ledger of the same writer */
  constructor(writer: Writer, cluster: string, step: Seconds, ledger: PostgresLedger) {
    this.#writer = writer;
    this.#ledger = ledger;
    this.#target = { clusterId: writer.clusterId, cluster, countersNameCluster: true };
    this.#restorer = new BucketWriter(writer.clusterId, step);
  }

  async outline({ from, to }: TimeRange): Promise<ArchiveOutline> {
    const starts = async (sql: string) => {
      const found = await this.#writer.database.rows<{ start: number }>(sql, [
        this.#target.clusterId,
        from,
        to,
      ]);
      return found.map(({ start }) => epochSeconds(start));
    };
    return { hours: await starts(HOURS), days: await starts(DAYS) };
  }

  async interval(start: EpochSeconds): Promise<ArchivedInterval | null> {
    const result = await this.#ledger.interval(start);
    const [mark] = await this.#marks(this.#writer.database, start, start + 1);
    return result && mark ? archivedInterval(mark, result) : null;
  }

  async bucket(grain: 'hour' | 'day', start: EpochSeconds): Promise<ArchivedBucket> {
    const end = epochSeconds(start + widthOf({ grain }));
    const outline = await this.outline({ from: start, to: end });
    const starts = grain === 'hour' ? outline.hours : outline.days;
    if (!starts.includes(start)) throw new RangeError(`no ${grain} from ${start} is held as sums alone`);
    const { clusterId } = this.#target;
    return this.#writer.database.snapshot(['pod_hour'], async (session) => ({
      ...{ grain, start, marks: await this.#marks(session, start, end) },
      sums: await readSums(session, { clusterId, grain, start, end }),
    }));
  }

  async *records(): AsyncGenerator<ArchivedRecord> {
    for (const read of readers) yield* await converse(this.#writer.database, read(this.#target));
  }

  async putInterval({ attempts, committedAt, result }: ArchivedInterval): Promise<Restored> {
    const { start } = result.interval;
    const { database } = this.#writer;
    const [held] = await this.#marks(database, start, start + 1);
    const isFinal = await this.#isFinal(database, start, start + 1);
    const isHeld = held !== undefined && (isFinal || outcomeOf(held, result) === 'unchanged');
    if (!isHeld) await this.#ledger.commit(result, committedAt);
    if ((held?.attempts ?? 0) < attempts) {
      await this.#write((session) =>
        session.rows(
          'UPDATE interval_mark SET attempts = greatest(attempts, $3) WHERE cluster_id = $1 AND start = $2',
          [this.#target.clusterId, start, attempts],
        ),
      );
    }
    return isHeld ? 'held' : 'written';
  }

  async putBucket(bucket: ArchivedBucket): Promise<Restored> {
    const end = bucket.start + widthOf(bucket);
    const write = () =>
      this.#write(async (session) => {
        const held = await this.#marks(session, bucket.start, end);
        const decided = fate(bucket, held, await this.#isFinal(session, bucket.start, end));
        if (decided === 'written') await this.#restorer.write(session, bucket, held);
        return decided;
      });
    return bucket.grain === 'hour' ? this.#writer.partitions.with(bucket.start, write) : write();
  }

  async putRecords(records: readonly ArchivedRecord[]): Promise<void> {
    await this.#write(async (session) => {
      for (const record of records) await converse(session, putRecord(this.#target, record));
    });
  }

  async settle(counters: readonly ArchivedCounter[]): Promise<void> {
    await this.#write(async (session) => {
      for (const counter of counters) await converse(session, putCounter(this.#target, counter, true));
    });
  }

  #write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#writer.write((session) => {
      // Another transaction may have taken names away.
      this.#restorer.forget();
      return work(session);
    });
  }

  async #isFinal(session: Session, from: number, to: number): Promise<boolean> {
    return (await session.rows(FINAL, [this.#target.clusterId, floorTo(from, HOUR), to])).length > 0;
  }

  async #marks(session: Session, from: number, to: number): Promise<ArchivedMark[]> {
    const found = await session.rows<MarkRecord & Pick<ArchivedMark, 'currency' | 'calculationVersion'>>(
      MARKS,
      [...[this.#target.clusterId, from, to]],
    );
    return found.map((r) => ({
      ...toMark(r),
      currency: r.currency,
      calculationVersion: r.calculationVersion,
    }));
  }
}

async function converse<T>(session: Session, dialogue: Dialogue<T>): Promise<T> {
  let turn = dialogue.next();
  while (turn.done !== true) turn = dialogue.next(await session.rows(turn.value.text, turn.value.values));
  return turn.value;
}
