/**
 * Hours are added up by the commit that makes them whole, days likewise, and anew by one that replaces an interval of them. What
 * this process wrote is added up as it is written, so that nothing of it is asked for again; what it did not write, after a
 * restart or when an interval is replaced, is read back, and of an hour or a day that is still open a bit with every commit.
 */
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import type { Seconds } from '../../domain/units.js';
import { BucketSums, SUMMED, type Part } from './bucket-sums.js';
import type { Connection, Json } from './connection.js';
import { Documents, queryFor, readRowFields, type Level, type Place } from './facts.js';
import { dayOf, partOf, sealOf, type Manifest } from './manifest.js';

/** Hours and days of which sums are kept: those of what happens now and those of a backfill. */
const KEPT = 2;
/** So many intervals and hours that are missing in sums are read back with a commit that needs none of them yet. */
const AHEAD = 1;
/** So many are asked for at the same time: while the answer to one is read, the server works on another. */
const AT_ONCE = 2;

/** To be called before documents of a generation are searched for. */
type Visible = (gen: number) => Promise<void>;

export class Seals {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #step: Seconds;
  readonly #hours = new Map<number, BucketSums>();
  readonly #days = new Map<number, BucketSums>();

  constructor(connection: Connection, cluster: string, step: Seconds) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#step = step;
  }

  /** What takes the documents of an interval while they are written. */
  interval({ interval, rows }: IntervalResult, gen: number): (level: Level, fields: Json) => void {
    if (rows.length === 0) return () => undefined;
    return takerOf('hour', this.#hours, floorTo(interval.start, HOUR), { start: interval.start, gen });
  }

  /** To be called with the day as the commit leaves it; seals nothing while the interval's hour is not whole. */
  async update(day: Manifest, start: number, gen: number, visible: Visible): Promise<void> {
    const hour = floorTo(start, HOUR);
    const marks = day.marksIn(hour, hour + HOUR);
    const isWhole = marks.length === HOUR / this.#step;
    const sums = await this.#sums({ grain: 'hour', start: hour }, marks, isWhole, visible);
    if (isWhole) {
      const seal = sealOf(gen, marks.map(partOf));
      day.hours.set(hour, { ...seal, raw: true });
      await this.#write({ grain: 'hour', start: hour, gen: seal.gen }, sums);
    }
    await this.updateDay(day, gen, isWhole, visible);
  }

  /** @param hasChanged whether an hour of it was stored by this commit */
  async updateDay(day: Manifest, gen: number, hasChanged: boolean, visible: Visible): Promise<void> {
    const hours = day.sealedHours().map(([start, seal]) => ({ start, ...seal }));
    const isWhole = hasChanged && hours.length === DAY / HOUR;
    const sums = await this.#sums({ grain: 'day', start: day.day }, hours, isWhole, visible);
    if (!isWhole) return;
    day.seal = sealOf(gen, hours);
    await this.#write({ grain: 'day', start: day.day, gen: day.seal.gen }, sums);
  }

  /** @param place with generation 0: nothing was known, so there are no documents */
  async #write(place: Omit<Place, 'cluster'>, sums: BucketSums): Promise<void> {
    const { grain, start, gen } = place;
    if (gen === 0) return;
    const told = grain === 'hour' ? takerOf('day', this.#days, dayOf(start), { start, gen }) : undefined;
    const documents = new Documents(this.#connection.names, { ...place, cluster: this.#cluster }, told);
    sums.addTo(documents);
    await this.#connection.bulk(documents.lines);
  }

  /** @param wanted whether all parts must be in the sums */
  async #sums(
    { grain, start }: { readonly grain: 'hour' | 'day'; readonly start: number },
    parts: readonly Part[],
    wanted: boolean,
    visible: Visible,
  ): Promise<BucketSums> {
    const kept = grain === 'hour' ? this.#hours : this.#days;
    const counted = parts.filter(({ gen }) => gen > 0);
    const known = kept.get(start);
    const missing = known?.missing(counted);
    const sums = known && missing ? known : new BucketSums(grain);
    // What is read back in part only is of no use.
    kept.delete(start);
    const wantedNow = (missing ?? counted).slice(0, wanted ? Infinity : AHEAD);
    for (let at = 0; at < wantedNow.length; at += AT_ONCE) {
      const parts = wantedNow.slice(at, at + AT_ONCE);
      await visible(Math.max(...parts.map(({ gen }) => gen)));
      await Promise.all(parts.map((part) => this.#readBack(grain, part, sums.part(part))));
    }
    keep(kept, start, sums);
    return sums;
  }

  async #readBack(
    grain: 'hour' | 'day',
    { start, gen }: Part,
    take: (level: Level, fields: Json) => void,
  ): Promise<void> {
    const place = { cluster: this.#cluster, start, gen };
    const index = this.#connection.names.facts(grain === 'hour' ? 'usage' : 'hour', start);
    for (const level of SUMMED[grain]) {
      if (grain === 'hour' && level === 'pod') {
        for await (const fields of readRowFields(this.#connection, place)) take(level, fields);
        continue;
      }
      const body = { query: queryFor(level, [place]) };
      const found = this.#connection.searchAll<Json>(index, body, [{ seq: 'asc' }]);
      for await (const { _source } of found) take(level, _source);
    }
  }
}

/** Nothing can be taken out of sums, so those that hold another generation of a part begin anew. */
function takerOf(grain: 'hour' | 'day', kept: Map<number, BucketSums>, bucket: number, part: Part) {
  const known = kept.get(bucket);
  const sums = known && !known.has(part.start) ? known : new BucketSums(grain);
  keep(kept, bucket, sums);
  return sums.part(part);
}

function keep(kept: Map<number, BucketSums>, bucket: number, sums: BucketSums): void {
  kept.delete(bucket);
  kept.set(bucket, sums);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
}
