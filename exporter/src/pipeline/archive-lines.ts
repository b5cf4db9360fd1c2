/**
 * The lines of an archive, JSON each. The first says whose they are, the last how many intervals there were, so that what was cut
 * is known for it. In between: counters, then intervals, hours and days in the order of time, then everything else.
 */
import type { ContainerUse, IntervalResult } from '../domain/model.js';
import { bytes, cores } from '../domain/units.js';
import type {
  ArchivedBucket,
  ArchivedContainer,
  ArchivedCounter,
  ArchivedInterval,
  ArchivedRecord,
} from '../ports/archive.js';
import { ArchiveProblem, checkBucket, need } from './archive-check.js';

export interface ArchiveHead {
  readonly greenkube: 'export';
  readonly version: 2;
  readonly cluster: string;
  readonly step: number;
  /** Intervals that follow, also those of which only the sums of an hour or a day are held. */
  readonly intervals: number;
}

export interface ArchiveEnd {
  readonly end: number;
}

/** An interval without bytes, which JSON does not have. */
interface PlainInterval extends Omit<ArchivedInterval, 'result'> {
  readonly result: Omit<IntervalResult, 'containers'> & {
    readonly containers?: readonly ArchivedContainer[];
  };
}

export type ArchiveLine = ArchiveHead | ArchiveEnd | ArchivedInterval | ArchivedBucket | ArchivedRecord;

const VERSIONS: readonly unknown[] = [1, 2];

export function encodeLine(line: ArchiveLine): string {
  if (!('result' in line)) return JSON.stringify(line);
  const { containers, ...result } = line.result;
  const plain: PlainInterval = {
    ...line,
    result: { ...result, containers: containers.map(archivedContainer) },
  };
  return JSON.stringify(plain);
}

/** @throws ArchiveProblem, or whatever reading a damaged line throws */
export function decodeLine(text: string): ArchiveLine {
  const line = JSON.parse(text) as ArchiveLine | PlainInterval | null;
  if (typeof line !== 'object' || line === null) throw new ArchiveProblem('is not an object');
  if ('greenkube' in line) return checkedHead(line);
  if ('result' in line) return checkedInterval(line as PlainInterval);
  if ('grain' in line) return checkBucket(line);
  if ('record' in line) return checkedRecord(line);
  if ('end' in line && Number.isInteger(line.end)) return line;
  throw new ArchiveProblem('is none of the lines of an export');
}

export const isCounter = (record: ArchivedRecord): record is ArchivedCounter =>
  record.record === 'workload' || record.record === 'node' || record.record === 'totals';

function checkedHead(head: ArchiveHead): ArchiveHead {
  if (head.greenkube !== 'export') throw new ArchiveProblem('was not written by greenkube export');
  if (!VERSIONS.includes(head.version)) {
    throw new ArchiveProblem(
      `has version ${String(head.version)}, this program reads 1 and 2: use a later version of it`,
    );
  }
  return head;
}

function checkedInterval({ result, committedAt, attempts = 1 }: PlainInterval): ArchivedInterval {
  const { start } = result.interval;
  need(Number.isSafeInteger(start) && Number.isSafeInteger(committedAt), 'has no start or time of commit');
  need(Array.isArray(result.rows) && Array.isArray(result.nodes), 'has no rows or nodes');
  const containers = (result.containers ?? []).map(containerUse);
  return { attempts, committedAt, result: { ...result, containers } };
}

const RECORDS: ReadonlySet<string> = new Set<ArchivedRecord['record']>([
  ...(['workload', 'node', 'totals', 'intensity', 'embodied', 'restatement', 'recommendation'] as const),
  ...(['event', 'booking', 'saving', 'scan', 'finding', 'note'] as const),
]);

function checkedRecord(record: ArchivedRecord): ArchivedRecord {
  need(RECORDS.has(record.record), `is a record of a kind that is not known: ${String(record.record)}`);
  return record;
}

/** Histograms as text, and the other way round. */
export const archivedContainer = (use: ContainerUse): ArchivedContainer => ({
  ...{ namespace: use.namespace, workload: use.workload.name, workloadType: use.workload.type },
  ...{ container: use.container, cpuRequest: use.cpuRequest, memoryRequest: use.memoryRequest },
  cpu: Buffer.from(use.cpu).toString('base64'),
  memory: Buffer.from(use.memory).toString('base64'),
});

export const containerUse = (c: ArchivedContainer): ContainerUse => ({
  ...{ namespace: c.namespace, workload: { name: c.workload, type: c.workloadType }, container: c.container },
  cpuRequest: c.cpuRequest === null ? null : cores(c.cpuRequest),
  memoryRequest: c.memoryRequest === null ? null : bytes(c.memoryRequest),
  cpu: new Uint8Array(Buffer.from(c.cpu, 'base64')),
  memory: new Uint8Array(Buffer.from(c.memory, 'base64')),
});
