/** Whether an archived hour or day is whole and consistent, before anything of it is stored. */
import { DAY, HOUR } from '../domain/interval.js';
import type { ArchivedBucket, ArchivedSums } from '../ports/archive.js';

/** A line that cannot be stored. */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
}

/** @throws ArchiveProblem saying what is wrong, for a sentence that begins with the line */
export function need(isSo: boolean, complaint: string): void {
  if (!isSo) throw new ArchiveProblem(complaint);
}

const LISTS = ['bases', 'pods', 'namespaces', 'nodes', 'lastRows', 'histograms', 'containers'] as const;
const FIGURES = [
  ...['energy', 'operational', 'embodied', 'energyPowerLo', 'energyPowerHi', 'operationalPowerLo'],
  ...['operationalPowerHi', 'first', 'last'],
];
const USE = ['namespace', 'workload', 'workloadType', 'cpu', 'memory'];

/** Of each list its fields that are names, whole numbers, and whole numbers or null. */
const FIELDS: Readonly<Partial<Record<(typeof LISTS)[number], readonly (readonly string[])[]>>> = {
  bases: [['gridZone', 'provider', 'method', 'currency'], [], []],
  pods: [
    ['kind', 'node', 'namespace', 'pod', 'uid', 'workload', 'workloadType'],
    [
      ...FIGURES,
      ...['dynamic', 'storage', 'milliseconds', 'cpuMicroseconds', 'memoryByteSeconds', 'received'],
      ...['transmitted', 'read', 'written', 'restarts', 'samples', 'cpuMax', 'memoryMax'],
    ],
    ['cost'],
  ],
  namespaces: [['namespace'], FIGURES, ['cost']],
  nodes: [
    ['node', 'instanceType', 'region', 'zone', 'architecture'],
    [...FIGURES, 'milliseconds', 'cpuMicroseconds', 'samples', 'estimatedEnergy', 'cpuMax'],
    ['cost', 'measuredEnergy'],
  ],
  histograms: [USE, [], []],
  containers: [[...USE, 'container'], [], []],
};

/** @throws ArchiveProblem */
export function checkBucket(bucket: ArchivedBucket): ArchivedBucket {
  const { grain, start, marks, sums } = bucket;
  need(grain === 'hour' || grain === 'day', 'is neither an hour nor a day');
  const width = grain === 'hour' ? HOUR : DAY;
  need(Number.isSafeInteger(start) && start % width === 0, `does not begin where ${grain}s do`);
  need(Array.isArray(marks) && marks.length > 0, 'has no marks of intervals');
  const { step } = marks[0]!;
  const isWhole =
    marks.length === width / step && marks.every((m, i) => m.start === start + i * step && m.step === step);
  need(isWhole, `does not have one mark for each interval of the ${grain}`);
  if (sums === null && grain === 'day') return bucket;
  if (typeof sums !== 'object' || sums === null) throw new ArchiveProblem('has no sums');
  for (const list of LISTS) checkList(sums, list);
  for (const { basis, first, last } of [...sums.pods, ...sums.namespaces, ...sums.nodes]) {
    need(sums.bases[basis] !== undefined, `refers to basis ${String(basis)}, which it does not have`);
    need(
      first >= start && last < start + width && first <= last,
      `has a sum of another time than its ${grain}`,
    );
  }
  for (const { start: at, row } of sums.lastRows) {
    need(
      marks.some((m) => m.start === at),
      'has the row of a node of another time',
    );
    need(
      typeof row.node === 'string' && Array.isArray(row.meters),
      'has the row of a node without its fields',
    );
  }
  checkSums(sums);
  return bucket;
}

function checkList(sums: ArchivedSums, list: (typeof LISTS)[number]): void {
  need(Array.isArray(sums[list]), `has no ${list}`);
  const [names = [], wholes = [], nullable = []] = FIELDS[list] ?? [];
  for (const line of sums[list] as readonly unknown[] as readonly Readonly<Record<string, unknown>>[]) {
    for (const name of names) need(typeof line[name] === 'string', `has ${list} without ${name}`);
    for (const name of wholes) need(isWhole(line[name]), `has ${list} whose ${name} is no whole number`);
    for (const name of nullable)
      need(line[name] === null || isWhole(line[name]), `has ${list} whose ${name} is no whole number`);
  }
}

const isWhole = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === 'string' && /^\d{1,38}$/.test(value);

/** Pods add to their namespaces and to their nodes, exactly. */
function checkSums({ pods, namespaces, nodes }: ArchivedSums): void {
  for (const amount of ['energy', 'operational', 'embodied', 'cost'] as const) {
    const [ofPods, ofNamespaces, ofNodes] = [pods, namespaces, nodes].map((lines) => {
      let sum = 0n;
      for (const line of lines) sum += BigInt(line[amount] ?? 0);
      return sum;
    });
    need(
      ofPods === ofNamespaces && ofPods === ofNodes,
      `has pods with ${amount} ${ofPods!}, namespaces with ${ofNamespaces!} and nodes with ${ofNodes!}: it was changed`,
    );
  }
}
