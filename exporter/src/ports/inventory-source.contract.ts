/** What every `InventorySource` must do, whatever it reads. An adapter's test file calls `inventorySourceContract`. */
import { describe, expect, it } from '@jest/globals';
import type { Inventory, InventoryPod, InventorySource } from './inventory-source.js';

/** A source of a cluster with at least one node and one pod; the test file closes what it needs closed. */
export type MakeInventorySource = () => Promise<InventorySource>;

export function inventorySourceContract(name: string, make: MakeInventorySource): void {
  describe(`the inventory of ${name}`, () => {
    it('names each node, pod and namespace once', async () => {
      const { nodes, pods, namespaces, departed = [] } = await read(await make());
      expect([nodes.length, pods.length].every((count) => count > 0)).toBe(true);
      for (const names of [
        nodes.map((each) => each.name),
        nodes.map((each) => each.uid),
        [...pods, ...departed].map((each) => each.uid),
        pods.map((each) => `${each.namespace}/${each.name}`),
        namespaces.map((each) => each.name),
      ]) {
        expect(new Set(names).size).toBe(names.length);
        expect(names).not.toContain('');
      }
    });

    it('has no size, request or volume that cannot be', async () => {
      const { nodes, pods } = await read(await make());
      const amounts = [
        ...nodes.flatMap((node) => [
          node.cpuCapacity,
          node.memoryCapacity,
          node.cpuAllocatable,
          node.memoryAllocatable,
        ]),
        ...pods.flatMap(amountsOf),
      ];
      expect(
        amounts.filter((amount) => amount !== null && !(Number.isFinite(amount) && amount >= 0)),
      ).toEqual([]);
      for (const node of nodes) expect(node.cpuAllocatable).toBeLessThanOrEqual(node.cpuCapacity);
    });

    it('knows a workload for every pod, and reserves at least what its containers ask for', async () => {
      const { pods } = await read(await make());
      for (const { workload, cpuRequest, containers } of pods) {
        expect([workload.name, workload.type]).not.toContain('');
        const asked = containers.reduce((sum, each) => sum + (each.cpuRequest ?? 0), 0);
        expect(cpuRequest ?? 0).toBeGreaterThanOrEqual(asked - 1e-9);
      }
    });

    it('survives being passed to another thread', async () => {
      const inventory = await read(await make());
      expect(structuredClone(inventory)).toEqual(inventory);
    });

    it('gives a reason when it is cancelled or closed', async () => {
      const source = await make();
      expect(await source.current(AbortSignal.abort())).toMatchObject({ ok: false, reason: 'cancelled' });
      await source.close();
      expect(await source.current()).toMatchObject({ ok: false, retryable: false });
      await source.close();
    });
  });
}

const amountsOf = ({
  cpuRequest,
  memoryRequest,
  containers,
  volumes,
}: InventoryPod): readonly (number | null)[] => [
  cpuRequest,
  memoryRequest,
  ...containers.flatMap((each) => [each.cpuRequest, each.memoryRequest]),
  ...volumes.map((each) => each.bytes),
];

async function read(source: InventorySource): Promise<Inventory> {
  const outcome = await source.current();
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
