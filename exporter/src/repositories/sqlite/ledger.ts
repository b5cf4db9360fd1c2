import type { Database, Statement } from 'better-sqlite3';
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
import { DatabaseError, InvalidResultError } from '../errors.js';
import { explaining, type Writer } from './connection.js';
import { CounterDelta } from '../counter-delta.js';
import { CounterTables } from './counters.js';
import { Dimensions } from './dimensions.js';
import { Facts } from './facts.js';
import { openDays, Pruner } from './prune.js';
import { MARK_COLUMNS, toMark, toPartialReasons, type MarkRecord } from './records.js';
import { Restatements } from './restatements.js';
import { Seals } from './seals.js';

interface LatestRecord extends MarkRecord {
  readonly currency: string;
  readonly calculationVersion: number;
}

/** `Ledger` of one cluster in a SQLite file. Every method is one transaction. */
export class SqliteLedger implements Ledger, Restating {
  readonly #writer: Writer;
  readonly #db: Database;
  readonly #step: Seconds;
  readonly #clusterId: number;
  readonly #dimensions: Dimensions;
  readonly #facts: Facts;
  readonly #counters: CounterTables;
  readonly #seals: Seals;
  readonly #pruner: Pruner;
  readonly #restatements: Restatements;
  readonly #mark: Statement<[number, number], MarkRecord>;

  /** @throws DatabaseError "other-step" when the ledger of this cluster was begun with another step */
  constructor(writer: Writer, cluster: string, step: Seconds) {
    this.#writer = writer;
    this.#db = writer.db;
    this.#step = step;
    this.#clusterId = this.#attempt(() => registerCluster(this.#db, cluster, step));
    this.#dimensions = new Dimensions(this.#db, this.#clusterId);
    this.#facts = new Facts(this.#db, this.#clusterId, step, this.#dimensions);
    this.#counters = new CounterTables(this.#db, this.#clusterId);
    this.#seals = new Seals(this.#db, this.#clusterId, step);
    this.#pruner = new Pruner(this.#db, this.#clusterId);
    this.#restatements = new Restatements(this.#db, this.#clusterId);
    this.#mark = this.#db.prepare(`SELECT ${MARK_COLUMNS} FROM interval WHERE cluster_id = ? AND start = ?`);
  }

  async marks(range: TimeRange): Promise<readonly IntervalMark[]> {
    const sql = `SELECT ${MARK_COLUMNS} FROM interval WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`;
    return this.#attempt(() =>
      this.#db
        .prepare<[number, number, number], MarkRecord>(sql)
        .all(this.#clusterId, range.from, range.to)
        .map(toMark),
    );
  }

  async commit(result: IntervalResult, at: EpochSeconds): Promise<CommitOutcome> {
    assertStorable(result, this.#step);
    const outcome = this.#write(() => this.#store(result, at));
    if (outcome !== 'unchanged') this.#dimensions.age();
    return outcome;
  }

  async latest(): Promise<IntervalResult | null> {
    return this.#attempt(() => {
      const sql = `${WHOLE_MARK} AND state <> 'impossible' ORDER BY start DESC LIMIT 1`;
      const mark = this.#db.prepare<[number], LatestRecord>(sql).get(this.#clusterId);
      return mark && !this.#seals.isFinal(mark.start) ? this.#whole(mark) : null;
    });
  }

  async used(range: TimeRange, filter?: UsedFilter): Promise<readonly UsedFactors[]> {
    return this.#attempt(() => this.#restatements.used(range, filter));
  }

  async interval(start: EpochSeconds): Promise<IntervalResult | null> {
    return this.#attempt(() => {
      const sql = `${WHOLE_MARK} AND start = ?`;
      const mark = this.#db.prepare<[number, number], LatestRecord>(sql).get(this.#clusterId, start);
      return mark && !this.#seals.isFinal(start) ? this.#whole(mark) : null;
    });
  }

  async restate(result: IntervalResult, restatements: readonly Restatement[]): Promise<void> {
    assertStorable(result, this.#step);
    this.#write(() => this.#tellAnew(result, restatements));
    this.#dimensions.age();
  }

  async restatements(range: TimeRange): Promise<readonly Restatement[]> {
    return this.#attempt(() => this.#restatements.within(range));
  }

  async counters(): Promise<Counters> {
    return this.#attempt(() => {
      const intervals = this.#db
        .prepare<[number], Record<IntervalState, number>>(
          'SELECT complete, partial, impossible FROM cluster WHERE id = ?',
        )
        .get(this.#clusterId)!;
      return { ...this.#counters.read(), intervals, restated: this.#restatements.sums() };
    });
  }

  async prune(before: PruneBefore): Promise<Pruned> {
    const pruned = this.#write(() => this.#pruner.prune(before));
    if (pruned.day > 0) this.#dimensions.forget();
    return pruned;
  }

  async openDays(before: EpochSeconds): Promise<readonly EpochSeconds[]> {
    return this.#attempt(() => openDays(this.#db, this.#clusterId, before));
  }

  async note(key: string): Promise<string | null> {
    const sql = 'SELECT value FROM note WHERE cluster_id = ? AND key = ?';
    return this.#attempt(
      () => this.#db.prepare<[number, string], string>(sql).pluck().get(this.#clusterId, key) ?? null,
    );
  }

  async setNote(key: string, value: string): Promise<void> {
    this.#write(() =>
      this.#run('INSERT OR REPLACE INTO note VALUES (?, ?, ?)', [this.#clusterId, key, value]),
    );
  }

  async close(): Promise<void> {
    this.#writer.close();
  }

  #store(result: IntervalResult, at: EpochSeconds): CommitOutcome {
    const held = this.#mark.get(this.#clusterId, result.interval.start);
    const final = held !== undefined && this.#seals.isFinal(held.start);
    const outcome = final ? 'unchanged' : outcomeOf(held && toMark(held), result);
    if (outcome === 'unchanged') {
      this.#run('UPDATE interval SET attempts = attempts + 1 WHERE cluster_id = ? AND start = ?', [
        this.#clusterId,
        result.interval.start,
      ]);
      return outcome;
    }
    const delta = new CounterDelta();
    if (held) this.#remove(held, delta);
    this.#facts.insert(result, delta);
    this.#counters.apply(delta, result.interval.start);
    this.#insertMark(result, at, (held?.attempts ?? 0) + 1);
    this.#seals.update(result.interval.start);
    return outcome;
  }

  #tellAnew(result: IntervalResult, restatements: readonly Restatement[]): void {
    const { start } = result.interval;
    if (!this.#mark.get(this.#clusterId, start) || this.#seals.isFinal(start)) {
      throw new InvalidResultError(`refused to restate interval ${start}: the ledger does not have its rows`);
    }
    const delta = new CounterDelta();
    this.#facts.remove(start, delta);
    this.#facts.insert(result, delta);
    this.#counters.apply(delta, start);
    const sql = 'UPDATE interval SET revision = ?, currency_id = ? WHERE cluster_id = ? AND start = ?';
    this.#run(sql, [result.revision, this.#dimensions.currency(result.currency), this.#clusterId, start]);
    this.#restatements.record(restatements);
    this.#seals.update(start);
  }

  #whole(mark: LatestRecord): IntervalResult {
    return {
      interval: { start: epochSeconds(mark.start), step: seconds(mark.step) },
      state: mark.state,
      coverage: ratio(mark.coverage),
      partialReasons: toPartialReasons(mark.partialReasons),
      currency: mark.currency,
      calculationVersion: mark.calculationVersion,
      revision: mark.revision,
      nodes: this.#facts.nodes(mark.start),
      rows: this.#facts.rows(mark.start),
      containers: this.#facts.containers(mark.start),
    };
  }

  #remove(held: MarkRecord, delta: CounterDelta): void {
    this.#facts.remove(held.start, delta);
    this.#run('DELETE FROM interval WHERE cluster_id = ? AND start = ?', [this.#clusterId, held.start]);
  }

  #insertMark(result: IntervalResult, at: EpochSeconds, attempts: number): void {
    const { interval, state, coverage, revision, calculationVersion } = result;
    this.#run('INSERT INTO interval VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      this.#clusterId,
      interval.start,
      interval.step,
      state,
      coverage,
      JSON.stringify(result.partialReasons),
      revision,
      attempts,
      at,
      this.#dimensions.currency(result.currency),
      calculationVersion,
    ]);
    this.#run(`UPDATE cluster SET ${state} = ${state} + 1 WHERE id = ?`, [this.#clusterId]);
  }

  #run(sql: string, values: (string | number)[]): void {
    this.#db.prepare(sql).run(...values);
  }

  /** One durable transaction; whatever fails in it leaves nothing, in the file and in memory. */
  #write<T>(work: () => T): T {
    try {
      this.#writer.assertInPlace();
      return this.#attempt(() => this.#db.transaction(work).immediate());
    } catch (error) {
      this.#dimensions.forget();
      throw error;
    }
  }

  #attempt<T>(work: () => T): T {
    return explaining(this.#db.name, work);
  }
}

const WHOLE_MARK = `SELECT ${MARK_COLUMNS}, calculation_version calculationVersion,
    (SELECT code FROM currency WHERE id = currency_id) currency
  FROM interval WHERE cluster_id = ?`;

function registerCluster(db: Database, cluster: string, step: Seconds): number {
  return db
    .transaction(() => {
      db.prepare('INSERT INTO cluster (name, step) VALUES (?, ?) ON CONFLICT DO NOTHING').run(cluster, step);
      const found = db
        .prepare<[string], { id: number; step: number; used: number }>(
          'SELECT id, step, complete + partial + impossible > 0 used FROM cluster WHERE name = ?',
        )
        .get(cluster)!;
      if (found.used && found.step !== step) {
        throw new DatabaseError(
          'other-step',
          `${db.name} holds intervals of ${found.step} s for cluster ${cluster}, and the step is now ${step} s; ` +
            'keep the step or name another file',
        );
      }
      db.prepare('UPDATE cluster SET step = ? WHERE id = ?').run(step, found.id);
      return found.id;
    })
    .immediate();
}
