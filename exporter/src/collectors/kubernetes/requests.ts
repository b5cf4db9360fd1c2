/**
 * What a pod reserves, as the scheduler counts it: `PodRequests` of k8s.io/component-helpers v0.37 (KEP-753 sidecars, KEP-2837
 * pod-level resources, KEP-1287 resize in place).
 */
import { at, child, children, isRecord, text, type Json } from './json.js';
import { parseAmount } from './quantity.js';

export type Resource = 'cpu' | 'memory';

/** Null: none set, which is not 0. Sums are rounded to 1e-9, the finest that Kubernetes keeps. */
export function podRequest(pod: Json, resource: Resource): number | null {
  const spec = child(pod, 'spec');
  const podLevel = ownAmount(child(spec, 'resources'), resource, pod);
  const own = podLevel ?? containersRequest(pod, resource);
  return rounded(plus(own, amount(at(spec, 'overhead'), resource)));
}

/** Of one container by its spec. */
export const containerRequest = (container: Json, resource: Resource): number | null =>
  amount(at(child(container, 'resources'), 'requests'), resource);

/** An init container that keeps running beside the others. */
export const isSidecar = (initContainer: Json): boolean => text(initContainer, 'restartPolicy') === 'Always';

/** Requests of the whole pod (spec.resources), which replace those of its containers. */
function ownAmount(resources: Json, resource: Resource, pod: Json): number | null {
  const wanted = amount(at(resources, 'requests'), resource);
  if (wanted === null) return null;
  const status = child(pod, 'status');
  const actuated = amount(at(child(status, 'resources'), 'requests'), resource);
  if (actuated === null) return wanted;
  const spec = isResizeInfeasible(pod) ? null : wanted;
  return greatest(spec, actuated, amount(at(status, 'allocatedResources'), resource));
}

/** While a resize is under way the node holds the largest of what is wanted, allocated and in effect. */
function containersRequest(pod: Json, resource: Resource): number | null {
  const statuses = statusesByName(pod);
  const infeasible = isResizeInfeasible(pod);
  const status = (container: Json): Json => statuses.get(text(container, 'name')) ?? {};
  const spec = (container: Json): unknown => at(child(container, 'resources'), 'requests');
  const allocated = (container: Json): unknown =>
    at(status(container), 'allocatedResources') ?? (infeasible ? null : spec(container));
  const actuated = (container: Json): unknown =>
    at(child(status(container), 'resources'), 'requests') ?? allocated(container);
  const total = (of: (container: Json) => unknown): number | null =>
    aggregate(pod, (container) => amount(of(container), resource));
  const whole = child(pod, 'status');
  const wholeAllocated = at(whole, 'allocatedResources');
  const wholeActuated = at(child(whole, 'resources'), 'requests');
  const known = isRecord(wholeAllocated) && isRecord(wholeActuated);
  return greatest(
    infeasible ? null : total(spec),
    known ? amount(wholeAllocated, resource) : total(allocated),
    known ? amount(wholeActuated, resource) : total(actuated),
  );
}

/** Containers and sidecars run together; an init container runs with the sidecars before it. */
function aggregate(pod: Json, of: (container: Json) => number | null): number | null {
  const spec = child(pod, 'spec');
  let running: number | null = null;
  for (const container of children(spec, 'containers')) running = plus(running, of(container));
  let sidecars: number | null = null;
  let starting: number | null = null;
  for (const container of children(spec, 'initContainers')) {
    const own = of(container);
    if (isSidecar(container)) {
      running = plus(running, own);
      sidecars = plus(sidecars, own);
      starting = greatest(starting, sidecars);
    } else {
      starting = greatest(starting, plus(own, sidecars));
    }
  }
  return greatest(running, starting);
}

function statusesByName(pod: Json): ReadonlyMap<string, Json> {
  const status = child(pod, 'status');
  const all = [...children(status, 'initContainerStatuses'), ...children(status, 'containerStatuses')];
  return new Map(all.map((each) => [text(each, 'name'), each]));
}

function isResizeInfeasible(pod: Json): boolean {
  const pending = children(child(pod, 'status'), 'conditions').find(
    (condition) => text(condition, 'type') === 'PodResizePending',
  );
  return pending !== undefined && text(pending, 'reason') === 'Infeasible';
}

const amount = (list: unknown, resource: Resource): number | null =>
  isRecord(list) ? parseAmount(at(list, resource)) : null;

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

function greatest(...amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((each) => each !== null);
  return known.length === 0 ? null : Math.max(...known);
}

const rounded = (value: number | null): number | null => value && Math.round(value * 1e9) / 1e9;
