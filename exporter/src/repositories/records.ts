/** From stored records back to the model, and the other way round where a database needs it. */
import type {
  IntervalState,
  IntensitySource,
  MeterFigure,
  Method,
  NodeRow,
  PartialReason,
  Reason,
  Row,
  RowKind,
  Workload,
} from '../domain/model.js';
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
} from '../domain/units.js';
import type { IntervalMark } from '../ports/ledger.js';

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
  /** JSON: [source, scope, measured, estimated or null] of each. */
  readonly meters: string;
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
  meters: r.meters === '[]' ? [] : toMeters(r.meters),
  operational: micrograms(r.operational),
  embodied: micrograms(r.embodied),
  cost: r.cost === null ? null : nanoCurrency(r.cost),
  embodiedTotal: kilograms(r.embodiedTotal),
  provenance: toProvenance(r),
});

type MeterRecord = readonly [source: string, scope: string, measured: number, estimated: number | null];

const toMeters = (json: string): readonly MeterFigure[] =>
  (JSON.parse(json) as readonly MeterRecord[]).map(([source, scope, measured, estimated]) => ({
    source,
    scope,
    measured: millijoules(measured),
    estimated: estimated === null ? null : millijoules(estimated),
  }));

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

export interface EntityRecord {
  readonly id: number;
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
}

/** Figures of a row in the units in which they are stored. */
export interface RowFigures {
  readonly seconds: number;
  readonly energy: number;
  readonly dynamic: number;
  readonly storage: number;
  readonly operational: number;
  readonly embodied: number;
  readonly cost: number | null;
  /** Microseconds. */
  readonly cpu: number;
  readonly memory: number;
  readonly received: number;
  readonly transmitted: number;
  readonly read: number;
  readonly written: number;
  readonly restarts: number;
}

/** Fields in one literal, without a spread: an interval may have 50 000 rows, and all should share one shape in memory. */
export function toRow(e: Omit<EntityRecord, 'id'>, f: RowFigures): Row {
  const isPod = e.kind === 'pod';
  return {
    kind: e.kind,
    node: e.node,
    namespace: isPod ? e.namespace : '',
    pod: isPod ? e.pod : '',
    uid: e.uid,
    workload: isPod ? { name: e.workload, type: e.workloadType } : NO_WORKLOAD,
    labels: e.labels === '{}' ? NO_LABELS : (JSON.parse(e.labels) as Readonly<Record<string, string>>),
    cpuRequest: e.cpuRequest === null ? null : cores(e.cpuRequest),
    memoryRequest: e.memoryRequest === null ? null : bytes(e.memoryRequest),
    seconds: seconds(f.seconds),
    energy: millijoules(f.energy),
    dynamic: millijoules(f.dynamic),
    storage: millijoules(f.storage),
    operational: micrograms(f.operational),
    embodied: micrograms(f.embodied),
    cost: f.cost === null ? null : nanoCurrency(f.cost),
    cpuSeconds: cpuSeconds(f.cpu / MICROSECONDS),
    memoryBytes: bytes(f.memory),
    receivedBytes: bytes(f.received),
    transmittedBytes: bytes(f.transmitted),
    readBytes: bytes(f.read),
    writtenBytes: bytes(f.written),
    restarts: f.restarts,
  };
}

/** CPU time is stored in whole microseconds. */
export const MICROSECONDS = 1e6;
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NO_WORKLOAD: Workload = Object.freeze({ name: '', type: '' });
