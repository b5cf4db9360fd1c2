/** Taking away what a coarser grain holds as well, one whole bucket at a time, and what broken commits have left. */
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { PruneBefore, Pruned } from '../../ports/ledger.js';
import { composite } from './composite.js';
import type { Connection } from './connection.js';
import type { Days } from './days.js';
import type { HeadChange, Journal } from './journal.js';
import { dayOf, type Manifest } from './manifest.js';
import { GRAINS, WIDTHS, type Grain } from './names.js';

export interface PrunePlan {
  readonly pruned: Pruned;
  readonly changed: readonly Manifest[];
  readonly head: HeadChange;
  readonly garbage: readonly Bucket[];
}

export interface Bucket {
  readonly grain: Grain;
  /** Documents that begin in this range. */
  readonly from: number;
  readonly to: number;
}

/** What may go next: at most one bucket of each grain, each seen after the ones before. */
export async function planPrune(days: Days, head: Journal['head'], before: PruneBefore): Promise<PrunePlan> {
  const plan = new Plan(days, head);
  return plan.make(before);
}

class Plan {
  readonly #days: Days;
  readonly #head: Journal['head'];
  readonly #changed = new Map<number, Manifest>();
  readonly #garbage: Bucket[] = [];

  constructor(days: Days, head: Journal['head']) {
    this.#days = days;
    this.#head = head;
  }

  async make(before: PruneBefore): Promise<PrunePlan> {
    const raw = await this.#pruneRows(before.raw);
    const hour = await this.#pruneHours(before.hour);
    const day = before.day === null ? null : await this.#dropDay(before.day);
    return {
      pruned: { raw: Number(raw), hour: Number(hour), day: Number(day !== null) },
      changed: [...this.#changed.values()],
      head: day ?? {},
      garbage: this.#garbage,
    };
  }

  /** The newest known interval stays whole: what is shown after a restart begins with it. */
  async #pruneRows(before: number): Promise<boolean> {
    const { last } = this.#head;
    const day = this.#days.all.find((d) => d.oldestRaw !== null);
    const hour = day?.oldestRaw ?? null;
    if (!day || hour === null || hour + HOUR > before || last === null || hour + HOUR > last) return false;
    const manifest = await this.#draft(day.day);
    manifest.hours.set(hour, { ...manifest.hours.get(hour)!, raw: false });
    this.#garbage.push({ grain: 'usage', from: hour, to: hour + HOUR });
    return true;
  }

  async #pruneHours(before: number): Promise<boolean> {
    for (const day of this.#days.all) {
      if (!day.held || !day.hoursHeld || day.day + DAY > before) continue;
      const manifest = this.#changed.get(day.day) ?? (await this.#days.get(day.day));
      if ([...manifest.hours.values()].some((h) => h.raw)) continue;
      const draft = await this.#draft(day.day);
      for (const [start, seal] of draft.hours) draft.hours.set(start, { ...seal, held: false });
      this.#garbage.push({ grain: 'hour', from: day.day, to: day.day + DAY });
      return true;
    }
    return false;
  }

  async #dropDay(before: number): Promise<HeadChange | null> {
    for (const day of this.#days.all) {
      if (!day.held || day.day + DAY > before) continue;
      const manifest = this.#changed.get(day.day) ?? (await this.#days.get(day.day));
      if ([...manifest.hours.values()].some((h) => h.held)) continue;
      const draft = await this.#draft(day.day);
      draft.seal = { ...draft.seal!, held: false };
      this.#garbage.push({ grain: 'day', from: day.day, to: day.day + DAY });
      const droppedTo = Math.max(this.#head.droppedTo, day.day + DAY);
      return { droppedTo, first: await this.#firstKnown(droppedTo) };
    }
    return null;
  }

  async #firstKnown(from: number): Promise<number | null> {
    if (this.#head.first === null || this.#head.first >= from) return this.#head.first;
    for (const { day } of this.#days.all) {
      if (day < from) continue;
      const manifest = await this.#days.get(day);
      const known = manifest.marksIn(day, day + DAY).find((m) => m.state !== 'impossible');
      if (known) return known.start;
    }
    return null;
  }

  async #draft(day: number): Promise<Manifest> {
    const draft = this.#changed.get(day) ?? (await this.#days.get(day)).copy();
    this.#changed.set(day, draft);
    return draft;
  }
}

/**
 * Longer than any reader needs for an answer: whoever has read what counts finds the documents of it for so long, s.
 */
const GRACE_SECONDS = 60;
/** Names of dead generations in one request. */
const PER_REQUEST = 10_000;

/** Deletes documents that no longer count, once no reader can be after them. */
export class Sweeper {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #days: Days;
  readonly #graceMs: number;
  #waiting: { bucket: Bucket; since: number }[] = [];
  #isFirst = true;

  constructor(connection: Connection, cluster: string, days: Days, graceMs = GRACE_SECONDS * 1000) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#days = days;
    this.#graceMs = graceMs;
  }

  /** @param buckets in which something has stopped to count */
  add(buckets: readonly Bucket[]): void {
    const since = performance.now();
    this.#waiting.push(...buckets.map((bucket) => ({ bucket, since })));
  }

  /** What has waited long enough; the first time also whatever writers before this one have left. */
  async sweep(): Promise<void> {
    if (this.#isFirst) this.add(await this.#leftovers());
    this.#isFirst = false;
    const ripe = this.#waiting.filter(({ since }) => performance.now() - since >= this.#graceMs);
    this.#waiting = this.#waiting.filter((w) => !ripe.includes(w));
    for (const { bucket } of ripe) await this.#clear(bucket);
    for (const grain of new Set(ripe.map(({ bucket }) => bucket.grain))) await this.#dropEmpty(grain);
  }

  async #clear({ grain, from, to }: Bucket): Promise<void> {
    const live: number[] = [];
    const width = grain === 'usage' ? null : WIDTHS[grain];
    const manifest = await this.#days.of(from);
    if (width === null) {
      for (const mark of manifest.marksIn(from, to)) live.push(manifest.liveGeneration(grain, mark.start));
    } else {
      for (let at = from; at < to; at += width) live.push(manifest.liveGeneration(grain, at));
    }
    const { names } = this.#connection;
    await this.#connection.refresh(names.facts(grain, from));
    await this.#connection.deleteBy(names.facts(grain, from), {
      bool: {
        filter: [{ term: { cluster: this.#cluster } }, { range: { '@timestamp': { gte: from, lt: to } } }],
        must_not: [{ terms: { gen: live.filter((gen) => gen > 0) } }],
      },
    });
    // Restatements are kept as long as the sums of hours.
    if (grain === 'hour' && to - from === DAY && live.every((gen) => gen === 0))
      await this.#forgetRestatements(from, to);
  }

  async #forgetRestatements(from: number, to: number): Promise<void> {
    const { records } = this.#connection.names;
    const filter = [{ term: { cluster: this.#cluster } }, { term: { what: 'restatement' } }];
    await this.#connection.refresh(records);
    await this.#connection.deleteBy(records, {
      bool: { filter: [...filter, { range: { start: { gte: from, lt: to } } }] },
    });
  }

  async #leftovers(): Promise<Bucket[]> {
    const dead: Bucket[] = [];
    for (const grain of GRAINS) {
      const width = grain === 'usage' ? HOUR : DAY;
      const found = composite(this.#connection, {
        index: this.#connection.names.allFacts(grain),
        query: { bool: { filter: [{ term: { cluster: this.#cluster } }] } },
        sources: [
          { name: 'start', seconds: 1 },
          { name: 'gen', field: 'gen' },
        ],
      });
      for await (const { key } of found) {
        const [start, gen] = [Number(key.get('start')), Number(key.get('gen'))];
        const live = (await this.#days.of(start)).liveGeneration(grain, start);
        const from = start - (start % width);
        if (gen !== live && dead.at(-1)?.from !== from) dead.push({ grain, from, to: from + width });
        if (dead.length >= PER_REQUEST) return dead;
      }
    }
    return dead;
  }

  /**
   * A whole index is dropped once nothing is left in it of any cluster. It takes no writes from before it is counted, so that
   * nothing can come in between; a writer that is turned away tries again and finds a new one.
   */
  async #dropEmpty(grain: Grain): Promise<void> {
    const index = this.#connection.names.allFacts(grain);
    const found = await this.#connection.call((client) => client.indices.stats({ index, metric: 'docs' }));
    const blocked = await this.#connection.call((client) =>
      client.indices.getSettings({ index, name: 'index.blocks.write' }),
    );
    for (const [name, stats] of Object.entries(found.indices ?? {})) {
      const isEmpty = (stats.primaries?.docs?.count ?? 1) === 0;
      // Blocked and not empty: whoever blocked it has not come to its end.
      if (isEmpty || Object.keys(blocked[name]?.settings ?? {}).length > 0) await this.#dropIfEmpty(name);
    }
  }

  async #dropIfEmpty(index: string): Promise<void> {
    await this.#connection.call((client) =>
      client.indices.addBlock({ index, block: 'write' }, { ignore: [404] }),
    );
    await this.#connection.refresh(index);
    const { count } = await this.#connection.call((client) => client.count({ index }, { ignore: [404] }));
    if (count === 0) {
      await this.#connection.call((client) => client.indices.delete({ index }, { ignore: [404] }));
      return;
    }
    const settings = { index: { blocks: { write: false } } };
    await this.#connection.call((client) =>
      client.indices.putSettings({ index, settings }, { ignore: [404] }),
    );
  }
}

/** Whatever holds an interval. */
export function bucketsAround(start: number): Bucket[] {
  const hour = floorTo(start, HOUR);
  return [
    { grain: 'usage', from: start, to: start + 1 },
    { grain: 'hour', from: hour, to: hour + HOUR },
    { grain: 'day', from: dayOf(start), to: dayOf(start) + DAY },
  ];
}
