import type { TimeRange } from '../../domain/interval.js';
import type { IntervalResult, IntervalState } from '../../domain/model.js';
import { epochSeconds, ratio, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type {
  CommitOutcome,
  Counters,
  IntervalMark,
  Ledger,
  PruneBefore,
  Pruned,
} from '../../ports/ledger.js';
import type { Restatement, Restating, UsedFactors, UsedFilter } from '../../ports/restating.js';
import { assertStorable } from '../check-result.js';
import { outcomeOf } from '../commit-outcome.js';
import { CounterDelta } from '../counter-delta.js';
import { InvalidResultError } from '../errors.js';
import { toMark, toPartialReasons, type MarkRecord } from '../records.js';
import type { Session } from './connection.js';
import { CounterTables } from './counters.js';
import { Dimensions } from './dimensions.js';
import { Facts } from './facts.js';
import { openDays, Pruner } from './prune.js';
import { MARK_COLUMNS } from './records.js';
import { Restatements } from './restatements.js';
import { Seals } from './seals.js';
import type { Writer } from './writer.js';

interface WholeRecord extends MarkRecord {
  readonly currency: string;
  readonly calculationVersion: number;
}

const WHOLE_MARK = `SELECT ${MARK_COLUMNS}, calculation_version AS "calculationVersion",
    (SELECT code FROM currency WHERE id = currency_id) AS currency
  FROM interval_mark WHERE cluster_id = $1`;

/** `Ledger` of one cluster in a PostgreSQL schema. Every method that writes is one transaction, one after the other. */
export class PostgresLedger implements Ledger, Restating {
  readonly #writer: Writer;
  readonly #step: Seconds;
  readonly #clusterId: number;
  readonly #dimensions: Dimensions;
  readonly #facts: Facts;
  readonly #counters: CounterTables;
  readonly #seals: Seals;
  readonly #pruner: Pruner;
  readonly #restatements: Restatements;

  constructor(writer: Writer, step: Seconds) {
    this.#writer = writer;
    this.#step = step;
    this.#clusterId = writer.clusterId;
    this.#dimensions = new Dimensions(this.#clusterId);
    this.#facts = new Facts(this.#clusterId);
    this.#counters = new CounterTables(this.#clusterId);
    this.#seals = new Seals(this.#clusterId, step);
    this.#pruner = new Pruner(this.#clusterId);
    this.#restatements = new Restatements(this.#clusterId);
    writer.onFailure(() => this.#dimensions.forget());
  }

  async marks(range: TimeRange): Promise<readonly IntervalMark[]> {
    const found = await this.#writer.database.rows<MarkRecord>(
      `SELECT ${MARK_COLUMNS} FROM interval_mark WHERE cluster_id = $1 AND start >= $2 AND start < $3 ORDER BY start`,
      [this.#clusterId, range.from, range.to],
    );
    return found.map(toMark);
  }

  async commit(result: IntervalResult, at: EpochSeconds): Promise<CommitOutcome> {
    assertStorable(result, this.#step);
    const { partitions } = this.#writer;
    const outcome = await partitions.with(result.interval.start, () =>
      this.#writer.write((session) => this.#store(session, result, at)),
    );
    if (outcome !== 'unchanged') this.#dimensions.age();
    return outcome;
  }

  async latest(): Promise<IntervalResult | null> {
    return this.#writer.database.snapshot(['pod_usage'], async (session) => {
      const [mark] = await session.rows<WholeRecord>(
        `${WHOLE_MARK} AND state <> 'impossible' ORDER BY start DESC LIMIT 1`,
        [this.#clusterId],
      );
      return mark && !(await this.#seals.isFinal(session, mark.start)) ? this.#whole(session, mark) : null;
    });
  }

  async used(range: TimeRange, filter?: UsedFilter): Promise<readonly UsedFactors[]> {
    return this.#restatements.used(this.#writer.database, range, filter);
  }

  async interval(start: EpochSeconds): Promise<IntervalResult | null> {
    return this.#writer.database.snapshot(['pod_usage'], async (session) => {
      const [mark] = await session.rows<WholeRecord>(`${WHOLE_MARK} AND start = $2`, [
        this.#clusterId,
        start,
      ]);
      return mark && !(await this.#seals.isFinal(session, start)) ? this.#whole(session, mark) : null;
    });
  }

  async restate(result: IntervalResult, restatements: readonly Restatement[]): Promise<void> {
    assertStorable(result, this.#step);
    await this.#writer.write((session) => this.#tellAnew(session, result, restatements));
    this.#dimensions.age();
  }

  async restatements(range: TimeRange): Promise<readonly Restatement[]> {
    return this.#restatements.within(this.#writer.database, range);
  }

  async counters(): Promise<Counters> {
    return this.#writer.database.snapshot([], async (session) => {
      const [intervals] = await session.rows<Record<IntervalState, number>>(
        'SELECT complete, partial, impossible FROM cluster WHERE id = $1',
        [this.#clusterId],
      );
      const restated = await this.#restatements.sums(session);
      return { ...(await this.#counters.read(session)), intervals: intervals!, restated };
    });
  }

  async prune(before: PruneBefore): Promise<Pruned> {
    const { pruned, upTo } = await this.#writer.write((session) => this.#pruner.prune(session, before));
    // What was found and what is kept may no longer be the same.
    if (pruned.hour + pruned.day > 0) this.#dimensions.forget();
    if (upTo !== null) await this.#writer.partitions.dropUnneeded(upTo);
    return pruned;
  }

  async openDays(before: EpochSeconds): Promise<readonly EpochSeconds[]> {
    return openDays(this.#writer.database, this.#clusterId, before);
  }

  async note(key: string): Promise<string | null> {
    const [found] = await this.#writer.database.rows<{ value: string }>(
      'SELECT value FROM note WHERE cluster_id = $1 AND key = $2',
      [this.#clusterId, key],
    );
    return found?.value ?? null;
  }

  async setNote(key: string, value: string): Promise<void> {
    await this.#writer.write((session) =>
      session.rows(
        `INSERT INTO note VALUES ($1, $2, $3) ON CONFLICT (cluster_id, key) DO UPDATE SET value = excluded.value`,
        [this.#clusterId, key, value],
      ),
    );
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  async #store(session: Session, result: IntervalResult, at: EpochSeconds): Promise<CommitOutcome> {
    const { start } = result.interval;
    const [held] = await session.rows<MarkRecord>(
      `SELECT ${MARK_COLUMNS} FROM interval_mark WHERE cluster_id = $1 AND start = $2`,
      [this.#clusterId, start],
    );
    const final = held !== undefined && (await this.#seals.isFinal(session, start));
    const outcome = final ? 'unchanged' : outcomeOf(held && toMark(held), result);
    if (outcome === 'unchanged') {
      await session.rows(
        'UPDATE interval_mark SET attempts = attempts + 1 WHERE cluster_id = $1 AND start = $2',
        [this.#clusterId, start],
      );
    } else {
      await this.#replace(session, result, at, held);
    }
    return outcome;
  }

  async #replace(
    session: Session,
    result: IntervalResult,
    at: EpochSeconds,
    held: MarkRecord | undefined,
  ): Promise<void> {
    const { start } = result.interval;
    const delta = new CounterDelta();
    if (held) await this.#facts.remove(session, start, delta);
    const ids = await this.#dimensions.resolve(session, result);
    await this.#facts.insert(session, result, ids, delta);
    await this.#counters.apply(session, delta, start);
    await this.#putMark(session, result, at, ids.currency, (held?.attempts ?? 0) + 1);
    await this.#seals.update(session, start);
  }

  async #tellAnew(
    session: Session,
    result: IntervalResult,
    restatements: readonly Restatement[],
  ): Promise<void> {
    const { start } = result.interval;
    const key = [this.#clusterId, start];
    const [held] = await session.rows(
      'SELECT 1 FROM interval_mark WHERE cluster_id = $1 AND start = $2',
      key,
    );
    if (!held || (await this.#seals.isFinal(session, start))) {
      throw new InvalidResultError(`refused to restate interval ${start}: the ledger does not have its rows`);
    }
    const delta = new CounterDelta();
    await this.#facts.remove(session, start, delta);
    const ids = await this.#dimensions.resolve(session, result);
    await this.#facts.insert(session, result, ids, delta);
    await this.#counters.apply(session, delta, start);
    await session.rows(
      'UPDATE interval_mark SET revision = $3, currency_id = $4 WHERE cluster_id = $1 AND start = $2',
      [...key, result.revision, ids.currency],
    );
    await this.#restatements.record(session, restatements);
    await this.#seals.update(session, start);
  }

  async #whole(session: Session, mark: WholeRecord): Promise<IntervalResult> {
    return {
      interval: { start: epochSeconds(mark.start), step: seconds(mark.step) },
      state: mark.state,
      coverage: ratio(mark.coverage),
      partialReasons: toPartialReasons(mark.partialReasons),
      currency: mark.currency,
      calculationVersion: mark.calculationVersion,
      revision: mark.revision,
      nodes: await this.#facts.nodes(session, mark.start),
      rows: await this.#facts.rows(session, mark.start),
      containers: await this.#facts.containers(session, mark.start),
    };
  }

  async #putMark(
    session: Session,
    result: IntervalResult,
    at: EpochSeconds,
    currency: number,
    attempts: number,
  ): Promise<void> {
    const { interval, state, coverage, revision, calculationVersion } = result;
    await session.rows(PUT_MARK, [
      ...[this.#clusterId, interval.start, interval.step, state, coverage],
      ...[JSON.stringify(result.partialReasons), revision, attempts, at, currency, calculationVersion],
    ]);
    await session.rows(`UPDATE cluster SET ${state} = ${state} + 1 WHERE id = $1`, [this.#clusterId]);
  }
}

const PUT_MARK = `INSERT INTO interval_mark VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (cluster_id, start) DO UPDATE SET step = excluded.step, state = excluded.state, coverage = excluded.coverage,
    partial_reasons = excluded.partial_reasons, revision = excluded.revision, attempts = excluded.attempts,
    committed_at = excluded.committed_at, currency_id = excluded.currency_id,
    calculation_version = excluded.calculation_version`;
