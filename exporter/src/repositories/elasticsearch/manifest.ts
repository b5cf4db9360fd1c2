/**
 * What counts of one day of one cluster: its intervals' marks and its whole hours and day, each with the generation of the
 * documents that hold its figures. A document of another generation is what a broken or replaced commit has left: nothing reads it.
 */
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { IntervalState, PartialReason } from '../../domain/model.js';
import { epochSeconds, ratio, seconds } from '../../domain/units.js';
import type { IntervalMark } from '../../ports/ledger.js';

export interface StoredMark extends IntervalMark {
  /** 0: there are no documents, as of an impossible interval. */
  readonly gen: number;
  readonly currency: string;
  readonly calculationVersion: number;
}

export interface Seal {
  /** 0: nothing was known, so there are no documents. */
  readonly gen: number;
  /** Covered time, microseconds. */
  readonly known: number;
  /** Starts of the first and last known interval. */
  readonly first: number | null;
  readonly last: number | null;
  /** Its sums are there. */
  readonly held: boolean;
}

export interface HourSeal extends Seal {
  /** So are the rows of its intervals. */
  readonly raw: boolean;
}

/** As a document; seals apart from marks, since most questions need those only. */
export interface ManifestDocument {
  readonly cluster: string;
  readonly what: 'day';
  readonly day: number;
  /** Of the last commit that changed it. */
  readonly gen: number;
  /** JSON of arrays. Absent: the day is not whole. */
  readonly seal?: string;
  readonly hours: string;
  readonly body: { readonly marks: readonly MarkArray[] };
}

type SealArray = readonly [
  gen: number,
  known: number,
  first: number | null,
  last: number | null,
  held: number,
];
type HourArray = readonly [start: number, raw: number, ...seal: SealArray];
export type MarkArray = readonly [
  start: number,
  gen: number,
  step: number,
  state: IntervalState,
  coverage: number,
  partialReasons: readonly PartialReason[],
  revision: string,
  attempts: number,
  committedAt: number,
  currency: string,
  calculationVersion: number,
];

/** One day; changed only as a copy that becomes the truth when it is committed. */
export class Manifest {
  readonly day: number;
  gen: number;
  readonly marks: Map<number, StoredMark>;
  readonly hours: Map<number, HourSeal>;
  seal: Seal | null;

  constructor(
    day: number,
    gen = 0,
    marks: Map<number, StoredMark> = new Map(),
    hours: Map<number, HourSeal> = new Map(),
    seal: Seal | null = null,
  ) {
    this.day = day;
    this.gen = gen;
    this.marks = marks;
    this.hours = hours;
    this.seal = seal;
  }

  copy(): Manifest {
    return new Manifest(this.day, this.gen, new Map(this.marks), new Map(this.hours), this.seal);
  }

  /** Ascending. */
  marksIn(from: number, to: number): StoredMark[] {
    return [...this.marks.values()]
      .filter((m) => m.start >= from && m.start < to)
      .sort((a, b) => a.start - b.start);
  }

  /** Ascending. */
  sealedHours(): [start: number, seal: HourSeal][] {
    return [...this.hours].sort(([a], [b]) => a - b);
  }

  /** Whether the rows of an interval were pruned after they had been added up: it can no longer be replaced. */
  isFinal(start: number): boolean {
    return this.hours.get(floorTo(start, HOUR))?.raw === false;
  }

  /** Of the documents that count of what begins at `start`; 0: there are none. */
  liveGeneration(grain: 'usage' | 'hour' | 'day', start: number): number {
    if (grain === 'usage') return this.isFinal(start) ? 0 : (this.marks.get(start)?.gen ?? 0);
    const seal = grain === 'hour' ? this.hours.get(start) : this.seal;
    return seal?.held ? seal.gen : 0;
  }

  encode(cluster: string): ManifestDocument {
    const { day, gen, seal } = this;
    const hours: HourArray[] = this.sealedHours().map(([start, h]) => [
      start,
      Number(h.raw),
      ...sealArray(h),
    ]);
    const marks = [...this.marks.values()].sort((a, b) => a.start - b.start).map(markArray);
    const whole = seal && { seal: JSON.stringify(sealArray(seal)) };
    return { cluster, what: 'day', day, gen, ...whole, hours: JSON.stringify(hours), body: { marks } };
  }

  static decode(document: Omit<ManifestDocument, 'cluster' | 'what'>): Manifest {
    const hours = JSON.parse(document.hours) as HourArray[];
    return new Manifest(
      document.day,
      document.gen,
      new Map(document.body.marks.map((m) => [m[0], toStoredMark(m)])),
      new Map(hours.map(([start, raw, ...seal]) => [start, { ...toSeal(seal), raw: raw === 1 }])),
      document.seal === undefined ? null : toSeal(JSON.parse(document.seal) as SealArray),
    );
  }
}

export const dayOf = (time: number): number => floorTo(time, DAY);

/** Microseconds, so that covered time adds up exactly. */
export const knownOf = (mark: StoredMark): number =>
  mark.state === 'impossible' ? 0 : Math.round(mark.coverage * mark.step * 1e6);

/** A bucket's seal from the marks or seals within it. */
export function sealOf(
  gen: number,
  parts: readonly { readonly known: number; readonly first: number | null; readonly last: number | null }[],
): Seal {
  const firsts = parts.flatMap((p) => p.first ?? []);
  const lasts = parts.flatMap((p) => p.last ?? []);
  return {
    gen: firsts.length > 0 ? gen : 0,
    known: parts.reduce((sum, p) => sum + p.known, 0),
    first: firsts.length > 0 ? Math.min(...firsts) : null,
    last: lasts.length > 0 ? Math.max(...lasts) : null,
    held: true,
  };
}

/** A mark as a part of a seal. */
export const partOf = (mark: StoredMark) => {
  const seen = mark.state === 'impossible' ? null : mark.start;
  return { known: knownOf(mark), first: seen, last: seen };
};

/** Without what only the store knows. */
export const toMark = ({
  gen: _g,
  currency: _c,
  calculationVersion: _v,
  ...mark
}: StoredMark): IntervalMark => mark;

const sealArray = ({ gen, known, first, last, held }: Seal): SealArray => [
  gen,
  known,
  first,
  last,
  Number(held),
];
const toSeal = ([gen, known, first, last, held]: SealArray): Seal => ({
  gen,
  known,
  first,
  last,
  held: held === 1,
});

const markArray = (m: StoredMark): MarkArray => [
  ...([m.start, m.gen, m.step, m.state, m.coverage, m.partialReasons, m.revision, m.attempts] as const),
  ...([m.committedAt, m.currency, m.calculationVersion] as const),
];

function toStoredMark(m: MarkArray): StoredMark {
  const [
    start,
    gen,
    step,
    state,
    coverage,
    partialReasons,
    revision,
    attempts,
    committedAt,
    currency,
    version,
  ] = m;
  return {
    ...{ gen, state, partialReasons, revision, attempts, currency, calculationVersion: version },
    start: epochSeconds(start),
    step: seconds(step),
    coverage: ratio(coverage),
    committedAt: epochSeconds(committedAt),
  };
}
