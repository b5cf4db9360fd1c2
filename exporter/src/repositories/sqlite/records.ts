/** From stored records back to the model: the one place that knows which column holds which field. */
import type {
  IntervalState,
  IntensitySource,
  Method,
  NodeRow,
  PartialReason,
  Reason,
  Row,
  RowKind,
  Workload,
} from '../../domain/model.js';
import {
  bytes,
  cores,
  cpuSeconds,
  epochSeconds,
  gramsPerKwh,
  kilograms,
  micrograms,
  millijoules,
  nanoCurrency,
  ratio,
  seconds,
} from '../../domain/units.js';
import type { IntervalMark } from '../../ports/ledger.js';

export const MARK_COLUMNS = `start, step, state, coverage, partial_reasons partialReasons, revision, attempts,
  committed_at committedAt`;

export interface MarkRecord {
  readonly start: number;
  readonly step: number;
  readonly state: IntervalState;
  readonly coverage: number;
  readonly partialReasons: string;
  readonly revision: string;
  readonly attempts: number;
  readonly committedAt: number;
}

export const toMark = (r: MarkRecord): IntervalMark => ({
  start: epochSeconds(r.start),
  step: seconds(r.step),
  state: r.state,
  coverage: ratio(r.coverage),
  partialReasons: toPartialReasons(r.partialReasons),
  revision: r.revision,
  attempts: r.attempts,
  committedAt: epochSeconds(r.committedAt),
});

export const toPartialReasons = (json: string) => JSON.parse(json) as readonly PartialReason[];

/** Node rows; whatever joins this names node_usage `n`. */
export const NODE_JOINS = `CROSS JOIN node d ON d.id = n.node_id
  CROSS JOIN node_spec s ON s.id = n.node_spec_id
  CROSS JOIN provenance p ON p.id = n.provenance_id
  CROSS JOIN band b ON b.id = p.band_id`;

export const NODE_COLUMNS = `d.name node, n.seconds, s.instance_type instanceType, s.region, s.zone, s.architecture,
  s.cpu_capacity cpuCapacity, s.memory_capacity memoryCapacity, s.embodied_total embodiedTotal, n.cpu_seconds cpuSeconds,
  n.energy, n.estimated_energy estimatedEnergy, n.measured_energy measuredEnergy, p.measured_source measuredSource,
  n.operational, n.embodied, n.cost, p.method, p.estimated, p.reasons, p.provider, p.grid_zone gridZone, p.pue,
  p.pue_source pueSource, p.intensity, p.intensity_source intensitySource, p.intensity_time intensityTime,
  p.power_profile powerProfile, n.power_lo powerLo, n.power_hi powerHi, b.pue_lo pueLo, b.pue_hi pueHi,
  b.intensity_lo intensityLo, b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi`;

export interface NodeRecord {
  readonly node: string;
  readonly seconds: number;
  readonly instanceType: string;
  readonly region: string;
  readonly zone: string;
  readonly architecture: string;
  readonly cpuCapacity: number;
  readonly memoryCapacity: number;
  readonly embodiedTotal: number;
  readonly cpuSeconds: number;
  readonly energy: number;
  readonly estimatedEnergy: number;
  readonly measuredEnergy: number | null;
  readonly measuredSource: string;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
  readonly method: Method;
  readonly estimated: number;
  readonly reasons: string;
  readonly provider: string;
  readonly gridZone: string;
  readonly pue: number;
  readonly pueSource: string;
  readonly intensity: number;
  readonly intensitySource: IntensitySource;
  readonly intensityTime: number;
  readonly powerProfile: string;
  readonly powerLo: number;
  readonly powerHi: number;
  readonly pueLo: number;
  readonly pueHi: number;
  readonly intensityLo: number;
  readonly intensityHi: number;
  readonly embodiedLo: number;
  readonly embodiedHi: number;
}

export const toNodeRow = (r: NodeRecord): NodeRow => ({
  node: r.node,
  seconds: seconds(r.seconds),
  instanceType: r.instanceType,
  region: r.region,
  zone: r.zone,
  architecture: r.architecture,
  cpuCapacity: cores(r.cpuCapacity),
  memoryCapacity: bytes(r.memoryCapacity),
  cpuSeconds: cpuSeconds(r.cpuSeconds),
  energy: millijoules(r.energy),
  estimatedEnergy: millijoules(r.estimatedEnergy),
  measuredEnergy: r.measuredEnergy === null ? null : millijoules(r.measuredEnergy),
  measuredSource: r.measuredSource,
  operational: micrograms(r.operational),
  embodied: micrograms(r.embodied),
  cost: r.cost === null ? null : nanoCurrency(r.cost),
  embodiedTotal: kilograms(r.embodiedTotal),
  provenance: toProvenance(r),
});

const toProvenance = (r: NodeRecord): NodeRow['provenance'] => ({
  method: r.method,
  estimated: r.estimated === 1,
  reasons: JSON.parse(r.reasons) as readonly Reason[],
  provider: r.provider,
  gridZone: r.gridZone,
  pue: r.pue,
  pueSource: r.pueSource,
  intensity: gramsPerKwh(r.intensity),
  intensitySource: r.intensitySource,
  intensityTime: epochSeconds(r.intensityTime),
  powerProfile: r.powerProfile,
  powerBand: { lo: r.powerLo, hi: r.powerHi },
  pueBand: { lo: r.pueLo, hi: r.pueHi },
  intensityBand: { lo: r.intensityLo, hi: r.intensityHi },
  embodiedBand: { lo: r.embodiedLo, hi: r.embodiedHi },
});

/** Rows; whatever joins this names pod_usage `u`. */
export const ROW_JOINS = `CROSS JOIN entity e ON e.id = u.entity_id
  CROSS JOIN node d ON d.id = e.node_id
  CROSS JOIN workload w ON w.id = e.workload_id
  CROSS JOIN namespace ns ON ns.id = e.namespace_id
  CROSS JOIN label_set l ON l.id = e.label_set_id`;

export const ROW_COLUMNS = `e.kind, d.name node, ns.name namespace, e.pod, e.uid, w.name workload, w.type workloadType,
  l.json labels, e.cpu_request cpuRequest, e.memory_request memoryRequest, u.seconds, u.energy, u.dynamic, u.storage,
  u.operational, u.embodied, u.cost, u.cpu_seconds cpuSeconds, u.memory, u.received, u.transmitted, u.read, u.written,
  u.restarts`;

export interface RowRecord {
  readonly kind: RowKind;
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly labels: string;
  readonly cpuRequest: number | null;
  readonly memoryRequest: number | null;
  readonly seconds: number;
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
  readonly cpuSeconds: number;
  readonly memory: number;
  readonly received: number;
  readonly transmitted: number;
  readonly read: number;
  readonly written: number;
  readonly restarts: number;
}

/** Fields in one literal, without a spread: an interval may have 50 000 rows, and all should share one shape in memory. */
export function toRow(r: RowRecord): Row {
  const isPod = r.kind === 'pod';
  return {
    kind: r.kind,
    node: r.node,
    namespace: isPod ? r.namespace : '',
    pod: isPod ? r.pod : '',
    uid: r.uid,
    workload: isPod ? { name: r.workload, type: r.workloadType } : NO_WORKLOAD,
    labels: r.labels === '{}' ? NO_LABELS : (JSON.parse(r.labels) as Readonly<Record<string, string>>),
    cpuRequest: r.cpuRequest === null ? null : cores(r.cpuRequest),
    memoryRequest: r.memoryRequest === null ? null : bytes(r.memoryRequest),
    seconds: seconds(r.seconds),
    energy: millijoules(r.energy),
    dynamic: millijoules(r.dynamic),
    storage: millijoules(r.storage),
    operational: micrograms(r.operational),
    embodied: micrograms(r.embodied),
    cost: r.cost === null ? null : nanoCurrency(r.cost),
    cpuSeconds: cpuSeconds(r.cpuSeconds),
    memoryBytes: bytes(r.memory),
    receivedBytes: bytes(r.received),
    transmittedBytes: bytes(r.transmitted),
    readBytes: bytes(r.read),
    writtenBytes: bytes(r.written),
    restarts: r.restarts,
  };
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NO_WORKLOAD: Workload = Object.freeze({ name: '', type: '' });
