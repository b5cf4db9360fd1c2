/** The rows of an interval as documents: of each pod and share, and their sums by namespace and node. */
import { createHash } from 'node:crypto';
import { ContainerUses } from '../../domain/container-use.js';
import type { ContainerUse, IntervalResult, MeterFigure, NodeRow, Row, RowKind } from '../../domain/model.js';
import { canonicalJson, SHARE_NAMES } from '../naming.js';
import { MICROSECONDS, toRow } from '../records.js';
import { basisFields, basisWithoutPower, encodeBasis } from './basis.js';
import type { Connection, Json } from './connection.js';
import type { Grain, Names } from './names.js';
import { NamespaceSums } from './namespace-sums.js';
import { containersOf, USE_FIELDS, useOf, type UseFields } from './use.js';
import { weightsOf } from './weights.js';

/** Of what a document tells. */
export type Level = 'pod' | 'namespace' | 'node' | 'use' | 'meter';

/** Names a bucket of one cluster and the generation of its documents. */
export interface Place {
  readonly cluster: string;
  readonly grain: Grain;
  readonly start: number;
  readonly gen: number;
}

/** Fields that are added up from intervals to hours and from hours to days; "cost" only where the basis has prices. */
export const SUMS = [
  ...['energy', 'dynamic', 'storage', 'operational', 'embodied', 'cost', 'milliseconds', 'cpu'],
  ...['memory_seconds', 'received', 'transmitted', 'read', 'written', 'samples'],
] as const;
/** The same of what is not whole numbers. */
export const REALS = ['cpu_request_seconds', 'restarts'] as const;
export const MAXIMA = ['cpu_max', 'memory_max'] as const;

export interface RowDocument {
  readonly kind: RowKind;
  readonly node: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workload_type: string;
  readonly pod: string;
  readonly uid: string;
  readonly label_set: string;
  readonly cpu_request?: number;
  readonly memory_request?: number;
  readonly seconds: number;
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost?: number;
  /** Microseconds. */
  readonly cpu: number;
  readonly memory: number;
  readonly received: number;
  readonly transmitted: number;
  readonly read: number;
  readonly written: number;
  readonly restarts: number;
}

/** Documents of one bucket, each an action and a source, with ids that follow from what they are. */
export class Documents {
  readonly lines: string[] = [];
  /** Beginnings of the texts of an action and of a source: most of the time of a commit goes into making them. */
  readonly #action: string;
  readonly #common: string;
  readonly #told: ((level: Level, fields: Json) => void) | undefined;
  #count = 0;

  /** @param told of each document as well */
  constructor(
    names: Names,
    { cluster, grain, start, gen }: Place,
    told?: (level: Level, fields: Json) => void,
  ) {
    // A generation writes one bucket of each grain at most.
    const id = `${shortNameOf(cluster)}.${gen.toString(36)}.`;
    this.#action = JSON.stringify({ index: { _index: names.facts(grain, start), _id: id } }).slice(0, -3);
    this.#common = JSON.stringify({ '@timestamp': start, cluster, gen }).slice(0, -1);
    this.#told = told;
  }

  /** @param fields one at least */
  add(level: Level, fields: Json): void {
    const seq = this.#count++;
    this.lines.push(
      `${this.#action}${seq.toString(36)}"}}`,
      `${this.#common},"level":"${level}","seq":${seq},${JSON.stringify(fields).slice(1)}`,
    );
    this.#told?.(level, fields);
  }
}

/** Names may be longer than an id. */
const shortNameOf = (cluster: string) =>
  createHash('sha256').update(cluster).digest('base64url').slice(0, 16);

/** @param told of each document as well */
export function documentsOf(
  names: Names,
  result: IntervalResult,
  { cluster, gen }: { readonly cluster: string; readonly gen: number },
  told?: (level: Level, fields: Json) => void,
): Documents {
  const { start } = result.interval;
  const documents = new Documents(names, { cluster, grain: 'usage', start, gen }, told);
  const basisOf = new Map(result.nodes.map((n) => [n.node, encodeBasis(n, result.currency)]));
  const namespaces = new NamespaceSums();
  for (const row of result.rows) {
    const basis = basisOf.get(row.node)!;
    documents.add('pod', rowFields(row, basis, start));
    const { energy, operational, embodied, cost } = row;
    const amounts = { energy, operational, embodied, cost: cost ?? undefined };
    const line = { namespace: namespaceOf(row), basis: basisWithoutPower(basis), first: start, last: start };
    namespaces.add(line, amounts, weightsOf(energy, operational, basis));
  }
  for (const fields of namespaces.documents()) documents.add('namespace', fields);
  for (const node of result.nodes) {
    documents.add('node', nodeFields(node, basisOf.get(node.node)!, start));
    for (const meter of node.meters) addMeter(documents, node, meter);
  }
  for (const use of useOf(result)) documents.add('use', { ...use });
  return documents;
}

function rowFields(row: Row, basis: string, start: number): Json {
  const share = row.kind === 'pod' ? null : SHARE_NAMES[row.kind];
  const milliseconds = Math.round(row.seconds * 1000);
  const cpu = Math.round(row.cpuSeconds * MICROSECONDS);
  return {
    ...entityFields([
      ...([row.kind, row.node, namespaceOf(row), share ?? row.workload.name] as const),
      ...([row.workload.type, share ?? row.pod, canonicalJson(row.labels), basis] as const),
    ]),
    uid: row.uid,
    ...{ first: start, last: start, milliseconds, cpu },
    ...(row.cpuRequest !== null && { cpu_request: row.cpuRequest }),
    ...(row.memoryRequest !== null && { memory_request: row.memoryRequest }),
    cpu_request_seconds: ((row.cpuRequest ?? 0) * milliseconds) / 1000,
    seconds: row.seconds,
    energy: row.energy,
    dynamic: row.dynamic,
    storage: row.storage,
    operational: row.operational,
    embodied: row.embodied,
    ...(row.cost !== null && { cost: row.cost }),
    memory: row.memoryBytes,
    received: row.receivedBytes,
    transmitted: row.transmittedBytes,
    read: row.readBytes,
    written: row.writtenBytes,
    restarts: row.restarts,
  };
}

/** What tells the sums of one pod from those of another. */
export type Entity = readonly [
  kind: string,
  node: string,
  namespace: string,
  workload: string,
  workloadType: string,
  pod: string,
  labelSet: string,
  basis: string,
];

export function entityFields(entity: Entity): Json {
  const [kind, node, namespace, workload, workload_type, pod, label_set, basis] = entity;
  return {
    ...{ kind, node, namespace, workload, workload_type, pod, label_set },
    ...(label_set !== '{}' && { labels: JSON.parse(label_set) as unknown }),
    ...basisFields(basis),
  };
}

function nodeFields(row: NodeRow, basis: string, start: number): Json {
  return {
    node: row.node,
    ...basisFields(basis),
    reasons: row.provenance.reasons,
    ...{ first: start, last: start, samples: 1 },
    milliseconds: Math.round(row.seconds * 1000),
    cpu: Math.round(row.cpuSeconds * MICROSECONDS),
    energy: row.energy,
    operational: row.operational,
    embodied: row.embodied,
    ...(row.cost !== null && { cost: row.cost }),
    row,
  };
}

/** What the model and a meter say of the same, as the comparison adds it up (see `ComparisonCell`). */
function addMeter(documents: Documents, node: NodeRow, meter: MeterFigure): void {
  const { source, scope } = meter;
  if (!(meter.measured > 0) || meter.estimated === null) return;
  const { seconds: time, cpuCapacity, memoryCapacity, instanceType, provenance } = node;
  const [measured, estimated] = [meter.measured / 1e3, meter.estimated / 1e3];
  const use = node.cpuSeconds / (cpuCapacity * time);
  const utilisation = Number.isFinite(use) ? Math.min(1, use) : 0;
  const error = estimated - measured;
  documents.add('meter', {
    node: node.node,
    machine: JSON.stringify([provenance.provider, instanceType, cpuCapacity, memoryCapacity]),
    meter: JSON.stringify([source, scope]),
    percent: Math.min(100, Math.floor(100 * utilisation + 1e-9)),
    ...{ seconds: time, utilisation, utilisation_seconds: time * utilisation },
    ...{ estimated_joules: estimated, measured_joules: measured },
    squared_measured: (measured * measured) / time,
    squared_error: (error * error) / time,
    absolute_error: Math.abs(error),
    relative_error: (time * Math.abs(error)) / measured,
  });
}

const namespaceOf = (row: Row) => (row.kind === 'pod' ? row.namespace : SHARE_NAMES[row.kind]);

/** Rows of an interval in the order in which they were committed. @param only further terms that they must match */
export async function readRows(
  connection: Connection,
  place: Omit<Place, 'grain'>,
  only: Json = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const fields of readRowFields(connection, place, only)) {
    rows.push(rowOf(fields as unknown as RowDocument));
  }
  return rows;
}

/**
 * What the documents of an interval's rows hold, from its columns: documents lie in the order of pods, so that those of one interval
 * are all over the index, and to get at them whole most of it would have to be unpacked.
 */
export async function* readRowFields(
  connection: Connection,
  place: Omit<Place, 'grain'>,
  only: Json = {},
): AsyncGenerator<Json> {
  const query = queryFor('pod', [place], only);
  const index = connection.names.facts('usage', place.start);
  const body = { query, _source: false, stored_fields: '_none_', docvalue_fields: ROW_FIELDS };
  for await (const { fields } of connection.searchAll<unknown>(index, body, BY_SEQUENCE)) {
    yield Object.fromEntries(Object.entries(fields!).map(([field, [value]]) => [field, value]));
  }
}

export async function readNodeRows(
  connection: Connection,
  place: Omit<Place, 'grain'>,
  only: Json = {},
): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  const query = queryFor('node', [place], only);
  const index = connection.names.facts('usage', place.start);
  const body = { query, _source: ['row'] };
  for await (const { _source } of connection.searchAll<{ row: NodeRow }>(index, body, BY_SEQUENCE)) {
    rows.push(_source.row);
  }
  return rows;
}

export async function readContainers(
  connection: Connection,
  place: Omit<Place, 'grain'>,
): Promise<ContainerUse[]> {
  const uses = new ContainerUses();
  const index = connection.names.facts('usage', place.start);
  const body = { query: queryFor('use', [place]), _source: USE_FIELDS };
  for await (const { _source } of connection.searchAll<UseFields>(index, body, BY_SEQUENCE)) {
    for (const use of containersOf(_source)) uses.addLater(use);
  }
  return uses.all();
}

const BY_SEQUENCE = [{ seq: 'asc' }];

/** Documents of a level in places of one grain. @param only fields and the values of which they must have one */
export function queryFor(
  level: Level,
  places: readonly Pick<Place, 'cluster' | 'gen'>[],
  only: Json = {},
): Json {
  const byCluster = new Map<string, number[]>();
  for (const { cluster, gen } of places) {
    const gens = byCluster.get(cluster);
    if (gens) gens.push(gen);
    else byCluster.set(cluster, [gen]);
  }
  const clusters = [...byCluster].map(([cluster, gens]) => ({
    bool: { filter: [{ term: { cluster } }, { terms: { gen: gens } }] },
  }));
  const wanted = Object.entries(only).map(([field, values]) => ({
    terms: { [field]: Array.isArray(values) ? values : [values] },
  }));
  const where = clusters.length === 1 ? clusters : [{ bool: { should: clusters, minimum_should_match: 1 } }];
  return { bool: { filter: [{ term: { level } }, ...wanted, ...where] } };
}

const rowOf = (d: RowDocument): Row =>
  toRow(
    {
      ...{ kind: d.kind, node: d.node, namespace: d.namespace, pod: d.pod, uid: d.uid },
      ...{ workload: d.workload, workloadType: d.workload_type, labels: d.label_set },
      ...{ cpuRequest: d.cpu_request ?? null, memoryRequest: d.memory_request ?? null },
    },
    { ...d, cost: d.cost ?? null },
  );

const ROW_FIELDS = [
  ...['kind', 'node', 'namespace', 'workload', 'workload_type', 'pod', 'uid', 'label_set', 'cpu_request'],
  ...['memory_request', 'seconds', 'energy', 'dynamic', 'storage', 'operational', 'embodied', 'cost', 'cpu'],
  ...['memory', 'received', 'transmitted', 'read', 'written', 'restarts'],
  // What sums need besides.
  ...['basis', 'first', 'last', 'milliseconds', 'cpu_request_seconds'],
];

/** Below 2^63, and further than memory times an interval comes. */
export const LARGEST = 2 ** 62;
