/** Between what an archive names and what databases keep ids of. */
import type { NodeRow, Row } from '../domain/model.js';
import { bytes, cores, kilograms } from '../domain/units.js';
import type { ArchivedBasis, ArchivedNode, ArchivedPod } from '../ports/archive.js';
import type { PodNames } from './archive-sums.js';
import type { EntityRecord } from './records.js';

export interface BasisRecord {
  readonly id: number;
  readonly gridZone: string;
  readonly provider: string;
  readonly method: ArchivedBasis['method'];
  readonly estimated: number;
  readonly currency: string;
  readonly pueLo: number;
  readonly pueHi: number;
  readonly intensityLo: number;
  readonly intensityHi: number;
  readonly embodiedLo: number;
  readonly embodiedHi: number;
}

/** A node's own share is told by its kind alone. */
export function podNames(entity: Omit<EntityRecord, 'id'>): PodNames {
  const { kind, node, namespace, pod, uid, workload, workloadType, labels, cpuRequest, memoryRequest } =
    entity;
  const named = kind === 'pod' ? { namespace, pod, workload } : { namespace: '', pod: '', workload: '' };
  return {
    ...{ kind, node, uid, workloadType, ...named, cpuRequest, memoryRequest },
    labels: JSON.parse(labels) as Readonly<Record<string, string>>,
  };
}

export const toBasis = (r: BasisRecord): ArchivedBasis => ({
  ...{ gridZone: r.gridZone, provider: r.provider, method: r.method, estimated: r.estimated === 1 },
  currency: r.currency,
  pueBand: { lo: r.pueLo, hi: r.pueHi },
  intensityBand: { lo: r.intensityLo, hi: r.intensityHi },
  embodiedBand: { lo: r.embodiedLo, hi: r.embodiedHi },
});

/** As much of an interval's row as names a pod. */
export function rowNames(pod: ArchivedPod): Row {
  const { kind, node, namespace, uid, labels, cpuRequest, memoryRequest } = pod;
  const workload = { name: pod.workload, type: pod.workloadType };
  const names = { kind, node, namespace, pod: pod.pod, uid, workload, labels, cpuRequest, memoryRequest };
  return names as unknown as Row;
}

/** As much of a node's row as describes it and says what its figures rest on. */
export function nodeNames(node: Partial<NodeRow> & Pick<NodeRow, 'node'>, basis: ArchivedBasis): NodeRow {
  const { currency: _, ...provenance } = basis;
  return { ...node, provenance } as unknown as NodeRow;
}

/** A node as one description of it has it. */
export const describedNode = (line: ArchivedNode, basis: ArchivedBasis): NodeRow =>
  nodeNames(
    {
      ...{ node: line.node, instanceType: line.instanceType, region: line.region, zone: line.zone },
      ...{ architecture: line.architecture, cpuCapacity: cores(line.cpuCapacity) },
      memoryCapacity: bytes(line.memoryCapacity),
      embodiedTotal: kilograms(line.embodiedTotal),
    },
    basis,
  );
