import type { ClusterService } from '../../ports/cluster-services.js';
import { POINTS, SIGNS, type App } from './signs.js';

/** A Service that may be the server, and why. */
export interface Scored {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  readonly score: number;
  /** One for each sign, with its points: "name +10". */
  readonly reasons: readonly string[];
}

/** Names become part of a URL, so they are held to what Kubernetes allows. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const TLS_PORTS = new Set([443, 8443]);

/** Candidates for an app, best first; equal ones by namespace and name, so that the choice is always the same. */
export function rank(app: App, services: readonly ClusterService[]): readonly Scored[] {
  return services
    .flatMap((service) => score(app, service) ?? [])
    .filter((candidate) => candidate.score > 0)
    .toSorted((a, b) => b.score - a.score || compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

/** Null for what cannot be it: nothing names it so, it has no port, or it stands for a host outside the cluster. */
function score(app: App, service: ClusterService): Scored | null {
  const { namespace, name } = service;
  // An ExternalName leads wherever its author wants.
  if (service.type === 'ExternalName' || !DNS_LABEL.test(name) || !DNS_LABEL.test(namespace)) return null;
  const port = portOf(app, service);
  const signs = signsOf(app, service);
  if (port === null || signs === null) return null;
  if (SIGNS[app].ports.includes(port.port)) signs.push([`port ${port.port}`, POINTS.port]);
  if (/^(http|web|http-web|https)$/.test(port.name)) signs.push([`port name ${port.name}`, POINTS.portName]);
  const scheme = TLS_PORTS.has(port.port) || /https|tls/.test(port.name) ? 'https' : 'http';
  return {
    namespace,
    name,
    // Short of the cluster's own domain, which is not cluster.local everywhere; the resolver adds it.
    url: `${scheme}://${name}.${namespace}.svc:${port.port}`,
    score: signs.reduce((sum, [, points]) => sum + points, 0),
    reasons: signs.map(([sign, points]) => `${sign} ${points > 0 ? '+' : ''}${points}`),
  };
}

type Sign = [sign: string, points: number];

function signsOf(app: App, { namespace, name, labels }: ClusterService): Sign[] | null {
  const { words, labels: known, namespaces, companions } = SIGNS[app];
  const label = (key: string): string => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : '');
  const called = [label('app.kubernetes.io/name'), label('app')];
  const inName = words.some((word) => name.includes(word));
  if (!inName && !words.some((word) => called.some((each) => each.includes(word)))) return null;
  const signs: Sign[] = inName ? [['name', POINTS.name]] : [];
  if (namespaces.includes(namespace)) signs.push([`namespace ${namespace}`, POINTS.namespace]);
  for (const each of known) {
    const [key = '', value] = each.split('=');
    if (label(key) === value) signs.push([`label ${each}`, POINTS.label]);
  }
  const parts = [name, label('app.kubernetes.io/component'), ...called].map((each) => `-${each}-`);
  for (const word of companions) {
    if (parts.some((each) => each.includes(`-${word}-`))) signs.push([`is ${word}`, POINTS.companion]);
  }
  return signs;
}

function portOf(app: App, { ports }: ClusterService): ClusterService['ports'][number] | null {
  const tcp = ports.filter(({ protocol, port }) => protocol === 'TCP' && port > 0 && port < 65_536);
  for (const wanted of SIGNS[app].ports) {
    const found = tcp.find(({ port }) => port === wanted);
    if (found) return found;
  }
  return tcp.find(({ name }) => name === 'http' || name === 'web') ?? tcp[0] ?? null;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
