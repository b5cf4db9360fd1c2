/** A report: one row a period and group, read from the past period by period so that its length costs no memory. */
import type { TimeRange } from '../domain/interval.js';
import type { Ratio, Seconds } from '../domain/units.js';
import type { Filters, GroupId, GroupKey, History, Sums } from '../ports/history.js';
import { bucketsOf, checkBuckets, checkResolution, type Bucket, type ReportStep } from './report-buckets.js';

export interface ReportQuestion {
  /** On the grid of the ledger. */
  readonly range: TimeRange;
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  /** Null: the whole range is one period. */
  readonly step: ReportStep | null;
  readonly ledgerStep: Seconds;
}

/** What stands above the rows. */
export interface ReportHead extends ReportQuestion {
  /** Names of the fields of every key, in their order. */
  readonly keyFields: readonly (keyof GroupId)[];
  /** In which there is any cost in the range. */
  readonly currencies: readonly string[];
  readonly total: Sums;
  readonly coverage: Ratio;
}

export interface ReportRow {
  readonly bucket: Bucket;
  readonly key: GroupId;
  readonly sums: Sums;
  readonly coverage: Ratio;
}

export interface Report {
  readonly head: ReportHead;
  /** Rows of one period at a time, in the order of their keys. A period of which nothing is known has none. Read once. */
  readonly periods: AsyncIterable<readonly ReportRow[]>;
}

/** Every key names its cluster; a workload and a pod are only one together with their namespace. */
const FIELDS: Readonly<Record<string, readonly (keyof GroupId)[]>> = {
  cluster: [],
  workload: ['namespace', 'workload', 'workload_type'],
  pod: ['namespace', 'pod'],
};

export function keyFieldsOf(by: readonly GroupKey[]): readonly (keyof GroupId)[] {
  return [...new Set<keyof GroupId>(['cluster', ...by.flatMap((key) => FIELDS[key] ?? [key])])];
}

/**
 * Ask for the head and make the rows ready to be read.
 * @throws QueryProblem when the range has too many periods of the step, or is no longer held in periods so short
 */
export async function openReport(history: History, question: ReportQuestion): Promise<Report> {
  const { range, filters, step, ledgerStep, by } = question;
  checkBuckets(range, step, ledgerStep);
  if (step === 'raw' || step === 'hour') checkResolution(step, ledgerStep, await history.resolution(range));
  const whole = await history.totals({ range, by: [], filters });
  const head: ReportHead = {
    ...question,
    keyFields: keyFieldsOf(by),
    currencies: whole.total.cost.map(({ currency }) => currency).toSorted(),
    total: whole.total,
    coverage: whole.coverage,
  };
  return { head, periods: readPeriods(history, head) };
}

async function* readPeriods(history: History, head: ReportHead): AsyncGenerator<readonly ReportRow[]> {
  const { range, by, filters, step, ledgerStep, keyFields } = head;
  for (const bucket of bucketsOf(range, step, ledgerStep)) {
    const { from, to } = bucket;
    const { groups } = await history.totals({ range: { from, to }, by, filters });
    const rows = groups.map(({ key, sums, coverage }) => ({ bucket, key, sums, coverage }));
    yield rows.sort((a, b) => compareKeys(a.key, b.key, keyFields));
  }
}

/** By code unit, so that the order is the same everywhere. */
function compareKeys(a: GroupId, b: GroupId, fields: readonly (keyof GroupId)[]): number {
  for (const field of fields) {
    const [x, y] = [a[field] ?? '', b[field] ?? ''];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export const REPORT_FORMATS = ['csv', 'json', 'parquet'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A report as a file: its bytes piece by piece, made only as fast as they are taken. */
export interface EncodedReport {
  readonly contentType: string;
  readonly fileName: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export type EncodeReport = (report: Report, format: ReportFormat) => EncodedReport;
