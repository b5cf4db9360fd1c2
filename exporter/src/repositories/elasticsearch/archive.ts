/** `Archive` of one cluster in Elasticsearch: each method that writes is one transaction of its ledger (see `Journal`). */
import { DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { epochSeconds, type EpochSeconds } from '../../domain/units.js';
import { isCounter } from '../../pipeline/archive-lines.js';
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
import {
  archivedInterval,
  fate,
  hourSeals,
  sealOf,
  widthOf,
  wholeOf,
  type SealFigures,
} from '../archive-form.js';
import { outcomeOf } from '../commit-outcome.js';
import { archivedSubject, countBucket, raiseCounters } from './archive-counters.js';
import { ArchivedRecords } from './archive-records.js';
import { addSums, readSums } from './archive-sums.js';
import type { Connection } from './connection.js';
import { takenRows, type TakenRow } from './counters.js';
import type { Amendment, LedgerState } from './draft.js';
import { Documents } from './facts.js';
import type { Head, HeadChange } from './journal.js';
import type { ElasticsearchLedger } from './ledger.js';
import { dayOf, type Manifest, type Seal, type StoredMark } from './manifest.js';
import type { Bucket } from './prune.js';
import type { RecordWriter } from './record-store.js';

export interface ArchiveParts {
  readonly connection: Connection;
  readonly ledger: ElasticsearchLedger;
  readonly records: RecordWriter;
}

export class ElasticsearchArchive implements Archive {
  readonly #connection: Connection;
  readonly #ledger: ElasticsearchLedger;
  readonly #cluster: string;
  readonly #records: ArchivedRecords;

  constructor({ connection, ledger, records }: ArchiveParts) {
    this.#connection = connection;
    this.#ledger = ledger;
    this.#cluster = records.cluster;
    this.#records = new ArchivedRecords(connection, ledger, records);
  }

  outline({ from, to }: TimeRange): Promise<ArchiveOutline> {
    return this.#ask(async ({ days: all }) => {
      const hours: EpochSeconds[] = [];
      const days: EpochSeconds[] = [];
      for (const { day, whole, hoursHeld } of all.all) {
        if (day + DAY <= from || day >= to) continue;
        if (whole && !hoursHeld) {
          if (day >= from && day + DAY <= to) days.push(epochSeconds(day));
          continue;
        }
        const sealed = (await all.get(day)).sealedHours();
        const gone = sealed.filter(([start, h]) => !h.raw && start >= from && start + HOUR <= to);
        hours.push(...gone.map(([start]) => epochSeconds(start)));
      }
      return { hours, days };
    });
  }

  async interval(start: EpochSeconds): Promise<ArchivedInterval | null> {
    const result = await this.#ledger.interval(start);
    const mark = await this.#ask(async ({ days }) => (await days.of(start)).marks.get(start));
    return result && mark ? archivedInterval(mark, result) : null;
  }

  bucket(grain: 'hour' | 'day', start: EpochSeconds): Promise<ArchivedBucket> {
    return this.#ask(async ({ days, visibly }) => {
      const day = await days.of(start);
      const seal = grain === 'hour' ? day.hours.get(start) : day.seal;
      const isAlone =
        grain === 'hour'
          ? seal?.held === true && day.isFinal(start)
          : seal !== null && ![...day.hours.values()].some((h) => h.held);
      if (!seal || !isAlone) throw new RangeError(`no ${grain} from ${start} is held as sums alone`);
      const marks = day.marksIn(start, start + widthOf({ grain })).map(toArchivedMark);
      const place = { cluster: this.#cluster, grain, start, gen: seal.gen };
      const sums = seal.held ? await visibly(() => readSums(this.#connection, place)) : null;
      return { grain, start, marks, sums };
    });
  }

  async *records(): AsyncGenerator<ArchivedRecord> {
    const { head, counters } = await this.#ask(async (state) => ({
      head: state.head,
      counters: state.counters.subjects.map(archivedSubject),
    }));
    yield* counters;
    const restated = Object.entries(head.restated).sort(([a], [b]) => (a < b ? -1 : 1));
    const { complete, partial, impossible } = head.intervals;
    yield {
      record: 'totals',
      intervals: { complete, partial, impossible },
      restated: Object.fromEntries(restated.map(([reason, emissions]) => [reason, wholeOf(emissions)])),
    };
    yield* this.#records.read();
  }

  async putInterval({ attempts, committedAt, result }: ArchivedInterval): Promise<Restored> {
    const { start } = result.interval;
    const held = await this.#ask(async ({ days }) => {
      const day = await days.of(start);
      const mark = day.marks.get(start);
      const isHeld = mark !== undefined && (day.isFinal(start) || outcomeOf(mark, result) === 'unchanged');
      return { isHeld, attempts: mark?.attempts ?? 0 };
    });
    if (!held.isHeld) await this.#ledger.commit(result, committedAt);
    if (held.attempts < attempts) await this.#raiseAttempts(start, attempts);
    return held.isHeld ? 'held' : 'written';
  }

  putBucket(bucket: ArchivedBucket): Promise<Restored> {
    return this.#ledger.amend(async (state): Promise<Amendment<Restored>> => {
      const day = await state.days.of(bucket.start);
      const held = day.marksIn(bucket.start, bucket.start + widthOf(bucket));
      const isFinal = held.some(({ start }) => day.isFinal(start));
      const answer = fate(bucket, held, isFinal);
      if (answer !== 'written') return { answer, draft: null };
      const taken = await this.#taken(held, state);
      return { answer, draft: (gen) => this.#write(bucket, { state, day, taken, gen }) };
    });
  }

  async putRecords(records: readonly ArchivedRecord[]): Promise<void> {
    const counters = records.filter(isCounter);
    if (counters.length > 0) await this.#raise(counters, false);
    await this.#records.write(records);
  }

  settle(counters: readonly ArchivedCounter[]): Promise<void> {
    return this.#raise(counters, true);
  }

  #ask<T>(read: (state: LedgerState) => Promise<T>): Promise<T> {
    return this.#ledger.amend(async (state) => ({ answer: await read(state), draft: null }));
  }

  #raiseAttempts(start: EpochSeconds, attempts: number): Promise<void> {
    return this.#ledger.amend(async ({ days }) => {
      const before = await days.of(start);
      const mark = before.marks.get(start)!;
      return {
        answer: undefined,
        draft: async (gen) => {
          const day = before.copy();
          day.gen = gen;
          day.marks.set(start, { ...mark, attempts: Math.max(attempts, mark.attempts) });
          return { changed: [day], head: {} };
        },
      };
    });
  }

  async #taken(held: readonly StoredMark[], { visibly }: LedgerState): Promise<TakenRow[]> {
    const taken: TakenRow[] = [];
    for (const { gen, start } of held) {
      if (gen === 0) continue;
      const place = { cluster: this.#cluster, gen, start };
      taken.push(...(await visibly(() => takenRows(this.#connection, place))));
    }
    return taken;
  }

  async #write(bucket: ArchivedBucket, to: Destination) {
    const { state, gen, taken } = to;
    const { grain, start, sums } = bucket;
    const place = { gen, joined: state.head.workloads };
    const counters = countBucket(state.counters, bucket, taken, place);
    const documents = new Documents(this.#connection.names, { cluster: this.#cluster, grain, start, gen });
    if (sums) addSums(documents, sums);
    await this.#connection.bulk([...documents.lines, ...counters.lines]);
    const day = dayWith(bucket, to);
    if (grain === 'hour' && day.hours.size === DAY / HOUR)
      await state.seals.updateDay(day, gen, true, (of) => state.show(of));
    const head = { ...(await headWith(bucket, state, day)), workloads: counters.workloads };
    return { changed: [day], head, counters, garbage: garbageOf(bucket) };
  }

  /** @param settled whether the truth is raised as well as what is shown */
  #raise(counters: readonly ArchivedCounter[], settled: boolean): Promise<void> {
    return this.#ledger.amend(async ({ counters: store, head }) => ({
      answer: undefined,
      draft: async (gen) => {
        const change = raiseCounters(store, counters, settled, { gen, joined: head.workloads });
        await this.#connection.bulk(change.lines);
        const raised = counters.reduce(
          (of, c) => (c.record === 'totals' ? withTotals(of, c, settled) : of),
          head,
        );
        const { intervals, restated } = raised;
        return { changed: [], head: { intervals, restated, workloads: change.workloads }, counters: change };
      },
    }));
  }
}

interface Destination {
  readonly state: LedgerState;
  readonly day: Manifest;
  readonly taken: readonly TakenRow[];
  readonly gen: number;
}

function toArchivedMark({ gen: _, ...mark }: StoredMark): ArchivedMark {
  const { start, step, state, coverage, partialReasons, revision, attempts, committedAt } = mark;
  const { currency, calculationVersion } = mark;
  return {
    ...{ start, step, state, coverage, partialReasons, revision, attempts, committedAt },
    ...{ currency, calculationVersion },
  };
}

const storedSeal = ({ known, first, last }: SealFigures, gen: number, held: boolean): Seal => ({
  ...{ gen: held && first !== null ? gen : 0, known, first, last, held },
});

/** Marks without documents, and seals that say what is there instead. */
function dayWith(bucket: ArchivedBucket, { day: before, gen }: Destination): Manifest {
  const day = before.copy();
  day.gen = gen;
  const isHour = bucket.grain === 'hour';
  for (const mark of bucket.marks) day.marks.set(mark.start, { ...mark, gen: 0 });
  for (const seal of hourSeals(bucket))
    day.hours.set(seal.start, { ...storedSeal(seal, gen, isHour), raw: false });
  day.seal = isHour ? null : storedSeal(sealOf(bucket.start, bucket.marks), gen, bucket.sums !== null);
  return day;
}

function garbageOf({ grain, start }: ArchivedBucket): Bucket[] {
  const end = start + widthOf({ grain });
  const day = floorTo(start, DAY);
  return [
    { grain: 'usage', from: start, to: end },
    { grain: 'hour', from: start, to: end },
    { grain: 'day', from: day, to: day + DAY },
  ];
}

/** Where what is known begins and ends, and how many commits there were. */
async function headWith(
  bucket: ArchivedBucket,
  { head, days }: LedgerState,
  changed: Manifest,
): Promise<HeadChange> {
  const intervals = { ...head.intervals };
  for (const { state } of bucket.marks) intervals[state]++;
  const droppedTo = bucket.sums ? head.droppedTo : Math.max(head.droppedTo, bucket.start + DAY);
  const { first, last } = sealOf(bucket.start, bucket.marks);
  const known = first === null || first < droppedTo ? head.first : Math.min(head.first ?? first, first);
  return {
    ...{ intervals, droppedTo },
    last: last === null ? head.last : Math.max(head.last ?? last, last),
    first: known !== null && known < droppedTo ? await firstKnown(days, droppedTo, changed) : known,
  };
}

async function firstKnown(
  days: LedgerState['days'],
  from: number,
  changed: Manifest,
): Promise<number | null> {
  const starts = new Set([...days.all.map(({ day }) => day), changed.day]);
  for (const day of [...starts].sort((a, b) => a - b)) {
    if (day < dayOf(from)) continue;
    const manifest = day === changed.day ? changed : await days.get(day);
    const known = manifest.marksIn(from, day + DAY).find((m) => m.state !== 'impossible');
    if (known) return known.start;
  }
  return null;
}

/** Commits count as they come; only when all are there it is known how many there were before. */
function withTotals(
  head: Head,
  { intervals, restated }: Extract<ArchivedCounter, { record: 'totals' }>,
  settled: boolean,
): Head {
  const sums = { ...head.restated };
  for (const [reason, emissions] of Object.entries(restated)) {
    if (BigInt(emissions) > BigInt(sums[reason] ?? 0) || sums[reason] === undefined)
      sums[reason] = String(emissions);
  }
  const count = (state: keyof Head['intervals']) =>
    settled ? Math.max(head.intervals[state], intervals[state]) : head.intervals[state];
  const counts = { complete: count('complete'), partial: count('partial'), impossible: count('impossible') };
  return { ...head, intervals: counts, restated: sums };
}
