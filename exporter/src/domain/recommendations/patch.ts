/** Ready patches: objects as YAML, with the command that applies them as the first comment. */
import type { KnownContainer } from './knowledge.js';
import type { Patch } from './model.js';

export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

/** A document in block style; texts are quoted as JSON, which is YAML, unless nobody could read them as anything else. */
export function yamlOf(value: Yaml): string {
  return `${linesOf(value).join('\n')}\n`;
}

const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/;
const READ_AS_OTHER = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

const scalar = (value: string | number | boolean): string =>
  typeof value === 'string' && (!PLAIN.test(value) || READ_AS_OTHER.test(value))
    ? JSON.stringify(value)
    : String(value);

function linesOf(value: Yaml): string[] {
  if (Array.isArray(value))
    return (value as readonly Yaml[]).flatMap((item) => indented('- ', linesOf(item)));
  if (typeof value !== 'object') return [scalar(value)];
  return Object.entries(value).flatMap(([key, item]) => {
    if (typeof item !== 'object') return [`${scalar(key)}: ${scalar(item)}`];
    const lines = linesOf(item);
    if (lines.length === 0) return [`${scalar(key)}: ${Array.isArray(item) ? '[]' : '{}'}`];
    return [`${scalar(key)}:`, ...lines.map((line) => `  ${line}`)];
  });
}

const indented = (mark: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => `${i === 0 ? mark : '  '}${line}`);

const API_VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  Pod: 'v1',
  Node: 'v1',
};

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
}

/** A part of an object, for a patch or a server-side apply. */
export function objectOf(
  { namespace, name, kind }: ObjectName,
  spec: { readonly [key: string]: Yaml },
): Yaml {
  return {
    apiVersion: API_VERSIONS[kind] ?? 'v1',
    kind,
    metadata: namespace === '' ? { name } : { name, namespace },
    spec,
  };
}

const FILE = 'patch.yaml';

const commented = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');

/** One object that exists, changed in place. */
export function patchObject(
  object: ObjectName,
  spec: { readonly [key: string]: Yaml },
  notes: readonly string[] = [],
): Patch {
  const scope = object.namespace === '' ? '' : ` --namespace ${object.namespace}`;
  const command = `kubectl${scope} patch ${object.kind.toLowerCase()} ${object.name} --patch-file ${FILE}`;
  return { command, yaml: commented([command, ...notes]) + yamlOf(objectOf(object, spec)) };
}

/** Objects that may not exist yet, or several at once; other fields of existing ones stay. */
export function applyObjects(objects: readonly Yaml[], notes: readonly string[] = []): Patch {
  const command = `kubectl apply --server-side --force-conflicts --filename ${FILE}`;
  return { command, yaml: commented([command, ...notes]) + objects.map(yamlOf).join('---\n') };
}

/** What no object expresses. */
export const commandAlone = (command: string, notes: readonly string[]): Patch => ({
  command,
  yaml: commented([command, ...notes]),
});

/** Cores as Kubernetes writes them, rounded up to whole millicores. */
export const cpuQuantity = (cores: number): string => `${Math.ceil(cores * 1000 - 1e-9)}m`;

/** Bytes as Kubernetes writes them, rounded up to whole MiB. */
export const memoryQuantity = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20 - 1e-9)}Mi`;

/** Where the containers of a kind stand in its spec. */
export function podTemplate(kind: string, podSpec: Yaml): { readonly [key: string]: Yaml } {
  const template = { template: { spec: podSpec } };
  return kind === 'CronJob' ? { jobTemplate: { spec: template } } : template;
}

/** Kinds whose pods are made from a template that can be changed. */
export const hasTemplate = (kind: string): boolean =>
  ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'CronJob'].includes(kind);

export interface RequestChange {
  /** Null: its name is not known. */
  readonly container: string | null;
  /** Cores or bytes. */
  readonly to: number;
}

/** New requests of some of the containers of a pod. */
export function patchRequests(
  object: ObjectName,
  resource: 'cpu' | 'memory',
  changes: readonly RequestChange[],
): Patch {
  const quantity = resource === 'cpu' ? cpuQuantity : memoryQuantity;
  if (!hasTemplate(object.kind)) {
    const notes = ['its pods have no template that can be changed: set the request where the pod is made'];
    const requests = changes.map(({ container, to }) =>
      [...(container === null ? [] : [`of ${container}`]), `requests: ${resource}: ${quantity(to)}`].join(
        ' ',
      ),
    );
    return commandAlone(
      `kubectl --namespace ${object.namespace} get ${object.kind.toLowerCase()} ${object.name} --output yaml`,
      [...notes, ...requests],
    );
  }
  const containers = changes.map(({ container, to }) => ({
    name: container ?? object.name,
    resources: { requests: { [resource]: quantity(to) } },
  }));
  const notes = changes.some((c) => c.container === null)
    ? ['the names of its containers are not known here: put the right one in']
    : [];
  return patchObject(object, podTemplate(object.kind, { containers }), notes);
}

/** A new request of a pod, shared among its containers as their requests are now. @param to cores or bytes of the pod */
export function shareRequest(
  resource: 'cpu' | 'memory',
  to: number,
  containers: readonly KnownContainer[],
): readonly RequestChange[] {
  const known = containers.flatMap((c) => {
    const request = resource === 'cpu' ? c.cpuRequest : c.memoryRequest;
    return request === null ? [] : [{ container: c.name, request }];
  });
  const whole = known.reduce((sum, c) => sum + c.request, 0);
  if (whole === 0) return [{ container: null, to }];
  return known.map(({ container, request }) => ({ container, to: (to * request) / whole }));
}

/** Stop a workload, in the way of its kind. Null: it can only be deleted. */
export function stopped(object: ObjectName): Yaml | null {
  if (['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind))
    return objectOf(object, { replicas: 0 });
  if (['CronJob', 'Job'].includes(object.kind)) return objectOf(object, { suspend: true });
  return null;
}

export const deletion = ({ namespace, kind, name }: ObjectName): string =>
  `kubectl --namespace ${namespace} delete ${kind.toLowerCase()} ${name}`;
