/** Which column holds which field of the records. */
export * from '../records.js';

export const MARK_COLUMNS = `start, step, state, coverage, partial_reasons partialReasons, revision, attempts,
  committed_at committedAt`;

/** Node rows; whatever joins this names node_usage `n`. */
export const NODE_JOINS = `CROSS JOIN node d ON d.id = n.node_id
  CROSS JOIN node_spec s ON s.id = n.node_spec_id
  CROSS JOIN basis b ON b.id = n.basis_id
  CROSS JOIN provenance p ON p.id = n.provenance_id`;

const METERS = `(SELECT json_group_array(json_array(k.source, k.scope, m.measured, m.estimated) ORDER BY m.place)
    FROM meter_usage m CROSS JOIN meter k ON k.id = m.meter_id
    WHERE m.cluster_id = n.cluster_id AND m.start = n.start AND m.node_id = n.node_id)`;

export const NODE_COLUMNS = `d.name node, n.seconds, s.instance_type instanceType, s.region, s.zone, s.architecture,
  s.cpu_capacity cpuCapacity, s.memory_capacity memoryCapacity, s.embodied_total embodiedTotal, n.cpu_seconds cpuSeconds,
  n.energy, n.estimated_energy estimatedEnergy, n.measured_energy measuredEnergy, p.measured_source measuredSource,
  n.operational, n.embodied, n.cost, b.method, b.estimated, p.reasons, b.provider, b.grid_zone gridZone, p.pue,
  p.pue_source pueSource, p.intensity, p.intensity_source intensitySource, p.intensity_time intensityTime,
  p.power_profile powerProfile, ${METERS} meters, n.power_lo powerLo, n.power_hi powerHi, b.pue_lo pueLo, b.pue_hi pueHi,
  b.intensity_lo intensityLo, b.intensity_hi intensityHi, b.embodied_lo embodiedLo, b.embodied_hi embodiedHi`;

/** What a block of rows says of pods by an id only. */
export const ENTITY_COLUMNS = `e.id, e.kind, d.name node, ns.name namespace, e.pod, e.uid, w.name workload, w.type workloadType,
  l.json labels, e.cpu_request cpuRequest, e.memory_request memoryRequest`;

export const ENTITY_JOINS = `CROSS JOIN node d ON d.id = e.node_id
  CROSS JOIN workload w ON w.id = e.workload_id
  CROSS JOIN namespace ns ON ns.id = e.namespace_id
  CROSS JOIN label_set l ON l.id = e.label_set_id`;
