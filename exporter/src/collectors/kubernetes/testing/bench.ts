/** Objects, and inventories of a fake API server that are closed together. */
import { setTimeout as delay } from 'node:timers/promises';
import { seconds } from '../../../domain/units.js';
import type { Inventory } from '../../../ports/inventory-source.js';
import { createKubernetesInventory, type KubernetesInventory, type KubernetesOptions } from '../index.js';
import { RESOURCES } from '../resources.js';
import { DEFAULT_TIMING } from '../timing.js';
import { FakeApiServer, type FakeObject } from './fake-api-server.js';

export const PODS = RESOURCES.pods.path;
export const NODES = RESOURCES.nodes.path;
export const REPLICA_SETS = RESOURCES.replicaSets.path;
export const CLAIMS = RESOURCES.claims.path;
export const NAMESPACES = RESOURCES.namespaces.path;

/** Waits that a test can sit through. */
export const FAST = { ...DEFAULT_TIMING, backoffMs: 5, maxBackoffMs: 20, recheckMs: 100, firstListMs: 5000 };

export class Bench {
  private readonly inventories: KubernetesInventory[] = [];

  private constructor(readonly server: FakeApiServer) {}

  static async start(): Promise<Bench> {
    const server = await FakeApiServer.start();
    server.absent.add(RESOURCES.scaledObjects.path);
    return new Bench(server);
  }

  open(options: Partial<KubernetesOptions> = {}): KubernetesInventory {
    const inventory = createKubernetesInventory({
      access: this.server.access,
      timeout: seconds(2),
      labels: ['app'],
      timing: FAST,
      ...options,
    });
    this.inventories.push(inventory);
    return inventory;
  }

  async close(): Promise<void> {
    await Promise.all(this.inventories.map((inventory) => inventory.close()));
    await this.server.close();
  }
}

export async function valueOf(inventory: KubernetesInventory): Promise<Inventory> {
  const outcome = await inventory.current();
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

/** The first inventory that is as wanted; fails after five seconds. */
export async function eventually(
  inventory: KubernetesInventory,
  wanted: (value: Inventory) => boolean,
): Promise<Inventory> {
  for (const end = Date.now() + 5000; ; await delay(5)) {
    const outcome = await inventory.current();
    if (outcome.ok && wanted(outcome.value)) return outcome.value;
    if (Date.now() > end) throw new Error(outcome.ok ? 'never as wanted' : outcome.message);
  }
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !holds(); await delay(5)) {
    if (Date.now() > end) throw new Error(`${what}: not within 5 s`);
  }
}

export const names = ({ pods }: Inventory): string[] => pods.map(({ name }) => name).toSorted();

export const node = (name: string): FakeObject => ({
  metadata: { name, uid: `node-${name}`, labels: { 'kubernetes.io/arch': 'amd64' } },
  spec: { providerID: `aws:///eu-west-3a/${name}` },
  status: { capacity: { cpu: '4', memory: '16Gi' }, allocatable: { cpu: '3920m', memory: '15Gi' } },
});

export interface FakePod {
  readonly name: string;
  readonly uid?: string;
  readonly cpu?: string;
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly claim?: string;
  readonly phase?: string;
}

export function pod({
  name,
  uid = `pod-${name}`,
  cpu = '100m',
  owner,
  labels = {},
  claim,
  phase = 'Running',
}: FakePod): FakeObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid,
      labels,
      ...(owner ? { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...owner }] } : {}),
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'main', resources: { requests: { cpu, memory: '64Mi' } } }],
      ...(claim ? { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] } : {}),
    },
    status: { phase },
  };
}

export const claim = (name: string, size: string, storageClass = 'gp3'): FakeObject => ({
  metadata: { name, namespace: 'shop', uid: `claim-${name}` },
  spec: { storageClassName: storageClass, resources: { requests: { storage: size } } },
  status: { phase: 'Bound', capacity: { storage: size } },
});

export const owned = (
  uid: string,
  name: string,
  owner?: { readonly kind: string; readonly name: string },
): FakeObject => ({
  metadata: {
    name,
    namespace: 'shop',
    uid,
    ...(owner
      ? { ownerReferences: [{ apiVersion: 'x/v1', controller: true, uid: `of-${uid}`, ...owner }] }
      : {}),
  },
});
