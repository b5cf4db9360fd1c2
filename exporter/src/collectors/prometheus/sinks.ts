/** How each family of series is folded into the observation: one function a family, in the order of queries.ts. */
import { text, type Labels, type Sink } from './answer.js';
import { metricLabel } from './matchers.js';
import { nodeId, objectKey, type MachineCpu, type Observation, type Owner } from './observation.js';
import type { Column } from './table.js';

export const byPlace =
  (o: Observation, column: Column): Sink =>
  (labels, values) => {
    const pod = podOf(o.pods, labels);
    if (pod !== null) column.max(o.pods.place(pod, text(labels, 'node')), values);
  };

export const byIncarnation =
  (o: Observation, column: Column): Sink =>
  (labels, values) => {
    const pod = podOf(o.pods, labels);
    if (pod !== null) column.max(o.pods.incarnation(pod, text(labels, 'uid')), values);
  };

/** Of a place, by container. */
export const ofPlace =
  ({ pods, place }: Observation, figure: 'cpu' | 'memory'): Sink =>
  (labels, values) => {
    const pod = podOf(pods, labels);
    if (pod === null) return;
    const of = pods.place(pod, text(labels, 'node'));
    place.containers.add(place[figure], of, text(labels, 'container'), values);
  };

/** Of an incarnation, by container. */
export const requested =
  ({ pods, requests }: Observation, figure: 'cpu' | 'memory'): Sink =>
  (labels, values) => {
    const pod = podOf(pods, labels);
    if (pod === null) return;
    const of = pods.incarnation(pod, text(labels, 'uid'));
    requests.containers.add(requests[figure], of, text(labels, 'container'), values);
  };

export const byPod =
  (o: Observation, column: Column): Sink =>
  (labels, values) => {
    const pod = podOf(o.pods, labels);
    if (pod !== null) column.max(pod, values);
  };

export const stays =
  (o: Observation): Sink =>
  (labels, values) => {
    const pod = podOf(o.pods, labels);
    const node = text(labels, 'node');
    if (pod !== null && node !== '') o.stayCounts.max(o.pods.stay(pod, text(labels, 'uid'), node), values);
  };

/** Counts over all sources; never less than those of one source. */
export const nodeTotals =
  (o: Observation): Sink =>
  (labels, values) => {
    const name = text(labels, 'node');
    if (name !== '') o.nodeCounts.max(nodeId(o, name), values);
  };

/** One node may have several variants in one interval, one after another: their counts add. */
export function nodeCounts(o: Observation): Sink {
  const seen = new Map<string, number>();
  return (labels, values) => {
    const name = text(labels, 'node');
    if (name === '') return;
    const node = nodeId(o, name);
    const providerId = text(labels, 'provider_id');
    const internalIp = text(labels, 'internal_ip');
    const key = JSON.stringify([node, providerId, internalIp]);
    if (seen.has(key)) return;
    seen.set(key, o.variants.length);
    o.variantCounts.max(o.variants.length, values);
    o.variants.push({ node, providerId, internalIp });
    o.nodeCounts.add(node, values);
  };
}

export const capacity =
  (o: Observation): Sink =>
  (labels, values) => {
    const name = text(labels, 'node');
    if (name === '') return;
    const column = text(labels, 'resource') === 'cpu' ? o.cpuCapacity : o.memoryCapacity;
    column.max(nodeId(o, name), values);
  };

const MAX_NODE_LABELS = 256;

export const nodeLabels =
  (o: Observation): Sink =>
  (labels, values) => {
    const name = text(labels, 'node');
    const own = Object.keys(labels)
      .filter((key) => key.startsWith('label_') && text(labels, key) !== '')
      .toSorted()
      .slice(0, MAX_NODE_LABELS)
      .map((key) => [key.slice('label_'.length), text(labels, key)] as const);
    if (name === '' || own.length === 0) return;
    o.labelSetCounts.max(o.labelSets.length, values);
    o.labelSets.push({ node: nodeId(o, name), labels: Object.fromEntries(own), rank: JSON.stringify(own) });
  };

export const machineCpu =
  (machines: MachineCpu[], column: Column): Sink =>
  (labels, values) => {
    column.max(machines.length, values);
    machines.push({ node: text(labels, 'node'), instance: text(labels, 'instance') });
  };

export const exporterNames =
  (o: Observation): Sink =>
  (labels) => {
    const nodename = text(labels, 'nodename');
    if (nodename !== '') o.exporterNames.set(text(labels, 'instance'), nodename);
  };

export const podOwners =
  (o: Observation): Sink =>
  (labels) => {
    const pod = podOf(o.pods, labels);
    const owner = ownerOf(labels);
    if (pod !== null && owner) keepFirst(o.owners, o.pods.incarnation(pod, text(labels, 'uid')), owner);
  };

export const objectOwners =
  (owners: Map<string, Owner>, nameLabel: string): Sink =>
  (labels) => {
    const name = text(labels, nameLabel);
    const owner = ownerOf(labels);
    if (name !== '' && owner) keepFirst(owners, objectKey(text(labels, 'namespace'), name), owner);
  };

/** Keeps the configured labels under the names that configuration uses. */
export const podLabels =
  (o: Observation, names: readonly string[]): Sink =>
  (labels) => {
    const pod = podOf(o.pods, labels);
    const kept = names
      .map((name) => [name, text(labels, metricLabel(name))] as const)
      .filter(([, value]) => value !== '');
    if (pod === null || kept.length === 0) return;
    const incarnation = o.pods.incarnation(pod, text(labels, 'uid'));
    const old = o.podLabels.get(incarnation);
    const next = Object.fromEntries(kept);
    if (!old || rank(next) > rank(old)) o.podLabels.set(incarnation, next);
  };

export const mounts =
  (o: Observation): Sink =>
  (labels) => {
    const pod = podOf(o.pods, labels);
    const claim = text(labels, 'persistentvolumeclaim');
    if (pod === null || claim === '') return;
    const incarnation = o.pods.incarnation(pod, text(labels, 'uid'));
    const claims = o.mounts.get(incarnation) ?? new Set<number>();
    claims.add(o.claims.id(objectKey(text(labels, 'namespace'), claim)));
    o.mounts.set(incarnation, claims);
  };

export const claimBytes =
  (o: Observation): Sink =>
  (labels, values) => {
    const claim = text(labels, 'persistentvolumeclaim');
    if (claim !== '') o.claimBytes.max(o.claims.id(objectKey(text(labels, 'namespace'), claim)), values);
  };

export const claimClasses =
  (o: Observation): Sink =>
  (labels) => {
    const id = o.claims.id(objectKey(text(labels, 'namespace'), text(labels, 'persistentvolumeclaim')));
    const name = text(labels, 'storageclass');
    if (name > (o.claimClass.get(id) ?? '')) o.claimClass.set(id, name);
  };

function podOf(pods: Observation['pods'], labels: Labels): number | null {
  const name = text(labels, 'pod');
  return name === '' ? null : pods.pod(text(labels, 'namespace'), name);
}

/** "No owner" is an absent label, an empty one, or "<none>" in older versions of kube-state-metrics. */
function ownerOf(labels: Labels): Owner | null {
  const kind = text(labels, 'owner_kind');
  const name = text(labels, 'owner_name');
  const none = kind === '' || name === '' || kind === '<none>' || name === '<none>';
  return none ? null : { kind, name };
}

/** Of several owners the first in order of kind and name, whatever the order of the answer. */
function keepFirst<K>(owners: Map<K, Owner>, key: K, owner: Owner): void {
  const old = owners.get(key);
  if (!old || `${owner.kind}/${owner.name}` < `${old.kind}/${old.name}`) owners.set(key, owner);
}

const rank = (labels: Readonly<Record<string, string>>): string =>
  `${String(Object.keys(labels).length).padStart(6, '0')}${JSON.stringify(labels)}`;
