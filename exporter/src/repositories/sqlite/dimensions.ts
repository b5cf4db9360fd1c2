/** From the nouns of the model to the ids of the dimension tables. */
import type { Database } from 'better-sqlite3';
import type { MeterFigure, NodeRow, Row } from '../../domain/model.js';
import { canonicalJson, SHARE_NAMES } from '../naming.js';
import { Dictionary } from './dictionary.js';

export interface EntityIds {
  readonly entity: number;
  readonly namespace: number;
  readonly workload: number;
}

export class Dimensions {
  readonly #clusterId: number;
  readonly #currency: Dictionary;
  readonly #namespace: Dictionary;
  readonly #workload: Dictionary;
  readonly #node: Dictionary;
  readonly #labelSet: Dictionary;
  readonly #entity: Dictionary;
  readonly #nodeSpec: Dictionary;
  readonly #basis: Dictionary;
  readonly #provenance: Dictionary;
  readonly #meter: Dictionary;
  readonly #all: readonly Dictionary[];

  constructor(db: Database, clusterId: number) {
    this.#clusterId = clusterId;
    const all: Dictionary[] = [];
    const dictionary = (table: string, ...columns: string[]) => {
      const made = new Dictionary(db, table, columns);
      all.push(made);
      return made;
    };
    this.#all = all;
    this.#currency = dictionary('currency', 'code');
    this.#namespace = dictionary('namespace', 'cluster_id', 'name');
    this.#workload = dictionary('workload', 'namespace_id', 'name', 'type');
    this.#node = dictionary('node', 'cluster_id', 'name');
    this.#labelSet = dictionary('label_set', 'json');
    this.#entity = dictionary(
      'entity',
      ...['kind', 'cluster_id', 'namespace_id', 'workload_id', 'node_id', 'pod', 'uid'],
      ...['label_set_id', 'cpu_request', 'memory_request'],
    );
    this.#nodeSpec = dictionary(
      'node_spec',
      ...[
        'instance_type',
        'region',
        'zone',
        'architecture',
        'cpu_capacity',
        'memory_capacity',
        'embodied_total',
      ],
    );
    this.#basis = dictionary(
      'basis',
      ...['grid_zone', 'provider', 'method', 'estimated', 'currency_id', 'pue_lo', 'pue_hi'],
      ...['intensity_lo', 'intensity_hi', 'embodied_lo', 'embodied_hi'],
    );
    this.#provenance = dictionary(
      'provenance',
      ...['intensity_time', 'intensity', 'power_profile', 'reasons', 'pue', 'pue_source'],
      ...['intensity_source', 'measured_source'],
    );
    this.#meter = dictionary('meter', 'source', 'scope');
  }

  currency(code: string): number {
    return this.#currency.idOf(code);
  }

  node(name: string): number {
    return this.#node.idOf(this.#clusterId, name);
  }

  entity(row: Row): EntityIds {
    const share = row.kind === 'pod' ? null : SHARE_NAMES[row.kind];
    const namespace = this.#namespace.idOf(this.#clusterId, share ?? row.namespace);
    const workload = this.#workload.idOf(namespace, share ?? row.workload.name, row.workload.type);
    const entity = this.#entity.idOf(
      row.kind,
      this.#clusterId,
      namespace,
      workload,
      this.node(row.node),
      share ?? row.pod,
      row.uid,
      this.#labelSet.idOf(canonicalJson(row.labels)),
      row.cpuRequest,
      row.memoryRequest,
    );
    return { entity, namespace, workload };
  }

  nodeSpec(row: NodeRow): number {
    return this.#nodeSpec.idOf(
      row.instanceType,
      row.region,
      row.zone,
      row.architecture,
      row.cpuCapacity,
      row.memoryCapacity,
      row.embodiedTotal,
    );
  }

  basis({ provenance: p }: NodeRow, currencyId: number): number {
    const bands = [p.pueBand, p.intensityBand, p.embodiedBand].flatMap((b) => [b.lo, b.hi]);
    return this.#basis.idOf(p.gridZone, p.provider, p.method, p.estimated ? 1 : 0, currencyId, ...bands);
  }

  provenance({ provenance: p, measuredSource }: NodeRow): number {
    return this.#provenance.idOf(
      p.intensityTime,
      p.intensity,
      p.powerProfile,
      JSON.stringify(p.reasons),
      p.pue,
      p.pueSource,
      p.intensitySource,
      measuredSource,
    );
  }

  meter({ source, scope }: MeterFigure): number {
    return this.#meter.idOf(source, scope);
  }

  age(): void {
    for (const dictionary of this.#all) dictionary.age();
  }

  forget(): void {
    for (const dictionary of this.#all) dictionary.forget();
  }
}
