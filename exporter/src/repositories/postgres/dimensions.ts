/** From the nouns of the model to the ids of the dimension tables. */
import { createHash } from 'node:crypto';
import type { IntervalResult, NodeRow, Row } from '../../domain/model.js';
import { canonicalJson, SHARE_NAMES } from '../naming.js';
import type { Session } from './connection.js';
import { Dictionary, type Value } from './dictionary.js';

export interface EntityIds {
  readonly entity: number;
  readonly namespace: number;
  readonly workload: number;
}

export interface NodeIds {
  readonly node: number;
  readonly spec: number;
  readonly basis: number;
  readonly provenance: number;
}

/** Everything that one interval refers to. */
export interface ResultIds {
  readonly currency: number;
  readonly nodes: ReadonlyMap<string, NodeIds>;
  /** In the order of the rows. */
  readonly rows: readonly EntityIds[];
}

/** No request; 0 is one. */
export const NO_REQUEST = -1;

export class Dimensions {
  readonly #clusterId: number;
  readonly #currency = new Dictionary('currency', { code: 'text' });
  readonly #namespace = new Dictionary('namespace', { cluster_id: 'int', name: 'text' });
  readonly #workload = new Dictionary('workload', { namespace_id: 'int', name: 'text', type: 'text' });
  readonly #node = new Dictionary('node', { cluster_id: 'int', name: 'text' });
  readonly #labelSet = new Dictionary('label_set', { cluster_id: 'int', digest: 'text' }, { json: 'text' });
  readonly #entity = new Dictionary(
    'entity',
    {
      ...{ node_id: 'int', pod: 'text', uid: 'text', kind: 'text', workload_id: 'int', label_set_id: 'int' },
      ...{ cpu_request: 'float8', memory_request: 'float8' },
    },
    { cluster_id: 'int', namespace_id: 'int' },
  );
  readonly #nodeSpec = new Dictionary('node_spec', {
    ...{ cluster_id: 'int', instance_type: 'text', region: 'text', zone: 'text', architecture: 'text' },
    ...{ cpu_capacity: 'float8', memory_capacity: 'float8', embodied_total: 'float8' },
  });
  readonly #basis = new Dictionary('basis', {
    ...{ cluster_id: 'int', grid_zone: 'text', provider: 'text', method: 'text', estimated: 'int' },
    ...{ currency_id: 'int', pue_lo: 'int', pue_hi: 'int', intensity_lo: 'int', intensity_hi: 'int' },
    ...{ embodied_lo: 'int', embodied_hi: 'int' },
  });
  readonly #provenance = new Dictionary('provenance', {
    ...{ cluster_id: 'int', intensity_time: 'bigint', intensity: 'float8', power_profile: 'text' },
    ...{ reasons: 'text', pue: 'float8', pue_source: 'text', intensity_source: 'text' },
    ...{ measured_source: 'text' },
  });
  readonly #all = [
    ...[this.#currency, this.#namespace, this.#workload, this.#node, this.#labelSet, this.#entity],
    ...[this.#nodeSpec, this.#basis, this.#provenance],
  ];

  constructor(clusterId: number) {
    this.#clusterId = clusterId;
  }

  async resolve(session: Session, { nodes, rows, currency: code }: IntervalResult): Promise<ResultIds> {
    const [currency] = await this.#currency.idsOf(session, [[code]]);
    return {
      currency: currency!,
      nodes: await this.#nodes(session, nodes, currency!),
      rows: await this.entities(session, rows),
    };
  }

  async nodeIds(session: Session, names: readonly string[]): Promise<number[]> {
    return this.#node.idsOf(
      session,
      names.map((name) => [this.#clusterId, name]),
    );
  }

  async currencies(session: Session, codes: readonly string[]): Promise<number[]> {
    return this.#currency.idsOf(
      session,
      codes.map((code) => [code]),
    );
  }

  async specs(session: Session, nodes: readonly NodeRow[]): Promise<number[]> {
    return this.#nodeSpec.idsOf(
      session,
      nodes.map((node) => [this.#clusterId, ...specOf(node)]),
    );
  }

  /** Of node rows, of which only the provenance is read, each with the id of its currency. */
  async bases(session: Session, nodes: readonly (readonly [NodeRow, number])[]): Promise<number[]> {
    return this.#basis.idsOf(
      session,
      nodes.map(([node, currency]) => [this.#clusterId, ...basisOf(node, currency)]),
    );
  }

  age(): void {
    for (const dictionary of this.#all) dictionary.age();
  }

  forget(): void {
    for (const dictionary of this.#all) dictionary.forget();
  }

  async #nodes(session: Session, nodes: readonly NodeRow[], currency: number): Promise<Map<string, NodeIds>> {
    const ids = [
      await this.nodeIds(
        session,
        nodes.map((n) => n.node),
      ),
      await this.#nodeSpec.idsOf(
        session,
        nodes.map((n) => [this.#clusterId, ...specOf(n)]),
      ),
      await this.#basis.idsOf(
        session,
        nodes.map((n) => [this.#clusterId, ...basisOf(n, currency)]),
      ),
      await this.#provenance.idsOf(
        session,
        nodes.map((n) => [this.#clusterId, ...provenanceOf(n)]),
      ),
    ];
    return new Map(
      nodes.map(({ node }, i) => {
        const [id, spec, basis, provenance] = ids.map((of) => of[i]!);
        return [node, { node: id!, spec: spec!, basis: basis!, provenance: provenance! }];
      }),
    );
  }

  /** In the order of the rows, of which only what names them is read. */
  async entities(session: Session, rows: readonly Row[]): Promise<EntityIds[]> {
    const cluster = this.#clusterId;
    const share = (row: Row) => (row.kind === 'pod' ? null : SHARE_NAMES[row.kind]);
    const namespaces = await this.#namespace.idsOf(
      session,
      rows.map((row) => [cluster, share(row) ?? row.namespace]),
    );
    const workloads = await this.#workload.idsOf(
      session,
      rows.map((row, i) => [namespaces[i]!, share(row) ?? row.workload.name, row.workload.type]),
    );
    const nodes = await this.nodeIds(
      session,
      rows.map((row) => row.node),
    );
    const labels = await this.#labelSet.idsOf(session, this.#labelRows(rows));
    const entities = await this.#entity.idsOf(
      session,
      rows.map((row, i) => [
        ...[nodes[i]!, share(row) ?? row.pod, row.uid, row.kind, workloads[i]!, labels[i]!],
        ...[row.cpuRequest ?? NO_REQUEST, row.memoryRequest ?? NO_REQUEST, cluster, namespaces[i]!],
      ]),
    );
    return entities.map((entity, i) => ({ entity, namespace: namespaces[i]!, workload: workloads[i]! }));
  }

  /** Many pods share one set of labels, often one object. */
  #labelRows(rows: readonly Row[]): Value[][] {
    const digests = new Map<string, string>();
    return rows.map(({ labels }) => {
      const json = canonicalJson(labels);
      let digest = digests.get(json);
      if (digest === undefined) {
        digests.set(json, (digest = createHash('sha256').update(json).digest('base64')));
      }
      return [this.#clusterId, digest, json];
    });
  }
}

const specOf = (row: NodeRow): Value[] => [
  ...[row.instanceType, row.region, row.zone, row.architecture],
  ...[row.cpuCapacity, row.memoryCapacity, row.embodiedTotal],
];

const basisOf = ({ provenance: p }: NodeRow, currency: number): Value[] => [
  ...[p.gridZone, p.provider, p.method, p.estimated ? 1 : 0, currency],
  ...[p.pueBand, p.intensityBand, p.embodiedBand].flatMap((b) => [b.lo, b.hi]),
];

const provenanceOf = ({ provenance: p, measuredSource }: NodeRow): Value[] => [
  ...[p.intensityTime, p.intensity, p.powerProfile, JSON.stringify(p.reasons)],
  ...[p.pue, p.pueSource, p.intensitySource, measuredSource],
];
