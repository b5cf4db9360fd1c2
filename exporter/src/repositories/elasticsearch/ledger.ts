import { DAY, type TimeRange } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
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
import { InvalidResultError } from '../errors.js';
import type { Connection } from './connection.js';
import { CounterStore, takenRows } from './counters.js';
import { documentsOf, readContainers, readNodeRows, readRows } from './facts.js';
import { Days } from './days.js';
import type { Amendment, Draft, LedgerState } from './draft.js';
import type { Head, HeadChange, Journal } from './journal.js';
import type { Lease } from './lease.js';
import { dayOf, toMark, type Manifest, type StoredMark } from './manifest.js';
import { markOf, markToldAnew, type Destination } from './marks.js';
import { noteId } from './names.js';
import { bucketsAround, planPrune, Sweeper } from './prune.js';
import { Seals } from './seals.js';
import { readUsed, Restatements } from './restatements.js';

export interface LedgerParts {
  readonly connection: Connection;
  readonly cluster: string;
  readonly step: Seconds;
  readonly lease: Lease;
  readonly journal: Journal;
}

/** `Ledger` of one cluster in Elasticsearch. One call at a time; each is one transaction (see `Journal`). */
export class ElasticsearchLedger implements Ledger, Restating {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #step: Seconds;
  readonly #lease: Lease;
  readonly #journal: Journal;
  readonly #seals: Seals;
  readonly #restatements: Restatements;
  #days: Days;
  #counters: CounterStore;
  #sweeper: Sweeper;
  /** Whether a commit failed, so that what is in memory may not be what counts. */
  #isStale = false;
  /** Generations that have failed since the last commit. */
  #voided: number[] = [];
  /** The first generation that was written since searches were last brought up to date; null: none was. */
  #hidden: number | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    { connection, cluster, step, lease, journal }: LedgerParts,
    days: Days,
    counters: CounterStore,
  ) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#step = step;
    this.#lease = lease;
    this.#journal = journal;
    this.#seals = new Seals(connection, cluster, step);
    this.#restatements = new Restatements(connection, cluster, journal);
    this.#days = days;
    this.#counters = counters;
    this.#sweeper = new Sweeper(connection, cluster, days);
  }

  static async open(parts: LedgerParts): Promise<ElasticsearchLedger> {
    const { connection, cluster, journal } = parts;
    await journal.settle();
    const days = await Days.open(connection, cluster, journal.head.changed);
    const counters = await CounterStore.open(connection, cluster, journal);
    const ledger = new ElasticsearchLedger(parts, days, counters);
    ledger.#hidden = 0;
    return ledger;
  }

  marks(range: TimeRange): Promise<readonly IntervalMark[]> {
    return this.#inTurn(async () => {
      const days = await this.#daysWithin(range);
      return days.flatMap((manifest) => manifest.marksIn(range.from, range.to).map(toMark));
    });
  }

  async commit(result: IntervalResult, at: EpochSeconds): Promise<CommitOutcome> {
    assertStorable(result, this.#step);
    return this.#inTurn(async () => {
      const { start } = result.interval;
      const day = await this.#days.of(start);
      const held = day.marks.get(start);
      const outcome = held && day.isFinal(start) ? 'unchanged' : outcomeOf(held, result);
      const attempts = (held?.attempts ?? 0) + 1;
      await this.#attempt((gen) =>
        outcome === 'unchanged'
          ? Promise.resolve(this.#countAttempt(day, { ...held!, attempts }, gen))
          : this.#store(result, held, { day, at, attempts, gen }),
      );
      return outcome;
    });
  }

  latest(): Promise<IntervalResult | null> {
    return this.#inTurn(async () => {
      const { last } = this.#journal.head;
      if (last === null) return null;
      const day = await this.#days.of(last);
      return day.isFinal(last) ? null : this.#whole(day.marks.get(last)!);
    });
  }

  /** An interval whole; null when there is none, or no longer its rows. */
  interval(start: EpochSeconds): Promise<IntervalResult | null> {
    return this.#inTurn(async () => {
      const day = await this.#days.of(start);
      const mark = day.marks.get(start);
      return mark === undefined || day.isFinal(start) ? null : this.#whole(mark);
    });
  }

  used(range: TimeRange, filter: UsedFilter = {}): Promise<readonly UsedFactors[]> {
    return this.#inTurn(async () => {
      const marks: StoredMark[] = [];
      for (const manifest of await this.#daysWithin(range)) {
        marks.push(...manifest.marksIn(range.from, range.to).filter((m) => !manifest.isFinal(m.start)));
      }
      const places = marks.filter((m) => m.gen > 0).map(({ gen }) => ({ cluster: this.#cluster, gen }));
      return this.#visibly(() => readUsed(this.#connection, places, filter));
    });
  }

  restate(result: IntervalResult, restatements: readonly Restatement[], at: EpochSeconds): Promise<void> {
    return this.#inTurn(async () => {
      assertStorable(result, this.#step);
      const { start } = result.interval;
      const day = await this.#days.of(start);
      const held = day.marks.get(start);
      if (held === undefined || day.isFinal(start)) {
        throw new InvalidResultError(
          `refused to restate interval ${start}: the ledger does not have its rows`,
        );
      }
      await this.#attempt(async (gen) => {
        const draft = await this.#store(
          result,
          held,
          { day, at, attempts: held.attempts, gen },
          restatements,
        );
        return { ...draft, head: { ...draft.head, restated: this.#restatements.sumsWith(restatements) } };
      });
    });
  }

  restatements(range: TimeRange): Promise<readonly Restatement[]> {
    return this.#inTurn(async () => {
      const days = await this.#daysWithin(range);
      return this.#restatements.within(range, days);
    });
  }

  counters(): Promise<Counters> {
    return this.#inTurn(async () => ({
      ...this.#counters.read(),
      intervals: { ...this.#journal.head.intervals },
      restated: this.#restatements.sums(),
    }));
  }

  prune(before: PruneBefore): Promise<Pruned> {
    return this.#inTurn(async () => {
      const { changed, pruned, head, garbage } = await planPrune(this.#days, this.#journal.head, before);
      if (changed.length > 0) {
        await this.#attempt((gen) => {
          for (const manifest of changed) manifest.gen = gen;
          return Promise.resolve({ gen, changed, head, garbage });
        });
      }
      await this.#sweeper.sweep();
      return pruned;
    });
  }

  openDays(before: EpochSeconds): Promise<readonly EpochSeconds[]> {
    return this.#inTurn(async () =>
      this.#days.all.filter((d) => !d.whole && d.day + DAY <= before).map((d) => epochSeconds(d.day)),
    );
  }

  note(key: string): Promise<string | null> {
    return this.#inTurn(async () => {
      const id = noteId(this.#cluster, key);
      const found = await this.#connection.get<NoteDocument>(this.#connection.names.state, id);
      return found?.source.body.value ?? null;
    });
  }

  setNote(key: string, value: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#journal.assertWriter();
      const document: NoteDocument = { cluster: this.#cluster, what: 'note', body: { value } };
      const generation = this.#journal.nextGeneration();
      const id = noteId(this.#cluster, key);
      await this.#connection.put(
        this.#connection.names.state,
        id,
        { ...document },
        { kind: 'newest', generation },
      );
    });
  }

  /** Documents beside the intervals that count from one moment on; their ids must tell generations apart. */
  writeRecords(linesOf: (gen: number) => readonly string[]): Promise<void> {
    return this.#inTurn(() =>
      this.#attempt(async (gen) => {
        await this.#connection.bulk(linesOf(gen));
        return { gen, changed: [], head: {} };
      }),
    );
  }

  /**
   * Whatever else is one transaction of this ledger (see archive.ts).
   * @param decide what it answers, and what it changes; null: nothing
   */
  amend<T>(decide: (of: LedgerState) => Promise<Amendment<T>>): Promise<T> {
    return this.#inTurn(async () => {
      const { answer, draft } = await decide({
        ...{ head: this.#journal.head, days: this.#days, counters: this.#counters, seals: this.#seals },
        visibly: (search) => this.#visibly(search),
        show: (gen) => this.#show(gen),
      });
      if (draft === null) return answer;
      await this.#attempt(async (gen) => {
        this.#hidden ??= gen;
        return { ...(await draft(gen)), gen };
      });
      return answer;
    });
  }

  /** What counts of this cluster. */
  get head(): Head {
    return this.#journal.head;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#lease.abandon();
    await this.#connection.close();
  }

  #countAttempt(before: Manifest, mark: StoredMark, gen: number): Draft {
    const day = before.copy();
    day.gen = gen;
    day.marks.set(mark.start, mark);
    return { gen, changed: [day], head: {} };
  }

  async #daysWithin(range: TimeRange): Promise<Manifest[]> {
    const days = this.#days.all.filter(({ day }) => day >= dayOf(range.from) && day < range.to);
    const manifests: Manifest[] = [];
    for (const { day } of days) manifests.push(await this.#days.get(day));
    return manifests;
  }

  /** @param restatements absent: a commit. A restatement leaves of the mark what a commit would set */
  async #store(
    result: IntervalResult,
    held: StoredMark | undefined,
    to: Destination,
    restatements?: readonly Restatement[],
  ): Promise<Draft> {
    const { start } = result.interval;
    const { gen } = to;
    const place = held && { cluster: this.#cluster, gen: held.gen, start };
    const taken = place && place.gen > 0 ? await this.#visibly(() => takenRows(this.#connection, place)) : [];
    const written = { cluster: this.#cluster, gen };
    const told = this.#seals.interval(result, gen);
    const documents = documentsOf(this.#connection.names, result, written, told);
    const counters = this.#counters.change(result, gen, this.#journal.head.workloads, taken);
    this.#hidden ??= gen;
    const lines = this.#restatements.linesOf(restatements ?? [], gen);
    await this.#connection.bulk([...documents.lines, ...counters.lines, ...lines]);
    const day = to.day.copy();
    day.gen = gen;
    day.marks.set(start, restatements && held ? markToldAnew(held, result, gen) : markOf(result, to));
    await this.#seals.update(day, start, gen, (of) => this.#show(of));
    const change = restatements ? {} : this.#headWith(result, held);
    const head = { ...change, workloads: counters.workloads };
    const garbage = held ? bucketsAround(start) : [];
    return { gen, changed: [day], head, counters, garbage };
  }

  #headWith({ interval, state }: IntervalResult, held: StoredMark | undefined): HeadChange {
    const { intervals, first, last, droppedTo } = this.#journal.head;
    const counted = { intervals: { ...intervals, [state]: intervals[state] + 1 } };
    const isKnown = state !== 'impossible' || (held !== undefined && held.state !== 'impossible');
    if (!isKnown) return counted;
    const { start } = interval;
    return {
      ...counted,
      last: Math.max(last ?? start, start),
      first: start < droppedTo ? first : Math.min(first ?? start, start),
    };
  }

  async #whole(mark: StoredMark): Promise<IntervalResult> {
    const place = { cluster: this.#cluster, gen: mark.gen, start: mark.start };
    return this.#visibly(async () => ({
      interval: { start: mark.start, step: mark.step },
      state: mark.state,
      coverage: mark.coverage,
      partialReasons: mark.partialReasons,
      currency: mark.currency,
      calculationVersion: mark.calculationVersion,
      revision: mark.revision,
      nodes: mark.gen > 0 ? await readNodeRows(this.#connection, place) : [],
      rows: mark.gen > 0 ? await readRows(this.#connection, place) : [],
      containers: mark.gen > 0 ? await readContainers(this.#connection, place) : [],
    }));
  }

  /** Searches of what this writer has written see all of it. */
  async #visibly<T>(search: () => Promise<T>): Promise<T> {
    await this.#show(Infinity);
    return search();
  }

  /** Searches see what was written up to a generation. */
  async #show(gen: number): Promise<void> {
    if (this.#hidden === null || gen < this.#hidden) return;
    await this.#connection.refresh(this.#connection.names.everyFact);
    this.#hidden = null;
  }

  /** One commit; when it fails, what counts is found out before anything else is done. */
  async #attempt(prepare: (gen: number) => Promise<Draft>): Promise<void> {
    const gen = this.#journal.nextGeneration();
    try {
      const draft = await prepare(gen);
      await this.#journal.commit(gen, draft.changed, draft.head, this.#voided);
      this.#voided = [];
      this.#days.took(draft.changed);
      if (draft.counters) this.#counters.took(draft.counters);
      this.#sweeper.add(draft.garbage ?? []);
    } catch (error) {
      this.#voided.push(gen);
      this.#isStale = true;
      throw error;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      this.#lease.assertHeld();
      if (this.#isStale) await this.#reload();
      return work();
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #reload(): Promise<void> {
    await this.#journal.reload();
    await this.#journal.settle();
    this.#voided = this.#voided.filter((gen) => gen !== this.#journal.head.gen);
    this.#days = await Days.open(this.#connection, this.#cluster, this.#journal.head.changed);
    this.#counters = await CounterStore.open(this.#connection, this.#cluster, this.#journal);
    this.#sweeper = new Sweeper(this.#connection, this.#cluster, this.#days);
    this.#hidden = 0;
    this.#isStale = false;
  }
}

interface NoteDocument {
  readonly cluster: string;
  readonly what: 'note';
  readonly body: { readonly value: string };
}
