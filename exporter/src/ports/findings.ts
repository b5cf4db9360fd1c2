/**
 * What analyses of the past have found, kept so that it is shown at once after a restart and never computed because somebody
 * asks. Of each kind only the newest finding about a subject is kept; findings are plain data of at most some kilobytes.
 */
import type { BudgetState } from '../domain/budget/state.js';
import type { ZoneOutlook } from '../domain/forecast/outlook.js';
import type { ReleaseFinding } from '../domain/releases/finding.js';
import type { SciFinding } from '../domain/sci/sci.js';
import type { Score } from '../domain/score/score.js';
import type { EpochSeconds } from '../domain/units.js';

export interface FindingTypes {
  /** By namespace; the cluster's own has the subject "". */
  readonly score: Score;
  /** By the name of the budget. */
  readonly budget: BudgetState;
  /** By grid zone. */
  readonly outlook: ZoneOutlook;
  /** By namespace, workload and unit. */
  readonly sci: SciFinding;
  /** By namespace, workload and ReplicaSet. */
  readonly release: ReleaseFinding;
}
export const FINDING_KINDS = ['score', 'budget', 'outlook', 'sci', 'release'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding<T> {
  readonly cluster: string;
  /** What it is about; unique within cluster and kind. */
  readonly subject: string;
  readonly at: EpochSeconds;
  readonly body: T;
}

export type NewFinding<T> = Pick<Finding<T>, 'subject' | 'body'>;

/** Held by the writer of one cluster's ledger. */
export interface FindingsStore {
  /**
   * Make these all the findings of a kind, in one transaction: subjects that are not among them are gone, and a reader sees
   * either the ones before or these.
   */
  replaceFindings<K extends FindingKind>(
    kind: K,
    findings: readonly NewFinding<FindingTypes[K]>[],
    at: EpochSeconds,
  ): Promise<void>;
  /** Those of this cluster, by subject in the order of its code units. */
  storedFindings<K extends FindingKind>(kind: K): Promise<readonly Finding<FindingTypes[K]>[]>;
}

export interface FindingsQuery<K extends FindingKind = FindingKind> {
  readonly kind: K;
  /** Empty: all clusters. */
  readonly clusters: readonly string[];
}

/** Served by read-only connections; never waits for the writer. */
export interface FindingsHistory {
  /** By cluster, then by subject, in the order of their code units. */
  findings<K extends FindingKind>(query: FindingsQuery<K>): Promise<readonly Finding<FindingTypes[K]>[]>;
}
