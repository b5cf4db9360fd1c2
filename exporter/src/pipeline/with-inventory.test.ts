import { beforeEach, describe, expect, it } from '@jest/globals';
import type { UsageWindow } from '../domain/model.js';
import { nodeSample, podSample } from '../domain/testing/arbitrary.js';
import { bytes, cores, epochSeconds, ratio, seconds, type EpochSeconds } from '../domain/units.js';
import type { Inventory, InventorySource } from '../ports/inventory-source.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';
import type { UsageSource } from '../ports/usage-source.js';
import { StatusKeeper } from './status.js';
import { LIVE_FOR, withInventory } from './with-inventory.js';

const STEP = seconds(300);
const START = epochSeconds(1_800_000_000);

const inventory = (over: Partial<Inventory> = {}): Inventory => ({
  nodes: [],
  pods: [
    {
      namespace: 'shop',
      name: 'web',
      uid: 'u-web',
      node: 'n1',
      phase: 'Running',
      workload: { name: 'web', type: 'Deployment' },
      cpuRequest: cores(1.5),
      memoryRequest: bytes(1e9),
      containers: [],
      volumes: [],
      labels: {},
      nodeSelector: {},
      pinned: false,
    },
  ],
  autoscalers: [],
  namespaces: [],
  missing: [],
  ...over,
});

const window = (start: EpochSeconds): UsageWindow => ({
  interval: { start, step: STEP },
  nodes: [nodeSample({ node: 'n1' })],
  pods: [podSample({ namespace: 'shop', pod: 'web', uid: 'u-web', node: 'n1', cpuRequest: cores(1) })],
  coverage: ratio(1),
  partialReasons: [],
});

let now: EpochSeconds;
let answer: Outcome<Inventory>;
let asked: number;
let known: (Inventory | undefined)[];
let oldest: EpochSeconds | null;
let log: string[];
let status: StatusKeeper;
let source: UsageSource;

const usage: UsageSource = {
  name: 'prometheus',
  observe: async (range, _step, _signal, given) => {
    known.push(given);
    return available([window(range.from)]);
  },
  oldest: async () => available(oldest),
  oldestUsage: async (notBefore) => available(notBefore),
  rejected: () => ({ malformed: 3 }),
};
const cluster: InventorySource = {
  name: 'kubernetes',
  current: async () => {
    asked++;
    return answer;
  },
  close: async () => undefined,
};

beforeEach(() => {
  now = epochSeconds(START + 360);
  answer = available(inventory());
  [asked, known, oldest, log] = [0, [], START, []];
  const clock = { now: () => now };
  status = new StatusKeeper(clock, () => 0);
  source = withInventory({
    usage,
    inventory: cluster,
    clock,
    status,
    log: {
      info: (_, message) => void log.push(`info ${message}`),
      warn: (_, message) => void log.push(`warn ${message}`),
    },
  });
});

async function observe(start = START): Promise<UsageWindow> {
  const outcome = await source.observe({ from: start, to: epochSeconds(start + STEP) }, STEP);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value[0]!;
}
const kubernetes = () => status.snapshot().sources.find(({ name }) => name === 'kubernetes');

describe('usage with the inventory', () => {
  it('has what Kubernetes knows exactly, and tells the source what is there', async () => {
    const seen = await observe();
    expect(seen.pods[0]).toMatchObject({ cpuRequest: 1.5, workload: { name: 'web', type: 'Deployment' } });
    expect(seen.partialReasons).toEqual([]);
    expect(known).toEqual([inventory()]);
    expect(kubernetes()).toMatchObject({ up: true, required: false });
    expect([source.name, source.rejected()]).toEqual(['prometheus', { malformed: 3 }]);
  });

  it('leaves what is long past to the series, and asks nobody about it', async () => {
    const seen = await observe(epochSeconds(now - LIVE_FOR - 60));
    expect(seen.pods[0]).toMatchObject({ cpuRequest: 1 });
    expect([asked, known]).toEqual([0, [undefined]]);
    expect(kubernetes()).toMatchObject({ up: null });
  });

  it('goes on with the last answer while the API is down, marks what it tells, and says so once', async () => {
    const before = await observe();
    answer = unavailable('refused', 'kubernetes: /api/v1/pods: no connection');
    const meanwhile = await observe();
    await observe();
    expect(meanwhile).toEqual({ ...before, partialReasons: ['inventory-missing'] });
    expect(kubernetes()).toMatchObject({ up: false, errors: { refused: 2 } });
    answer = available(inventory());
    expect(await observe()).toEqual(before);
    expect(log).toEqual([
      'warn kubernetes: /api/v1/pods: no connection',
      'info the cluster can be read again',
    ]);
  });

  it('marks nothing for want of a permission, which no later try would mend', async () => {
    answer = unavailable('unauthorized', 'kubernetes: needs the verb list on nodes', false);
    expect(await observe()).toEqual(window(START));
    expect(log).toEqual(['warn kubernetes: needs the verb list on nodes']);
  });

  it('says each thing that is missing when it begins to be, and when nothing is any more', async () => {
    answer = available(inventory({ missing: ['needs list on jobs'] }));
    await observe();
    await observe();
    answer = available(inventory({ missing: ['needs list on jobs', 'needs list on pods'] }));
    await observe();
    answer = available(inventory());
    await observe();
    expect(log).toEqual([
      'warn kubernetes: needs list on jobs',
      'warn kubernetes: needs list on pods',
      'info nothing of the cluster is missing any more',
    ]);
  });

  it('reaches back to what the source describes, or as far as the inventory is of use', async () => {
    const ask = () => source.oldest(epochSeconds(0));
    expect(await ask()).toMatchObject({ ok: true, value: START });
    expect(asked).toBe(0);
    oldest = null;
    expect(await ask()).toMatchObject({ ok: true, value: now - LIVE_FOR });
    answer = unavailable('refused', 'down');
    expect(await ask()).toMatchObject({ ok: true, value: now - LIVE_FOR });
  });

  it('reaches nowhere where neither describes a node', async () => {
    oldest = null;
    answer = unavailable('refused', 'down');
    expect(await source.oldest(epochSeconds(0))).toMatchObject({ ok: true, value: null });
  });
});
