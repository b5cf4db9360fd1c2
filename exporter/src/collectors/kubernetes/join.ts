/** Joins pods with the owners above their own and with the claims they mount. */
import type { Workload } from '../../domain/model.js';
import { bytes } from '../../domain/units.js';
import type { InventoryPod } from '../../ports/inventory-source.js';
import type { ClaimRecord, OwnedRecord } from './slim.js';
import type { PodRecord } from './slim-pod.js';

export interface OwnerMaps {
  /** By uid. */
  readonly replicaSets: ReadonlyMap<string, OwnedRecord>;
  readonly jobs: ReadonlyMap<string, OwnedRecord>;
}

/** The top controller. Where the owner in between is not known, what the pod itself tells. */
export function workloadOf({ owner, pod }: PodRecord, { replicaSets, jobs }: OwnerMaps): Workload {
  if (owner === null) return pod.workload;
  const between =
    owner.type === 'ReplicaSet'
      ? replicaSets.get(owner.uid)
      : owner.type === 'Job'
        ? jobs.get(owner.uid)
        : undefined;
  if (between === undefined) return pod.workload;
  return between.owner ?? { name: owner.name, type: owner.type };
}

type Volumes = InventoryPod['volumes'];
const NO_VOLUMES: Volumes = [];

/** A pod that holds its reservation and its volumes: on a node and not finished. */
const runs = ({ node, phase }: InventoryPod): boolean =>
  node !== '' && phase !== 'Succeeded' && phase !== 'Failed';

/** Claims by namespace and name, and how many running pods mount each. */
export class Claims {
  private readonly known = new Map<string, ClaimRecord>();
  private readonly sharers = new Map<string, number>();

  constructor(claims: Iterable<ClaimRecord>) {
    for (const claim of claims) this.known.set(keyOf(claim.namespace, claim.name), claim);
  }

  count({ pod, claims }: PodRecord): void {
    if (claims.length === 0 || !runs(pod)) return;
    for (const claim of claims) {
      const key = keyOf(pod.namespace, claim);
      this.sharers.set(key, (this.sharers.get(key) ?? 0) + 1);
    }
  }

  /** Each claim's size is split equally among the pods that mount it while they run. */
  sharesOf({ pod, claims }: PodRecord): Volumes {
    if (claims.length === 0 || !runs(pod)) return NO_VOLUMES;
    const shares = claims.flatMap((claim) => {
      const key = keyOf(pod.namespace, claim);
      const known = this.known.get(key);
      if (known === undefined || !(known.bytes > 0)) return [];
      return [{ claim, bytes: bytes(known.bytes / (this.sharers.get(key) ?? 1)), media: known.media }];
    });
    return shares.length === 0 ? NO_VOLUMES : shares;
  }
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The record's pod as it now is; the same object as before when nothing about it changed. */
export function joined(record: PodRecord, owners: OwnerMaps, claims: Claims): InventoryPod {
  const { pod } = record;
  const workload = workloadOf(record, owners);
  const volumes = claims.sharesOf(record);
  const same =
    workload.name === pod.workload.name &&
    workload.type === pod.workload.type &&
    sameVolumes(volumes, pod.volumes);
  if (!same) record.pod = { ...pod, workload, volumes };
  return record.pod;
}

function sameVolumes(a: Volumes, b: Volumes): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((share, i) => {
      const other = b[i]!;
      return share.claim === other.claim && share.bytes === other.bytes && share.media === other.media;
    })
  );
}
