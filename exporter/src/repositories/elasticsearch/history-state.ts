/** What counts of each cluster at the moment that a question is asked, and when searches must be brought up to date for it. */
import { DAY, floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import { carve, onGrid, without } from '../../domain/rollup.js';
import { epochSeconds, seconds, type EpochSeconds, type Seconds } from '../../domain/units.js';
import type { Connection } from './connection.js';
import { isUsed, type Head, type HeadDocument } from './journal.js';
import { knownOf, Manifest, type ManifestDocument } from './manifest.js';
import { GRAINS, headId, manifestId, type Grain } from './names.js';
import { readRegistry } from './templates.js';

export interface Cluster {
  readonly name: string;
  readonly head: Head;
}

/** A bucket of one cluster that is read from one grain. */
export interface Piece {
  readonly cluster: string;
  readonly start: number;
  /** 0: nothing was known. */
  readonly gen: number;
  /** Covered time, microseconds; null: nothing was known. */
  readonly known: number | null;
}

export type Partition = Readonly<Record<Grain, readonly Piece[]>>;

export class HistoryState {
  readonly #connection: Connection;
  /** By cluster the last generation that searches see, of the days, the facts and the records. */
  readonly #seenDays = new Map<string, number>();
  readonly #seenFacts = new Map<string, number>();
  readonly #seenRecords = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** By name. @param names empty: all */
  async clusters(names: readonly string[] = []): Promise<Cluster[]> {
    const { clusters } = await readRegistry(this.#connection);
    const wanted = clusters.filter((name) => names.length === 0 || names.includes(name));
    const heads = await this.#connection.getMany<HeadDocument>(
      this.#connection.names.state,
      wanted.map(headId),
    );
    return wanted.flatMap((name, i) => (heads[i] ? [{ name, head: heads[i].source.body }] : []));
  }

  /** The same, with what is kept of them beside the intervals to be seen by searches. */
  async withRecords(names: readonly string[]): Promise<Cluster[]> {
    const clusters = await this.clusters(names);
    await this.#show(
      this.#seenRecords,
      clusters.map(({ name, head }) => [name, head.gen]),
      this.#connection.names.records,
    );
    return clusters;
  }

  /** Those that ever had an interval: others would only make coverage look poor. */
  async used(names: readonly string[] = []): Promise<Cluster[]> {
    return (await this.clusters(names)).filter(({ head }) => isUsed(head));
  }

  /** Searches of facts see all that counts in what was read of these clusters. */
  async partition(
    clusters: readonly Cluster[],
    range: TimeRange,
    bucket: Seconds | null,
  ): Promise<Partition> {
    const parts: Record<Grain, Piece[]> = { day: [], hour: [], usage: [] };
    const days = await this.#daysOf(clusters, range);
    await this.#complete(clusters, days, range, bucket);
    for (const { name, head } of clusters) {
      const own = days.get(name)!;
      const pieces = partitionOne(own, onGrid(range, seconds(head.step)), bucket);
      parts.day.push(
        ...starts(pieces.day, DAY).map((start) => sealedPiece(name, start, own.get(start)!.manifest.seal!)),
      );
      parts.hour.push(
        ...starts(pieces.hour, HOUR).map((start) => sealedPiece(name, start, hourOf(own, start)!)),
      );
      for (const rest of pieces.usage) parts.usage.push(...markPieces(name, own, rest));
    }
    await this.#showFacts(clusters, days);
    return parts;
  }

  /** The same of single intervals only, as far as their rows are held. */
  async intervals(clusters: readonly Cluster[], range: TimeRange): Promise<readonly Piece[]> {
    const days = await this.#daysOf(clusters, range);
    const missing = clusters.flatMap((cluster) =>
      [...days.get(cluster.name)!]
        .filter(([, { hasMarks }]) => !hasMarks)
        .map(([day]) => [cluster, day] as const),
    );
    await this.#loadMarks(missing, days);
    await this.#showFacts(clusters, days);
    return clusters.flatMap(({ name }) => {
      const own = days.get(name)!;
      return without(range, goneOf(own)).flatMap((rest) => markPieces(name, own, rest));
    });
  }

  /** One interval's day, with the documents of it to be seen; null: nothing is known of the day. */
  async day(cluster: Cluster, start: number): Promise<Manifest | null> {
    const days = new Map([[cluster.name, new Map<number, Day>()]]);
    await this.#loadMarks([[cluster, floorTo(start, DAY)]], days);
    await this.#showFacts([cluster], days);
    return days.get(cluster.name)!.get(floorTo(start, DAY))?.manifest ?? null;
  }

  /** Hours of one cluster of which the sums are held, ascending, each with the generation of its documents. */
  async sealedHours(
    cluster: string,
    range: TimeRange,
  ): Promise<readonly (readonly [start: number, gen: number])[]> {
    const clusters = await this.clusters([cluster]);
    const days = await this.#daysOf(clusters, range);
    await this.#showFacts(clusters, days);
    return [...(days.get(cluster)?.values() ?? [])]
      .sort((a, b) => a.manifest.day - b.manifest.day)
      .flatMap(({ manifest }) => manifest.sealedHours())
      .filter(([start, seal]) => seal.held && start >= range.from && start + HOUR <= range.to)
      .map(([start, seal]) => [start, seal.gen] as const);
  }

  /** The shortest step in which everything known of the range is held. */
  async resolution(clusters: readonly Cluster[], range: TimeRange, step: Seconds): Promise<Seconds> {
    const days = await this.#daysOf(clusters, range);
    let found = step;
    for (const own of days.values()) {
      for (const { manifest } of own.values()) {
        for (const [start, seal] of manifest.hours) {
          if (start <= range.from - HOUR || start >= range.to) continue;
          if (!seal.held) return DAY;
          if (!seal.raw) found = HOUR;
        }
      }
    }
    return found;
  }

  /** Seals of the days that a range touches, without their marks but for those that the last commit changed. */
  async #daysOf(clusters: readonly Cluster[], { from, to }: TimeRange): Promise<DaysByCluster> {
    const days: DaysByCluster = new Map(clusters.map(({ name }) => [name, new Map<number, Day>()]));
    if (clusters.length === 0) return days;
    await this.#show(
      this.#seenDays,
      clusters.map(({ name, head }) => [name, head.gen]),
      this.#connection.names.state,
    );
    const filter = [
      { terms: { cluster: clusters.map(({ name }) => name) } },
      { term: { what: 'day' } },
      { range: { day: { gt: from - DAY, lt: to } } },
    ];
    const body = {
      query: { bool: { filter } },
      _source: false,
      docvalue_fields: ['cluster', 'day', 'gen', 'seal', 'hours'],
    };
    const order = [{ day: 'asc' }, { cluster: 'asc' }];
    for await (const { fields } of this.#connection.searchAll<unknown>(
      this.#connection.names.state,
      body,
      order,
    )) {
      const document = sealsOf(fields!);
      days.get(document.cluster)!.set(document.day, { manifest: Manifest.decode(document), hasMarks: false });
    }
    for (const { name, head } of clusters) {
      for (const document of head.changed) {
        if (document.day > from - DAY && document.day < to) keepNewer(days.get(name)!, document);
      }
    }
    return days;
  }

  /** Read the marks of days that hours and days do not tell all of. */
  async #complete(
    clusters: readonly Cluster[],
    days: DaysByCluster,
    range: TimeRange,
    bucket: Seconds | null,
  ): Promise<void> {
    const missing: [Cluster, number][] = [];
    for (const cluster of clusters) {
      const own = days.get(cluster.name)!;
      const { usage } = partitionOne(own, onGrid(range, seconds(cluster.head.step)), bucket);
      for (const [day, { hasMarks }] of own) {
        if (!hasMarks && usage.some((r) => r.from < day + DAY && r.to > day)) missing.push([cluster, day]);
      }
    }
    await this.#loadMarks(missing, days);
  }

  async #loadMarks(wanted: readonly (readonly [Cluster, number])[], days: DaysByCluster): Promise<void> {
    for (let at = 0; at < wanted.length; at += DAYS_PER_REQUEST) {
      const ids = wanted.slice(at, at + DAYS_PER_REQUEST).map(([{ name }, day]) => manifestId(name, day));
      for (const found of await this.#connection.getMany<ManifestDocument>(
        this.#connection.names.state,
        ids,
      )) {
        if (found) keepNewer(days.get(found.source.cluster)!, found.source);
      }
    }
    for (const [{ name, head }, day] of wanted) {
      const changed = head.changed.find((document) => document.day === day);
      if (changed) keepNewer(days.get(name)!, changed);
    }
  }

  /** Whatever counts was written before it did, so a refresh after it was read shows it. */
  async #showFacts(clusters: readonly Cluster[], days: DaysByCluster): Promise<void> {
    const newest = clusters.map(({ name, head }) => {
      const gens = [...days.get(name)!.values()].map(({ manifest }) => manifest.gen);
      return [name, Math.max(head.gen, ...gens)] as const;
    });
    await this.#show(this.#seenFacts, newest, this.#connection.names.everyFact);
  }

  async #show(
    seen: Map<string, number>,
    newest: readonly (readonly [string, number])[],
    index: string,
  ): Promise<void> {
    if (newest.every(([name, gen]) => seen.get(name) === gen)) return;
    await this.#connection.refresh(index);
    for (const [name, gen] of newest) seen.set(name, gen);
  }
}

const DAYS_PER_REQUEST = 100;

interface Day {
  readonly manifest: Manifest;
  readonly hasMarks: boolean;
}
type DaysByCluster = Map<string, Map<number, Day>>;

function keepNewer(days: Map<number, Day>, document: ManifestDocument): void {
  const known = days.get(document.day);
  if (known && (known.manifest.gen > document.gen || (known.hasMarks && known.manifest.gen === document.gen)))
    return;
  days.set(document.day, { manifest: Manifest.decode(document), hasMarks: true });
}

function sealsOf(fields: Readonly<Record<string, readonly unknown[]>>) {
  const one = (name: string) => fields[name]?.[0];
  const seal = one('seal');
  return {
    ...{ cluster: one('cluster') as string, day: one('day') as number, gen: one('gen') as number },
    ...{ hours: one('hours') as string, body: { marks: [] } },
    ...(seal !== undefined && { seal: seal as string }),
  };
}

/** @param bucket width of the buckets of the answer, none of which a piece may straddle; null: the range is one bucket */
function partitionOne(
  days: ReadonlyMap<number, Day>,
  range: TimeRange,
  bucket: Seconds | null,
): Record<Grain, readonly TimeRange[]> {
  const fits = (width: Seconds) => bucket === null || bucket % width === 0;
  const inOrder = [...days.values()].map(({ manifest }) => manifest).sort((a, b) => a.day - b.day);
  const sealedDays = inOrder.filter((m) => m.seal?.held).map((m) => epochSeconds(m.day));
  const hours = inOrder.flatMap((m) => m.sealedHours());
  const byDay = carve(range, DAY, fits(DAY) ? sealedDays : []);
  const held = hours.filter(([, h]) => h.held).map(([start]) => epochSeconds(start));
  const byHour = byDay.rest.map((rest) => carve(rest, HOUR, fits(HOUR) ? within(held, rest) : []));
  return {
    day: byDay.whole,
    hour: byHour.flatMap((c) => c.whole),
    usage: byHour.flatMap((c) => c.rest).flatMap((rest) => without(rest, goneOf(days))),
  };
}

/** Hours of which the rows of intervals have been pruned, ascending. */
const goneOf = (days: ReadonlyMap<number, Day>): TimeRange[] =>
  [...days.values()]
    .sort((a, b) => a.manifest.day - b.manifest.day)
    .flatMap(({ manifest }) => manifest.sealedHours())
    .filter(([, h]) => !h.raw)
    .map(([start]) => ({ from: epochSeconds(start), to: epochSeconds(start + HOUR) }));

const within = (times: readonly EpochSeconds[], { from, to }: TimeRange) =>
  times.filter((t) => t >= from && t < to);

function starts(ranges: readonly TimeRange[], width: number): number[] {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: (to - from) / width }, (_, i) => from + i * width),
  );
}

const hourOf = (days: ReadonlyMap<number, Day>, start: number) =>
  days.get(floorTo(start, DAY))?.manifest.hours.get(start);

const sealedPiece = (
  cluster: string,
  start: number,
  seal: { gen: number; known: number; first: number | null },
): Piece => ({
  ...{ cluster, start, gen: seal.gen },
  known: seal.first === null ? null : seal.known,
});

function markPieces(cluster: string, days: ReadonlyMap<number, Day>, { from, to }: TimeRange): Piece[] {
  const pieces: Piece[] = [];
  for (const { manifest } of days.values()) {
    if (manifest.day >= to || manifest.day + DAY <= from) continue;
    for (const mark of manifest.marksIn(from, to)) {
      const known = mark.state === 'impossible' ? null : knownOf(mark);
      pieces.push({ cluster, start: mark.start, gen: mark.gen, known });
    }
  }
  return pieces;
}

/** All pieces that have documents, by grain; grains without any are left out. */
export const withDocuments = (parts: Partition): [Grain, Piece[]][] =>
  GRAINS.map((grain): [Grain, Piece[]] => [grain, parts[grain].filter((p) => p.gen > 0)]).filter(
    ([, pieces]) => pieces.length > 0,
  );
