/** What is kept of a pod. */
import type { Workload } from '../../domain/model.js';
import { bytes, cores, epochSeconds } from '../../domain/units.js';
import type { InventoryPod } from '../../ports/inventory-source.js';
import type { Interner } from './interner.js';
import { at, child, children, isRecord, text, texts, type Json } from './json.js';
import { podRequest } from './requests.js';
import { controllerOf, slimContainers, type OwnerRef } from './slim.js';

export interface PodRecord {
  /** Its workload and volumes are as good as the pod alone tells, until owners and claims are joined. */
  pod: InventoryPod;
  readonly owner: OwnerRef | null;
  /** Claims that it mounts, by name. */
  readonly claims: readonly string[];
}

const NO_VOLUMES: InventoryPod['volumes'] = [];
const NO_CLAIMS: readonly string[] = [];
/** On the copy of a static pod that the kubelet shows to the API. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** @param kept Kubernetes names of the labels to keep. */
export function slimPod(object: Json, kept: readonly string[], shared: Interner): PodRecord | null {
  const [metadata, spec] = [child(object, 'metadata'), child(object, 'spec')];
  const [namespace, name] = [text(metadata, 'namespace'), text(metadata, 'name')];
  if (namespace === '' || name === '') return null;
  const owner = controllerOf(object);
  const cpu = podRequest(object, 'cpu');
  const memory = podRequest(object, 'memory');
  return {
    pod: {
      namespace: shared.text(namespace),
      name,
      uid: text(metadata, 'uid'),
      node: shared.text(text(spec, 'nodeName')),
      phase: shared.text(text(child(object, 'status'), 'phase')),
      workload: shared.value(likelyWorkload(name, owner, child(metadata, 'labels'))),
      cpuRequest: cpu === null ? null : cores(cpu),
      memoryRequest: memory === null ? null : bytes(memory),
      containers: shared.value(slimContainers(object)),
      volumes: NO_VOLUMES,
      labels: shared.value(labelsOf(metadata, kept)),
      nodeSelector: shared.value(texts(child(spec, 'nodeSelector'))),
      pinned: isPinned(metadata, owner),
      ...createdAt(text(metadata, 'creationTimestamp')),
      ...(at(spec, 'hostNetwork') === true && { hostNetwork: true }),
    },
    owner: owner && shared.value(owner),
    claims: claimsOf(name, spec),
  };
}

/**
 * The workload as far as the pod itself tells: its own controller, or the Deployment whose template hash its ReplicaSet's name
 * ends with. A static pod is "owned" by its node, which is where it runs and not what it is part of.
 */
function likelyWorkload(pod: string, owner: OwnerRef | null, labels: Json): Workload {
  if (!owner || owner.type === 'Node') return { name: pod, type: 'Pod' };
  const suffix = `-${text(labels, 'pod-template-hash')}`;
  if (owner.type === 'ReplicaSet' && suffix !== '-' && owner.name.endsWith(suffix)) {
    return { name: owner.name.slice(0, -suffix.length), type: 'Deployment' };
  }
  return { name: owner.name, type: owner.type };
}

function createdAt(timestamp: string): Pick<InventoryPod, 'createdAt'> {
  const seconds = Date.parse(timestamp) / 1000;
  return Number.isFinite(seconds) ? { createdAt: epochSeconds(seconds) } : {};
}

function isPinned(metadata: Json, owner: OwnerRef | null): boolean {
  const mirrored = Object.hasOwn(child(metadata, 'annotations'), MIRROR_ANNOTATION);
  return mirrored || owner?.type === 'DaemonSet' || owner?.type === 'Node';
}

function labelsOf(metadata: Json, kept: readonly string[]): Record<string, string> {
  const labels = child(metadata, 'labels');
  const present = kept.filter((name) => text(labels, name) !== '');
  return Object.fromEntries(present.map((name) => [name, text(labels, name)]));
}

function claimsOf(pod: string, spec: Json): readonly string[] {
  const names = children(spec, 'volumes').flatMap((volume) => {
    const claim = at(volume, 'persistentVolumeClaim');
    if (isRecord(claim)) return [text(claim, 'claimName')];
    // The claim of an ephemeral volume is named after the pod and the volume.
    return isRecord(at(volume, 'ephemeral')) ? [`${pod}-${text(volume, 'name')}`] : [];
  });
  const distinct = [...new Set(names)].filter((claim) => claim !== '');
  return distinct.length === 0 ? NO_CLAIMS : distinct;
}
