/** OpenCost's allocation API by namespace and pod, over a function that says what each pod cost within a range. */
import type { SeenRequest } from '../../exporter/src/net/testing/fake-server.js';
import { startFaultyServer, type Answer, type FaultyServer } from './faulty-server.js';

export interface FakeAllocation {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  readonly minutes: number;
  readonly cpuCost: number | null;
  readonly ramCost: number;
  readonly pvCost?: number;
}

export interface Bill {
  readonly pods: readonly FakeAllocation[];
  /** Of capacity that nobody held, CPU. */
  readonly idle: number;
}

/** Costs are rounded to five decimals, as the real one does. */
const rounded = (cost: number | null) => (cost === null ? null : Math.round(cost * 1e5) / 1e5);
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000Z', 'Z');

export interface FakeOpenCostOptions {
  /** Of a range of seconds; null: no data. */
  readonly bill: (from: number, to: number) => Bill | null;
  /** Where it serves the API; default the newest path. */
  readonly path?: string;
}

export async function startOpenCost({
  bill,
  path = '/allocation/compute',
}: FakeOpenCostOptions): Promise<FaultyServer> {
  return startFaultyServer((request) => answer(request, path, bill));
}

function answer({ path, params }: SeenRequest, served: string, bill: FakeOpenCostOptions['bill']): Answer {
  if (path !== served) return { status: 404, body: '404 page not found\n' };
  const window = params.get('window') ?? '';
  const [from, to] = window.split(',').map((text) => Date.parse(text) / 1000);
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    const line = `Invalid 'window' parameter: illegal window: ${window}\n`;
    const json = { code: 500, status: '', data: null, message: 'Error: illegal window: [nil, nil)' };
    return { status: 400, body: line + JSON.stringify(json) };
  }
  const told = bill(from!, to!);
  return { body: { code: 200, status: 'success', data: [told ? setOf(told, from!, to!, params) : {}] } };
}

function setOf(bill: Bill, from: number, to: number, params: URLSearchParams): Record<string, unknown> {
  const window = { start: iso(from), end: iso(to) };
  const set: Record<string, unknown> = {};
  if (params.get('includeIdle') === 'true') {
    set['__idle__'] = item('__idle__', { cluster: 'test' }, window, (to - from) / 60, { cpuCost: bill.idle });
  }
  for (const { namespace, pod, node, minutes, ...costs } of bill.pods) {
    const name = `${namespace}/${pod}`;
    set[name] = item(name, { cluster: 'test', node, namespace, pod }, window, minutes, costs);
  }
  return set;
}

function item(
  name: string,
  properties: Readonly<Record<string, string>>,
  window: { readonly start: string; readonly end: string },
  minutes: number,
  costs: Readonly<Record<string, number | null | undefined>>,
): Record<string, unknown> {
  const cost = (key: string) => ({
    [key]: rounded(costs[key] ?? (key in costs ? null : 0)),
    [`${key}Adjustment`]: 0,
  });
  const parts = ['cpuCost', 'gpuCost', 'networkCost', 'loadBalancerCost', 'pvCost', 'ramCost'];
  const total = parts.reduce((sum, key) => sum + (costs[key] ?? 0), 0);
  return {
    name,
    properties,
    window,
    ...window,
    minutes,
    ...(Object.assign({}, ...parts.map(cost)) as Record<string, unknown>),
    externalCost: 0,
    sharedCost: 0,
    totalCost: rounded(total),
  };
}
