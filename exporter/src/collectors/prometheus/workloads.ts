import { mediaOfStorageClass } from '../../data/storage-classes.js';
import type { VolumeShare, Workload } from '../../domain/model.js';
import { bytes } from '../../domain/units.js';
import { objectKey, type Observation, type Owner } from './observation.js';

/**
 * A number or fact about an incarnation. Series without uid (OpenCost's, and those of old kube-state-metrics) stand for every
 * incarnation of the pod's name.
 */
export function incarnationsFor(o: Observation, pod: number, uid: string): readonly number[] {
  const own = o.pods.findIncarnation(pod, uid);
  const anonymous = uid === '' ? undefined : o.pods.findIncarnation(pod, '');
  const known = [own, anonymous].filter((id) => id !== undefined);
  return uid === '' ? [...new Set([...known, ...o.pods.incarnationsOf[pod]!])] : known;
}

/** The top controller: ReplicaSet and Job are followed to what owns them; a bare or static pod is its own. */
export function workloadOf(o: Observation, pod: number, uid: string): Workload {
  const namespace = o.pods.namespaceOf[pod]!;
  const id = incarnationsFor(o, pod, uid).find((each) => o.owners.has(each));
  const owner = id === undefined ? undefined : o.owners.get(id);
  // A static pod is "owned" by its node, which is where it runs and not what it is part of.
  if (!owner || owner.kind === 'Node') return { name: o.pods.nameOf[pod]!, type: 'Pod' };
  const top = ownerAbove(o, namespace, owner) ?? owner;
  return { name: top.name, type: top.kind };
}

function ownerAbove(o: Observation, namespace: string, owner: Owner): Owner | undefined {
  const key = objectKey(namespace, owner.name);
  if (owner.kind === 'ReplicaSet') return o.replicaSetOwners.get(key);
  return owner.kind === 'Job' ? o.jobOwners.get(key) : undefined;
}

const NO_LABELS: Readonly<Record<string, string>> = {};

export function labelsOf(o: Observation, pod: number, uid: string): Readonly<Record<string, string>> {
  const id = incarnationsFor(o, pod, uid).find((each) => o.podLabels.has(each));
  return (id === undefined ? undefined : o.podLabels.get(id)) ?? NO_LABELS;
}

const NO_VOLUMES: readonly VolumeShare[] = [];
/** Persistent volumes of one interval: each claim's size is split equally among the pods that mount it while they run. */
export class Volumes {
  private readonly sharers = new Map<number, Set<number>>();

  /** @param runs whether an incarnation runs in the interval. */
  constructor(
    private readonly o: Observation,
    private readonly index: number,
    runs: (incarnation: number) => boolean,
  ) {
    for (const [incarnation, claims] of o.mounts) {
      if (!runs(incarnation)) continue;
      for (const claim of claims) this.sharersOf(claim).add(o.pods.podOfIncarnation[incarnation]!);
    }
  }

  of(pod: number, uid: string): readonly VolumeShare[] {
    const id = incarnationsFor(this.o, pod, uid).find((each) => this.o.mounts.has(each));
    if (id === undefined) return NO_VOLUMES;
    const shares: VolumeShare[] = [];
    for (const claim of this.o.mounts.get(id)!) {
      const size = this.o.claimBytes.at(claim, this.index);
      const sharers = this.sharers.get(claim)?.size ?? 0;
      if (size > 0 && sharers > 0) shares.push({ bytes: bytes(size / sharers), media: this.mediaOf(claim) });
    }
    return shares.toSorted((a, b) => a.bytes - b.bytes || (a.media < b.media ? -1 : 1));
  }

  private mediaOf(claim: number): 'ssd' | 'hdd' {
    return mediaOfStorageClass(this.o.claimClass.get(claim) ?? '');
  }

  private sharersOf(claim: number): Set<number> {
    const known = this.sharers.get(claim);
    if (known) return known;
    const fresh = new Set<number>();
    this.sharers.set(claim, fresh);
    return fresh;
  }
}
