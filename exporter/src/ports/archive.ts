/**
 * All that one cluster's ledger holds, in a form that every database can read and write: for moving it, and for keeping a copy
 * outside. What is written is named in words, never by an id of the database that it comes from.
 */
import type { TimeRange } from '../domain/interval.js';
import type { Band, IntervalResult, Method, NodeRow, RowKind } from '../domain/model.js';
import type { EpochSeconds } from '../domain/units.js';
import type { IntervalMark } from './ledger.js';

/** A whole number; its digits where it is above 2^53. */
export type Whole = number | string;

/** What is held as sums alone: hours without their intervals, days without their hours. */
export interface ArchiveOutline {
  /** Starts, ascending. */
  readonly hours: readonly EpochSeconds[];
  readonly days: readonly EpochSeconds[];
}

export interface ArchivedMark extends IntervalMark {
  readonly currency: string;
  readonly calculationVersion: number;
}

export interface ArchivedInterval {
  readonly attempts: number;
  readonly committedAt: EpochSeconds;
  readonly result: IntervalResult;
}

/** What the figures of a sum rest on; sums that differ in it are never added. */
export interface ArchivedBasis {
  readonly gridZone: string;
  readonly provider: string;
  readonly method: Method;
  readonly estimated: boolean;
  readonly currency: string;
  readonly pueBand: Band;
  readonly intensityBand: Band;
  readonly embodiedBand: Band;
}

/** mJ, ug, nano-currency; the weighted ones times the half-width of the power that each interval was computed with. */
export interface ArchivedFigures {
  /** Which of the bases of the bucket. */
  readonly basis: number;
  readonly energy: Whole;
  readonly operational: Whole;
  readonly embodied: Whole;
  /** Null: never a price. */
  readonly cost: Whole | null;
  readonly energyPowerLo: Whole;
  readonly energyPowerHi: Whole;
  readonly operationalPowerLo: Whole;
  readonly operationalPowerHi: Whole;
  /** Starts of its first and last interval. */
  readonly first: number;
  readonly last: number;
}

/** Names as in `Row`: empty where a node's own share has none. */
export interface ArchivedPod extends ArchivedFigures {
  readonly kind: RowKind;
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  readonly dynamic: Whole;
  readonly storage: Whole;
  readonly milliseconds: Whole;
  readonly cpuMicroseconds: Whole;
  readonly memoryByteSeconds: Whole;
  readonly received: Whole;
  readonly transmitted: Whole;
  readonly read: Whole;
  readonly written: Whole;
  readonly restarts: Whole;
  readonly samples: Whole;
  /** Largest mean of an interval: millionths of a core, bytes. */
  readonly cpuMax: number;
  readonly memoryMax: number;
}

export interface ArchivedNamespace extends ArchivedFigures {
  /** "__system__" and "__idle__" are those of nodes' own shares. */
  readonly namespace: string;
}

/** A node with one description. The last three are 0 and null where the database that wrote it does not keep them. */
export interface ArchivedNode extends ArchivedFigures {
  readonly node: string;
  readonly instanceType: string;
  readonly region: string;
  readonly zone: string;
  readonly architecture: string;
  readonly cpuCapacity: number;
  readonly memoryCapacity: number;
  readonly embodiedTotal: number;
  readonly milliseconds: Whole;
  readonly cpuMicroseconds: Whole;
  readonly samples: Whole;
  readonly estimatedEnergy: Whole;
  readonly measuredEnergy: Whole | null;
  readonly cpuMax: Whole;
}

/** Use by a workload's pods in an hour, or by one of its containers: encoded histograms, base64. */
export interface ArchivedUse {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly cpu: string;
  readonly memory: string;
}

export interface ArchivedContainer extends ArchivedUse {
  readonly container: string;
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
}

/** The newest row of a node in a bucket: what it was like, and when it was last there. */
export interface ArchivedNodeRow {
  readonly start: number;
  readonly row: NodeRow;
}

export interface ArchivedSums {
  readonly bases: readonly ArchivedBasis[];
  readonly pods: readonly ArchivedPod[];
  readonly namespaces: readonly ArchivedNamespace[];
  readonly nodes: readonly ArchivedNode[];
  readonly lastRows: readonly ArchivedNodeRow[];
  /** Of hours only. */
  readonly histograms: readonly ArchivedUse[];
  readonly containers: readonly ArchivedContainer[];
}

/** An hour without the rows of its intervals, or a day without its hours. Lists are in the order of their names. */
export interface ArchivedBucket {
  readonly grain: 'hour' | 'day';
  readonly start: EpochSeconds;
  /** Of every interval in it, ascending. */
  readonly marks: readonly ArchivedMark[];
  /** Null: the sums are gone too. */
  readonly sums: ArchivedSums | null;
}

/** The truth, and what has been shown of it, which never falls. */
export type ArchivedAmount = readonly [truth: Whole, shown: Whole];

export interface ArchivedWorkload {
  readonly record: 'workload';
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly lastSeen: number;
  readonly operational: ArchivedAmount;
  readonly embodied: ArchivedAmount;
  readonly energy: readonly { readonly method: Method; readonly millijoules: ArchivedAmount }[];
  readonly cost: readonly { readonly currency: string; readonly nano: ArchivedAmount }[];
}

export interface ArchivedNodeCounter {
  readonly record: 'node';
  readonly node: string;
  readonly lastSeen: number;
  readonly operational: ArchivedAmount;
  readonly embodied: ArchivedAmount;
  readonly energy: readonly {
    readonly part: 'pods' | 'system' | 'idle';
    readonly method: Method;
    readonly millijoules: ArchivedAmount;
  }[];
}

export interface ArchivedTotals {
  readonly record: 'totals';
  /** Commits by the state in which they left an interval. */
  readonly intervals: { readonly complete: number; readonly partial: number; readonly impossible: number };
  /** Absolute changes of emissions by reason, ug. */
  readonly restated: Readonly<Record<string, Whole>>;
}

export type ArchivedCounter = ArchivedWorkload | ArchivedNodeCounter | ArchivedTotals;

/** What stands beside the intervals. Documents are without the name of the cluster. */
export type ArchivedRecord =
  | ArchivedCounter
  | {
      readonly record: 'intensity';
      readonly gridZone: string;
      readonly hour: number;
      readonly source: string;
      readonly value: number;
      readonly provisional: boolean;
      readonly fetchedAt: number;
      readonly changedAt: number;
    }
  | {
      readonly record: 'embodied';
      readonly source: string;
      readonly provider: string;
      readonly instanceType: string;
      readonly total: number | null;
      readonly band: Band;
      readonly closestMatch: string;
      readonly fetchedAt: number;
      readonly changedAt: number;
    }
  | {
      readonly record: 'restatement';
      readonly start: number;
      readonly node: string;
      readonly at: number;
      readonly reason: string;
      readonly oldEmissions: number;
      readonly newEmissions: number;
      readonly oldFactor: number;
      readonly newFactor: number;
      readonly oldSource: string;
      readonly newSource: string;
    }
  | {
      readonly record: 'recommendation';
      readonly id: string;
      /** `Recommendation` and `Baseline`. */
      readonly recommendation: Document;
      readonly baseline: Document | null;
    }
  | { readonly record: 'event'; readonly event: Document }
  | {
      readonly record: 'booking';
      readonly id: string;
      readonly start: number;
      readonly millijoules: number;
      readonly micrograms: number;
      readonly nanoCurrency: number | null;
      readonly currency: string;
    }
  | {
      readonly record: 'saving';
      readonly namespace: string;
      readonly type: string;
      /** "ug" or a currency. */
      readonly unit: string;
      /** What counters have shown. */
      readonly amount: Whole;
    }
  | { readonly record: 'scan'; readonly scan: Document }
  | {
      readonly record: 'finding';
      readonly kind: string;
      readonly subject: string;
      readonly at: number;
      readonly body: unknown;
    }
  | { readonly record: 'note'; readonly key: string; readonly value: string };

export type Document = Readonly<Record<string, unknown>>;

/**
 * "written": it was not there, or less was known. "held": as much is known of it. "kept": less is known, but not of single
 * intervals alone, so that the sums that are there cannot be replaced.
 */
export type Restored = 'written' | 'held' | 'kept';

/** Of one cluster; held by its writer beside the ledger. */
export interface Archive {
  /** Of whole buckets that lie in the range. */
  outline(range: TimeRange): Promise<ArchiveOutline>;
  /** Null: there is none, or its rows are gone. Rows and nodes are in the order of their names. */
  interval(start: EpochSeconds): Promise<ArchivedInterval | null>;
  /** @throws RangeError when the ledger has no such bucket without what it was added up from */
  bucket(grain: 'hour' | 'day', start: EpochSeconds): Promise<ArchivedBucket>;
  /** By kind, in a fixed order, then by name or time; workloads in the order in which they joined. */
  records(): AsyncIterable<ArchivedRecord>;

  /** As `Ledger.commit`, but an interval that is held as well or better is no attempt. One transaction for what it holds. */
  putInterval(interval: ArchivedInterval): Promise<Restored>;
  /** In one transaction: the marks, the sums, what they add to the counters, and the day that it makes whole. */
  putBucket(bucket: ArchivedBucket): Promise<Restored>;
  /**
   * In one transaction. Nothing that is there is lowered or made older: counters raise what is shown, documents and factors are
   * taken where there is none or an older one.
   */
  putRecords(records: readonly ArchivedRecord[]): Promise<void>;
  /** Raise the truth of counters to what it was where they come from; once all intervals and buckets are there. */
  settle(counters: readonly ArchivedCounter[]): Promise<void>;
}
