/** From objects of the API to the few fields that are kept of each; null when an object lacks what it must have. */
import type { Workload } from '../../domain/model.js';
import { bytes, cores, type Bytes } from '../../domain/units.js';
import { mediaOfStorageClass, type StorageMedia } from '../../data/storage-classes.js';
import type { ClusterService } from '../../ports/cluster-services.js';
import type {
  Autoscaler,
  Inventory,
  InventoryContainer,
  InventoryNode,
} from '../../ports/inventory-source.js';
import type { Interner } from './interner.js';
import { at, child, children, text, texts, type Json } from './json.js';
import { parseAmount } from './quantity.js';
import { containerRequest, isSidecar } from './requests.js';

/** A controlling owner, as an object names it. */
export interface OwnerRef extends Workload {
  readonly uid: string;
}

/** The owner with `controller: true`; the others are only there for garbage collection. */
export function controllerOf(object: Json): OwnerRef | null {
  const owner = children(child(object, 'metadata'), 'ownerReferences').find(
    (each) => at(each, 'controller') === true,
  );
  if (!owner) return null;
  const [name, type, uid] = [text(owner, 'name'), text(owner, 'kind'), text(owner, 'uid')];
  return name === '' || type === '' ? null : { name, type, uid };
}

/** What a ReplicaSet or Job is, once its pods know its uid: who owns it. */
export interface OwnedRecord {
  readonly owner: Workload | null;
}

export function slimOwned(object: Json, shared: Interner): OwnedRecord {
  const owner = controllerOf(object);
  return shared.value({ owner: owner && { name: owner.name, type: owner.type } });
}

export function slimNode(object: Json): InventoryNode | null {
  const [metadata, spec, status] = [
    child(object, 'metadata'),
    child(object, 'spec'),
    child(object, 'status'),
  ];
  const capacity = child(status, 'capacity');
  const allocatable = child(status, 'allocatable');
  const cpu = parseAmount(at(capacity, 'cpu'));
  const memory = parseAmount(at(capacity, 'memory'));
  if (text(metadata, 'name') === '' || cpu === null || memory === null) return null;
  return {
    name: text(metadata, 'name'),
    uid: text(metadata, 'uid'),
    providerId: text(spec, 'providerID'),
    cpuCapacity: cores(cpu),
    memoryCapacity: bytes(memory),
    cpuAllocatable: cores(parseAmount(at(allocatable, 'cpu')) ?? cpu),
    memoryAllocatable: bytes(parseAmount(at(allocatable, 'memory')) ?? memory),
    labels: texts(child(metadata, 'labels')),
    taints: children(spec, 'taints').map((taint) => ({
      key: text(taint, 'key'),
      value: text(taint, 'value'),
      effect: text(taint, 'effect'),
    })),
    unschedulable: at(spec, 'unschedulable') === true,
  };
}

export type InventoryNamespace = Inventory['namespaces'][number];

export function slimNamespace(object: Json): InventoryNamespace | null {
  const metadata = child(object, 'metadata');
  const name = text(metadata, 'name');
  return name === '' ? null : { name, labels: texts(child(metadata, 'labels')) };
}

export interface ClaimRecord {
  readonly namespace: string;
  readonly name: string;
  readonly bytes: Bytes;
  readonly media: StorageMedia;
}

/** Beta annotation that old clusters name the class by. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** A claim that is not bound has no disk behind it yet, so its size is 0. */
export function slimClaim(object: Json, shared: Interner): ClaimRecord | null {
  const [metadata, spec, status] = [
    child(object, 'metadata'),
    child(object, 'spec'),
    child(object, 'status'),
  ];
  const wanted = child(child(spec, 'resources'), 'requests');
  const size = parseAmount(at(child(status, 'capacity'), 'storage') ?? at(wanted, 'storage'));
  const name = text(metadata, 'name');
  if (name === '' || size === null) return null;
  const storageClass =
    text(spec, 'storageClassName') || text(child(metadata, 'annotations'), CLASS_ANNOTATION);
  return {
    namespace: shared.text(text(metadata, 'namespace')),
    name,
    bytes: bytes(text(status, 'phase') === 'Bound' ? size : 0),
    media: mediaOfStorageClass(storageClass),
  };
}

/** @param kind of the autoscaler, which no item of a list says of itself. */
export function slimAutoscaler(object: Json, kind: Autoscaler['kind']): Autoscaler | null {
  const metadata = child(object, 'metadata');
  const target = child(child(object, 'spec'), 'scaleTargetRef');
  const name = text(target, 'name');
  if (name === '') return null;
  return {
    namespace: text(metadata, 'namespace'),
    // KEDA leaves out the kind of a Deployment.
    target: { name, type: text(target, 'kind') || 'Deployment' },
    kind,
    name: text(metadata, 'name'),
  };
}

export function slimService(object: Json): ClusterService | null {
  const [metadata, spec] = [child(object, 'metadata'), child(object, 'spec')];
  const [namespace, name] = [text(metadata, 'namespace'), text(metadata, 'name')];
  if (namespace === '' || name === '') return null;
  const ports = children(spec, 'ports').flatMap((each) => {
    const port = at(each, 'port');
    const protocol = text(each, 'protocol') || 'TCP';
    return typeof port === 'number' ? [{ name: text(each, 'name'), port, protocol }] : [];
  });
  return {
    namespace,
    name,
    labels: texts(child(metadata, 'labels')),
    type: text(spec, 'type') || 'ClusterIP',
    ports,
  };
}

/** Containers that run for as long as the pod does: the ordinary ones and the sidecars, by their spec. */
export function slimContainers(pod: Json): InventoryContainer[] {
  const spec = child(pod, 'spec');
  const sidecars = children(spec, 'initContainers').filter(isSidecar);
  return [...sidecars, ...children(spec, 'containers')].map((container) => {
    const cpu = containerRequest(container, 'cpu');
    const memory = containerRequest(container, 'memory');
    return {
      name: text(container, 'name'),
      cpuRequest: cpu === null ? null : cores(cpu),
      memoryRequest: memory === null ? null : bytes(memory),
    };
  });
}
