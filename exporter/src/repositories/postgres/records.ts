/** Which column holds which field of the records. */
import type { EntityRecord, RowFigures } from '../records.js';

export const MARK_COLUMNS = `start, step, state, coverage, partial_reasons AS "partialReasons", revision, attempts,
  committed_at AS "committedAt"`;

/** Node rows; whatever joins this names node_usage `n`. */
export const NODE_JOINS = `JOIN node d ON d.id = n.node_id
  JOIN node_spec s ON s.id = n.node_spec_id
  JOIN basis b ON b.id = n.basis_id
  JOIN provenance p ON p.id = n.provenance_id`;

const METERS = `coalesce((SELECT json_agg(json_build_array(m.source, m.scope, m.measured, m.estimated) ORDER BY m.place)::text
  FROM meter_usage m WHERE m.cluster_id = n.cluster_id AND m.start = n.start AND m.node_id = n.node_id), '[]')`;

export const NODE_COLUMNS = `d.name AS node, n.seconds, s.instance_type AS "instanceType", s.region, s.zone, s.architecture,
  s.cpu_capacity AS "cpuCapacity", s.memory_capacity AS "memoryCapacity", s.embodied_total AS "embodiedTotal",
  n.cpu_seconds AS "cpuSeconds", n.energy, n.estimated_energy AS "estimatedEnergy", n.measured_energy AS "measuredEnergy",
  p.measured_source AS "measuredSource", ${METERS} AS meters, n.operational, n.embodied, n.cost, b.method, b.estimated,
  p.reasons, b.provider, b.grid_zone AS "gridZone", p.pue, p.pue_source AS "pueSource", p.intensity,
  p.intensity_source AS "intensitySource", p.intensity_time AS "intensityTime", p.power_profile AS "powerProfile",
  n.power_lo AS "powerLo", n.power_hi AS "powerHi", b.pue_lo AS "pueLo", b.pue_hi AS "pueHi",
  b.intensity_lo AS "intensityLo", b.intensity_hi AS "intensityHi", b.embodied_lo AS "embodiedLo", b.embodied_hi AS "embodiedHi"`;

/** Names of an entity `e`. */
export const ENTITY_JOINS = `JOIN node d ON d.id = e.node_id
  JOIN workload w ON w.id = e.workload_id
  JOIN namespace ns ON ns.id = e.namespace_id
  JOIN label_set l ON l.id = e.label_set_id`;

export const ROW_COLUMNS = `e.id, e.kind, d.name AS node, ns.name AS namespace, e.pod, e.uid, w.name AS workload,
  w.type AS "workloadType", l.json AS labels, nullif(e.cpu_request, -1) AS "cpuRequest",
  nullif(e.memory_request, -1) AS "memoryRequest", u.energy, u.dynamic, u.storage, u.operational, u.embodied, u.cost, u.cpu,
  u.memory, u.received, u.transmitted, u.read, u.written, u.seconds, u.restarts`;

export type RowRecord = EntityRecord & RowFigures;
