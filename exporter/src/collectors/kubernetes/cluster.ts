/** All watched resources together, and the inventory that they come to. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Autoscaler, Inventory, InventoryNode, InventoryPod } from '../../ports/inventory-source.js';
import { createGate } from '../../net/gate.js';
import { available, unavailable, type Outcome, type Unavailable } from '../../ports/outcome.js';
import type { KubernetesApi } from './api.js';
import { Departed } from './departed.js';
import { Interner } from './interner.js';
import { Claims, joined, workloadOf } from './join.js';
import type { Json } from './json.js';
import { complaint, Reflector } from './reflector.js';
import { RESOURCES, type ResourceKey } from './resources.js';
import type { KubernetesTiming } from './timing.js';
import {
  slimAutoscaler,
  slimClaim,
  slimNamespace,
  slimNode,
  slimOwned,
  type ClaimRecord,
  type InventoryNamespace,
  type OwnedRecord,
} from './slim.js';
import { slimPod, type PodRecord } from './slim-pod.js';

/** Pods joined in one turn of the event loop: about 5 ms. */
const SLICE = 5000;
const LISTS_AT_ONCE = 2;

export class Cluster {
  private readonly shared = new Interner();
  private readonly departed = new Departed<InventoryPod>();
  private readonly departedNodes = new Departed<InventoryNode>();
  private readonly nodes: Reflector<InventoryNode>;
  private readonly namespaces: Reflector<InventoryNamespace>;
  private readonly claims: Reflector<ClaimRecord>;
  private readonly replicaSets: Reflector<OwnedRecord>;
  private readonly jobs: Reflector<OwnedRecord>;
  private readonly autoscalers: Reflector<Autoscaler>;
  private readonly scaledObjects: Reflector<Autoscaler>;
  private readonly pods: Reflector<PodRecord>;
  private readonly all: readonly Reflector<unknown>[];
  private last: { readonly version: string; readonly inventory: Inventory } | null = null;

  constructor(
    api: KubernetesApi,
    labels: readonly string[],
    private readonly timing: KubernetesTiming,
  ) {
    const gate = createGate(LISTS_AT_ONCE);
    const reflect = <T>(
      key: ResourceKey,
      slim: (object: Json) => T | null,
      onGone?: (value: T) => void,
    ): Reflector<T> =>
      new Reflector<T>({ resource: RESOURCES[key], api, timing, gate, slim, ...(onGone ? { onGone } : {}) });
    this.nodes = reflect('nodes', slimNode, (node) => this.departedNodes.add(node, timing.now()));
    this.namespaces = reflect('namespaces', slimNamespace);
    this.claims = reflect('claims', (object) => slimClaim(object, this.shared));
    this.replicaSets = reflect('replicaSets', (object) => slimOwned(object, this.shared));
    this.jobs = reflect('jobs', (object) => slimOwned(object, this.shared));
    this.autoscalers = reflect('autoscalers', (o) => slimAutoscaler(o, 'HorizontalPodAutoscaler'));
    this.scaledObjects = reflect('scaledObjects', (o) => slimAutoscaler(o, 'ScaledObject'));
    this.pods = reflect(
      'pods',
      (object) => slimPod(object, labels, this.shared),
      (record) => this.left(record),
    );
    this.all = [
      this.nodes,
      this.namespaces,
      this.replicaSets,
      this.jobs,
      this.claims,
      this.autoscalers,
      this.scaledObjects,
      this.pods,
    ];
  }

  start(): void {
    for (const reflector of this.all) reflector.start();
  }

  /** Resolves when every resource has been listed, or has failed once. */
  get settled(): Promise<unknown> {
    return Promise.all(this.all.map((reflector) => reflector.settled));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((reflector) => reflector.stop()));
  }

  /** Unavailable when neither nodes nor pods are known, or one that should be is not, or not any more. */
  async snapshot(): Promise<Outcome<Inventory>> {
    const essential = [this.nodes, this.pods];
    for (const reflector of essential) {
      const problem = this.problem(reflector);
      if (problem !== null) return problem;
    }
    if (essential.every((reflector) => reflector.state === 'forbidden')) {
      const message = essential.map((reflector) => complaint(reflector)).join('; ');
      return unavailable('unauthorized', `kubernetes: ${message}`, false);
    }
    return available(await this.inventory());
  }

  /** Null: live, or forbidden, which is said otherwise. */
  private problem(reflector: Reflector<unknown>): Unavailable | null {
    const { state } = reflector;
    if (state === 'forbidden' || (state === 'live' && !reflector.isBehind)) return null;
    return this.trouble(reflector);
  }

  /** Why a resource is not known as it is. */
  private trouble({ state, failure, resource }: Reflector<unknown>): Unavailable {
    if (failure !== null) return unavailable(failure.reason, failure.message, failure.retryable);
    const what = state === 'live' ? 'nothing was heard for too long of' : 'still being listed:';
    return unavailable('timeout', `kubernetes: ${what} ${resource.name}`);
  }

  /** The same object as before when nothing has changed. */
  private async inventory(): Promise<Inventory> {
    const missing = this.missing();
    const departed = this.departed.at(this.timing.now());
    const departedNodes = this.departedNodes.at(this.timing.now());
    const gone = [departed.length, departedNodes.length];
    const version = JSON.stringify([this.all.map((each) => each.version), gone, missing]);
    if (this.last?.version === version) return this.last.inventory;
    const inventory = {
      nodes: [...this.nodes.items.values()],
      pods: await this.joinedPods(),
      departed,
      departedNodes,
      autoscalers: [...this.autoscalers.items.values(), ...this.scaledObjects.items.values()],
      namespaces: [...this.namespaces.items.values()],
      missing,
    };
    this.last = { version, inventory };
    return inventory;
  }

  /** What is forbidden, and what should be known and is not. */
  private missing(): readonly string[] {
    return this.all.flatMap((reflector) => {
      const said = complaint(reflector);
      if (said !== null) return [said];
      const { state, resource } = reflector;
      if (state === 'absent' || (state === 'live' && !reflector.isBehind)) return [];
      return [`${this.trouble(reflector).message}, so ${resource.without}`];
    });
  }

  private async joinedPods(): Promise<readonly InventoryPod[]> {
    const records = [...this.pods.items.values()];
    const claims = new Claims(this.claims.items.values());
    for (const record of records) claims.count(record);
    const owners = this.owners();
    const pods: InventoryPod[] = [];
    for (let from = 0; from < records.length; from += SLICE) {
      if (from > 0) await nextTurn();
      for (const record of records.slice(from, from + SLICE)) pods.push(joined(record, owners, claims));
    }
    return pods;
  }

  /** Its owners may be gone a moment later, so they are joined now. */
  private left(record: PodRecord): void {
    const workload = workloadOf(record, this.owners());
    this.departed.add({ ...record.pod, workload }, this.timing.now());
  }

  private owners() {
    return { replicaSets: this.replicaSets.items, jobs: this.jobs.items };
  }
}
