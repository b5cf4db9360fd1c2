/** Writing an hour or a day of an archive: marks, sums, and what follows from them. */
import { DAY, floorTo } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import type {
  ArchivedBucket,
  ArchivedFigures,
  ArchivedMark,
  ArchivedSums,
  Whole,
} from '../../ports/archive.js';
import { containerUse } from '../../pipeline/archive-lines.js';
import {
  deltasOf,
  hourSeals,
  lastResults,
  sealOf,
  widthOf,
  type CounterPart,
  type SealFigures,
} from '../archive-form.js';
import { describedNode, nodeNames, rowNames } from '../archive-names.js';
import { POD_USAGE, WEIGHTED } from '../archive-sums.js';
import { encodeContainers } from '../container-block.js';
import { CounterDelta } from '../counter-delta.js';
import { unnest } from './arrays.js';
import type { Session } from './connection.js';
import { CounterTables } from './counters.js';
import { Dictionary } from './dictionary.js';
import { Dimensions, type EntityIds } from './dimensions.js';
import { Facts } from './facts.js';
import { Seals } from './seals.js';

type Value = string | number | null;
/** Nobody is seen at the start of a bucket: when somebody was is said by the counters. */
const UNSEEN = -1;
/** Rows of one statement. */
const ROWS = 5000;

const KEYS = { cluster_id: 'int', start: 'bigint' };
const FIGURES = {
  ...{ basis_id: 'int', energy: 'numeric', operational: 'numeric', embodied: 'numeric', cost: 'numeric' },
  ...{ energy_power_lo: 'numeric', energy_power_hi: 'numeric', operational_power_lo: 'numeric' },
  ...{ operational_power_hi: 'numeric', first_start: 'bigint', last_start: 'bigint' },
};
const POD = {
  ...KEYS,
  ...{ entity_id: 'int', ...FIGURES, dynamic: 'numeric', storage: 'numeric', milliseconds: 'numeric' },
  ...{ cpu_microseconds: 'numeric', memory_byte_seconds: 'numeric', received: 'numeric' },
  ...{ transmitted: 'numeric', read: 'numeric', written: 'numeric', restarts: 'numeric', samples: 'bigint' },
  ...{ cpu_max: 'bigint', memory_max: 'bigint' },
};
const NAMESPACE = { ...KEYS, namespace_id: 'int', ...FIGURES };
const NODE = {
  ...KEYS,
  ...{ node_id: 'int', node_spec_id: 'int', ...FIGURES, estimated_energy: 'numeric' },
  ...{ measured_energy: 'numeric', milliseconds: 'numeric', cpu_microseconds: 'numeric' },
  ...{ cpu_max: 'bigint', samples: 'bigint' },
};

export class BucketWriter {
  readonly #clusterId: number;
  readonly #dimensions: Dimensions;
  readonly #namespaces = new Dictionary('namespace', { cluster_id: 'int', name: 'text' });
  readonly #workloads = new Dictionary('workload', { namespace_id: 'int', name: 'text', type: 'text' });
  readonly #facts: Facts;
  readonly #counters: CounterTables;
  readonly #seals: Seals;

  constructor(clusterId: number, step: Seconds) {
    this.#clusterId = clusterId;
    this.#dimensions = new Dimensions(clusterId);
    this.#facts = new Facts(clusterId);
    this.#counters = new CounterTables(clusterId);
    this.#seals = new Seals(clusterId, step);
  }

  /** To be called before each transaction: another may have taken names away. */
  forget(): void {
    for (const names of [this.#dimensions, this.#namespaces, this.#workloads]) names.forget();
  }

  /** Must run inside a transaction. @param held marks of what it replaces */
  async write(session: Session, bucket: ArchivedBucket, held: readonly ArchivedMark[]): Promise<void> {
    await this.#clear(session, bucket, held);
    await this.#putMarks(session, bucket.marks);
    await this.#putSeals(session, bucket);
    if (bucket.sums) await this.#putSums(session, bucket, bucket.sums);
    if (bucket.grain === 'hour') await this.#seals.updateDay(session, bucket.start);
  }

  async #clear(session: Session, bucket: ArchivedBucket, held: readonly ArchivedMark[]): Promise<void> {
    for (const { start } of held) {
      const delta = new CounterDelta();
      await this.#facts.remove(session, start, delta);
      await this.#counters.apply(session, delta, UNSEEN);
    }
    const remove = async (tables: readonly string[], from: number, to: number) => {
      for (const table of tables) {
        const sql = `DELETE FROM ${table} WHERE cluster_id = $1 AND start >= $2 AND start < $3`;
        await session.rows(sql, [this.#clusterId, from, to]);
      }
    };
    const hours = ['pod_hour', 'namespace_hour', 'node_hour', 'workload_hour_histogram', 'container_hour'];
    const own = ['interval_mark', ...hours, 'hour_seal'];
    await remove(own, bucket.start, bucket.start + widthOf(bucket));
    const day = floorTo(bucket.start, DAY);
    await remove(['pod_day', 'namespace_day', 'node_day', 'day_seal'], day, day + DAY);
  }

  async #putMarks(session: Session, marks: readonly ArchivedMark[]): Promise<void> {
    const currencies = await this.#dimensions.currencies(
      session,
      marks.map((mark) => mark.currency),
    );
    const rows = marks.map((mark, i) => {
      const { start, step, state, coverage, partialReasons, revision, attempts, committedAt } = mark;
      return [
        ...[this.#clusterId, start, step, state, coverage, JSON.stringify(partialReasons), revision],
        ...[attempts, committedAt, currencies[i]!, mark.calculationVersion],
      ];
    });
    await insert(session, 'interval_mark', MARK, rows);
    for (const state of ['complete', 'partial', 'impossible'] as const) {
      const count = marks.filter((mark) => mark.state === state).length;
      const sql = `UPDATE cluster SET ${state} = ${state} + $2 WHERE id = $1`;
      if (count > 0) await session.rows(sql, [this.#clusterId, count]);
    }
  }

  async #putSeals(session: Session, bucket: ArchivedBucket): Promise<void> {
    const isHour = bucket.grain === 'hour';
    const of = ({ start, known, first, last }: SealFigures) => [this.#clusterId, start, known, first, last];
    for (const seal of hourSeals(bucket)) {
      await session.rows(
        'INSERT INTO hour_seal (cluster_id, start, known, first_start, last_start, held, raw) VALUES ($1, $2, $3, $4, $5, $6, false)',
        [...of(seal), isHour],
      );
    }
    if (isHour) return;
    await session.rows(
      'INSERT INTO day_seal (cluster_id, start, known, first_start, last_start, held) VALUES ($1, $2, $3, $4, $5, $6)',
      [...of(sealOf(bucket.start, bucket.marks)), bucket.sums !== null],
    );
  }

  async #putSums(session: Session, bucket: ArchivedBucket, sums: ArchivedSums): Promise<void> {
    const { grain, start } = bucket;
    const key = [this.#clusterId, start];
    const currencies = await this.#dimensions.currencies(
      session,
      sums.bases.map((basis) => basis.currency),
    );
    const bases = await this.#dimensions.bases(
      session,
      sums.bases.map((basis, i) => [nodeNames({ node: '' }, basis), currencies[i]!] as const),
    );
    const ids = await this.#dimensions.entities(session, sums.pods.map(rowNames));
    const pods = sums.pods.map((pod, i) => [
      ...[...key, ids[i]!.entity, ...figures(pod, bases), ...POD_USAGE.map((column) => pod[column])],
      ...[pod.cpuMax, pod.memoryMax],
    ]);
    await insert(session, `pod_${grain}`, POD, pods);
    await this.#putNamespaces(session, bucket, sums, bases);
    await this.#putNodes(session, bucket, sums, bases);
    if (grain === 'hour') await this.#putUse(session, start, sums);
    else await session.rows(STAMP_ENTITIES, key);
    await this.#putCounters(session, sums, ids, currencies);
  }

  async #putNamespaces(
    session: Session,
    { grain, start }: ArchivedBucket,
    { namespaces }: ArchivedSums,
    bases: readonly number[],
  ): Promise<void> {
    const ids = await this.#namespaceIds(
      session,
      namespaces.map((line) => line.namespace),
    );
    const rows = namespaces.map((line, i) => [this.#clusterId, start, ids[i]!, ...figures(line, bases)]);
    await insert(session, `namespace_${grain}`, NAMESPACE, rows);
  }

  async #putNodes(
    session: Session,
    bucket: ArchivedBucket,
    sums: ArchivedSums,
    bases: readonly number[],
  ): Promise<void> {
    const described = sums.nodes.map((line) => describedNode(line, sums.bases[line.basis]!));
    const specs = await this.#dimensions.specs(session, described);
    const ids = await this.#dimensions.nodeIds(
      session,
      sums.nodes.map((line) => line.node),
    );
    const rows = sums.nodes.map((line, i) => [
      ...[this.#clusterId, bucket.start, ids[i]!, specs[i]!, ...figures(line, bases)],
      ...[line.estimatedEnergy, line.measuredEnergy, line.milliseconds, line.cpuMicroseconds],
      ...[line.cpuMax, line.samples],
    ]);
    await insert(session, `node_${bucket.grain}`, NODE, rows);
    for (const result of lastResults(bucket, sums)) {
      const own = await this.#dimensions.resolve(session, result);
      await this.#facts.insert(session, result, own, new CounterDelta());
    }
  }

  async #putUse(session: Session, start: number, { histograms, containers }: ArchivedSums): Promise<void> {
    const namespaces = await this.#namespaceIds(
      session,
      histograms.map((use) => use.namespace),
    );
    const workloads = await this.#workloads.idsOf(
      session,
      histograms.map((use, i) => [namespaces[i]!, use.workload, use.workloadType]),
    );
    const bytes = (column: 'cpu' | 'memory') => histograms.map((use) => Buffer.from(use[column], 'base64'));
    await session.rows(
      `INSERT INTO workload_hour_histogram SELECT $1::int, $2::bigint, u.* FROM ${unnest(['int', 'bytea', 'bytea'], 3)} u`,
      [this.#clusterId, start, workloads, bytes('cpu'), bytes('memory')],
    );
    const packed = encodeContainers(containers.map(containerUse));
    const sql = 'INSERT INTO container_hour (cluster_id, start, block) VALUES ($1, $2, $3)';
    if (packed) await session.rows(sql, [this.#clusterId, start, packed]);
  }

  async #putCounters(
    session: Session,
    { pods, bases }: ArchivedSums,
    ids: readonly EntityIds[],
    currencies: readonly number[],
  ): Promise<void> {
    const nodes = await this.#dimensions.nodeIds(
      session,
      pods.map((pod) => pod.node),
    );
    const parts = pods.map(({ kind, energy, operational, embodied, cost, basis }, i): CounterPart => ({
      ...{ kind, energy, operational, embodied, cost, method: bases[basis]!.method },
      ...{ workloadId: ids[i]!.workload, nodeId: nodes[i]!, currencyId: currencies[basis]! },
    }));
    for (const delta of deltasOf(parts)) await this.#counters.apply(session, delta, UNSEEN);
  }

  #namespaceIds(session: Session, names: readonly string[]): Promise<number[]> {
    return this.#namespaces.idsOf(
      session,
      names.map((name) => [this.#clusterId, name]),
    );
  }
}

const MARK = {
  ...{ ...KEYS, step: 'int', state: 'text', coverage: 'float8', partial_reasons: 'text', revision: 'text' },
  ...{ attempts: 'int', committed_at: 'bigint', currency_id: 'int', calculation_version: 'int' },
};

const STAMP_ENTITIES = `UPDATE entity SET last_day = $2 WHERE coalesce(last_day, -1) < $2
  AND id IN (SELECT entity_id FROM pod_day WHERE cluster_id = $1 AND start = $2)`;

const figures = (line: ArchivedFigures, bases: readonly number[]): (Whole | null)[] => [
  ...[bases[line.basis]!, line.energy, line.operational, line.embodied, line.cost],
  ...WEIGHTED.map((name) => line[name]),
  ...[line.first, line.last],
];

/** @param columns with their types, in the order of the rows */
async function insert(
  session: Session,
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const names = Object.keys(columns);
  const text = `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM ${unnest(Object.values(columns))}`;
  for (let at = 0; at < rows.length; at += ROWS) {
    const some = rows.slice(at, at + ROWS);
    await session.rows(
      text,
      names.map((_, c) => some.map((row) => row[c]!)),
    );
  }
}
