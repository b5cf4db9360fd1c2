/** Sums of an hour or a day as they are archived. */
import type { ArchivedContainer, ArchivedNodeRow, ArchivedSums, ArchivedUse } from '../../ports/archive.js';
import { archivedContainer } from '../../pipeline/archive-lines.js';
import { inOrder } from '../archive-form.js';
import { podNames, toBasis, type BasisRecord } from '../archive-names.js';
import { POD_USAGE, SumsBuilder, WEIGHTED, type NodeNames } from '../archive-sums.js';
import { decodeContainers } from '../container-block.js';
import { toNodeRow, type EntityRecord, type NodeRecord } from '../records.js';
import type { Session } from './connection.js';
import { ENTITY_JOINS, NODE_COLUMNS, NODE_JOINS } from './records.js';

export interface BucketPlace {
  readonly clusterId: number;
  readonly grain: 'hour' | 'day';
  readonly start: number;
  readonly end: number;
}

/** Amounts come as bigint, times and counts as number. */
type SumsRecord = Readonly<Record<string, bigint | number | null>> & {
  readonly basisId: number;
  readonly first: number;
  readonly last: number;
};
type Bases = ReadonlyMap<number, ReturnType<typeof toBasis>>;

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const named = (columns: readonly string[]) => columns.map((c) => `u.${snake(c)} AS "${c}"`).join(', ');
const FIGURES = `u.basis_id AS "basisId", u.first_start AS first, u.last_start AS last,
  ${named(['energy', 'operational', 'embodied', 'cost', ...WEIGHTED])}`;
const AT = 'u.cluster_id = $1 AND u.start = $2';

const BASES = `SELECT b.id, b.grid_zone AS "gridZone", b.provider, b.method, b.estimated, m.code AS currency, b.pue_lo AS "pueLo",
    b.pue_hi AS "pueHi", b.intensity_lo AS "intensityLo", b.intensity_hi AS "intensityHi", b.embodied_lo AS "embodiedLo",
    b.embodied_hi AS "embodiedHi"
  FROM basis b JOIN currency m ON m.id = b.currency_id WHERE b.cluster_id = $1`;

/** Null: a day whose sums are gone. */
export async function readSums(session: Session, place: BucketPlace): Promise<ArchivedSums | null> {
  const { clusterId, grain, start, end } = place;
  const [seal] = await session.rows<{ held: boolean }>(
    `SELECT held FROM ${grain}_seal WHERE cluster_id = $1 AND start = $2`,
    [clusterId, start],
  );
  if (seal?.held !== true) return null;
  const found = await session.rows<BasisRecord>(BASES, [clusterId]);
  const bases: Bases = new Map(found.map((record) => [record.id, toBasis(record)]));
  const builder = new SumsBuilder();
  await addPods(builder, session, bases, place);
  await addNamespaces(builder, session, bases, place);
  await addNodes(builder, session, bases, place);
  return {
    ...builder.build(),
    lastRows: await lastRows(session, clusterId, start, end),
    histograms: grain === 'hour' ? await histograms(session, place) : [],
    containers: grain === 'hour' ? await containersOf(session, place) : [],
  };
}

async function addPods(
  builder: SumsBuilder,
  session: Session,
  bases: Bases,
  place: BucketPlace,
): Promise<void> {
  const { clusterId, grain, start } = place;
  const records = await session.rows<SumsRecord & Omit<EntityRecord, 'id'>>(
    `SELECT e.kind, d.name AS node, ns.name AS namespace, e.pod, e.uid, w.name AS workload, w.type AS "workloadType",
       l.json AS labels, nullif(e.cpu_request, -1) AS "cpuRequest", nullif(e.memory_request, -1) AS "memoryRequest",
       ${FIGURES}, ${named([...POD_USAGE, 'cpuMax', 'memoryMax'])}
     FROM pod_${grain} u JOIN entity e ON e.id = u.entity_id ${ENTITY_JOINS} WHERE ${AT}`,
    [clusterId, start],
  );
  for (const record of records) {
    builder.pod(podNames(record), bases.get(record.basisId)!, {
      ...figuresOf(record),
      ...amountsOf(record, POD_USAGE),
      cpuMax: Number(record['cpuMax']),
      memoryMax: Number(record['memoryMax']),
    });
  }
}

async function addNamespaces(
  builder: SumsBuilder,
  session: Session,
  bases: Bases,
  { clusterId, grain, start }: BucketPlace,
): Promise<void> {
  const records = await session.rows<SumsRecord & { name: string }>(
    `SELECT s.name, ${FIGURES} FROM namespace_${grain} u JOIN namespace s ON s.id = u.namespace_id WHERE ${AT}`,
    [clusterId, start],
  );
  for (const record of records) builder.namespace(record.name, bases.get(record.basisId)!, figuresOf(record));
}

async function addNodes(
  builder: SumsBuilder,
  session: Session,
  bases: Bases,
  { clusterId, grain, start }: BucketPlace,
): Promise<void> {
  const usage = ['milliseconds', 'cpuMicroseconds', 'samples', 'estimatedEnergy'] as const;
  const records = await session.rows<SumsRecord & NodeNames>(
    `SELECT d.name AS node, s.instance_type AS "instanceType", s.region, s.zone, s.architecture,
       s.cpu_capacity AS "cpuCapacity", s.memory_capacity AS "memoryCapacity", s.embodied_total AS "embodiedTotal",
       ${FIGURES}, ${named([...usage, 'measuredEnergy', 'cpuMax'])}
     FROM node_${grain} u JOIN node d ON d.id = u.node_id JOIN node_spec s ON s.id = u.node_spec_id WHERE ${AT}`,
    [clusterId, start],
  );
  for (const record of records) {
    const measured = record['measuredEnergy'];
    builder.node(record, bases.get(record.basisId)!, {
      ...figuresOf(record),
      ...amountsOf(record, usage),
      measuredEnergy: measured == null ? null : BigInt(measured),
      cpuMax: Number(record['cpuMax']),
    });
  }
}

async function lastRows(
  session: Session,
  clusterId: number,
  from: number,
  to: number,
): Promise<ArchivedNodeRow[]> {
  const records = await session.rows<NodeRecord & { start: number }>(
    `SELECT n.start, ${NODE_COLUMNS} FROM node_usage n ${NODE_JOINS}
     WHERE n.cluster_id = $1 AND n.start >= $2 AND n.start < $3 ORDER BY d.name, n.start`,
    [clusterId, from, to],
  );
  return records.map((record) => ({ start: record.start, row: toNodeRow(record) }));
}

async function histograms(session: Session, { clusterId, start }: BucketPlace): Promise<ArchivedUse[]> {
  const found = await session.rows<Omit<ArchivedUse, 'cpu' | 'memory'> & { cpu: Buffer; memory: Buffer }>(
    `SELECT s.name AS namespace, w.name AS workload, w.type AS "workloadType", u.cpu, u.memory FROM workload_hour_histogram u
     JOIN workload w ON w.id = u.workload_id JOIN namespace s ON s.id = w.namespace_id WHERE ${AT}`,
    [clusterId, start],
  );
  const uses = found.map(({ namespace, workload, workloadType, cpu, memory }) => ({
    ...{ namespace, workload, workloadType },
    ...{ cpu: cpu.toString('base64'), memory: memory.toString('base64') },
  }));
  return inOrder(uses, (use) => [use.namespace, use.workload, use.workloadType]);
}

async function containersOf(
  session: Session,
  { clusterId, start }: BucketPlace,
): Promise<ArchivedContainer[]> {
  const [found] = await session.rows<{ block: Buffer }>(`SELECT u.block FROM container_hour u WHERE ${AT}`, [
    clusterId,
    start,
  ]);
  return decodeContainers(found?.block ?? null).map(archivedContainer);
}

function amountsOf<Column extends string>(
  record: SumsRecord,
  columns: readonly Column[],
): Record<Column, bigint> {
  return Object.fromEntries(columns.map((column) => [column, BigInt(record[column]!)])) as Record<
    Column,
    bigint
  >;
}

function figuresOf(record: SumsRecord) {
  const cost = record['cost'];
  return {
    ...amountsOf(record, [...(['energy', 'operational', 'embodied'] as const), ...WEIGHTED]),
    cost: cost == null ? null : BigInt(cost),
    ...{ first: record.first, last: record.last },
  };
}
