/** The work that the demo world's workloads do: what a Prometheus would count as requests or runs. */
import { HOUR, startsIn, type TimeRange } from '../domain/interval.js';
import type { Budget } from '../domain/budget/budget.js';
import type { FunctionalUnit } from '../domain/sci/sci.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import { available, unavailable } from '../ports/outcome.js';
import type { UnitPoint, UnitSource } from '../ports/unit-source.js';
import type { World } from './world.js';

/** Bytes that a request of each of the services brings in. */
const REQUEST_BYTES: Readonly<Record<string, number>> = {
  'shop/web': 1_400,
  'shop/images': 600,
  'checkout/payment-api': 2_200,
  'search/query': 900,
};
const PREFIX = 'demo_requests:';

/** What the demo measures its services by, in place of SCI_FILE. */
export const DEMO_UNITS: readonly FunctionalUnit[] = Object.keys(REQUEST_BYTES).map((name) => {
  const [namespace, workload] = name.split('/') as [string, string];
  return { namespace, workload, workloadType: 'Deployment', unit: 'request', query: `${PREFIX}${name}` };
});

/** The demo's budgets in place of BUDGETS_FILE: one that is too small for what its namespace takes, and some that are not. */
export const DEMO_BUDGETS: readonly Budget[] = [
  {
    name: 'data-energy-week',
    scope: { kind: 'namespace', namespace: 'data' },
    limit: { amount: 'energy', value: 3.8, currency: '' },
    period: 'week',
    timeZone: 'UTC',
  },
  {
    name: 'shop-co2e-month',
    scope: { kind: 'namespace', namespace: 'shop' },
    limit: { amount: 'co2e', value: 4_500, currency: '' },
    period: 'month',
    timeZone: 'Europe/Paris',
  },
  {
    name: 'payments-co2e-week',
    scope: { kind: 'labels', labels: { team: 'payments' } },
    limit: { amount: 'co2e', value: 1_000, currency: '' },
    period: 'week',
    timeZone: 'Europe/Paris',
  },
  {
    name: 'cluster-cost-day',
    scope: { kind: 'cluster' },
    limit: { amount: 'cost', value: 150, currency: 'USD' },
    period: 'day',
    timeZone: 'UTC',
  },
];

/** Requests follow from what the pods of a service received; an hour before `start` has none. */
export function createDemoUnits(world: World, options: { readonly start?: EpochSeconds } = {}): UnitSource {
  const start = options.start ?? world.start;
  return {
    name: 'demo-units',
    units: (query, range, signal) => {
      if (signal?.aborted) {
        return Promise.resolve(unavailable('cancelled', 'reading the demo world was cancelled'));
      }
      const name = query.startsWith(PREFIX) ? query.slice(PREFIX.length) : '';
      const size = REQUEST_BYTES[name];
      if (size === undefined) {
        return Promise.resolve(unavailable('bad-request', `the demo world does not count ${query}`, false));
      }
      const from = epochSeconds(Math.max(range.from, start));
      return Promise.resolve(available(pointsOf(world, name, size, { from, to: range.to })));
    },
  };
}

function pointsOf(world: World, name: string, size: number, range: TimeRange): readonly UnitPoint[] {
  return [...startsIn(range, HOUR)]
    .filter((hour) => hour + HOUR <= range.to)
    .map((hour) => {
      const whole = { from: hour, to: epochSeconds(hour + HOUR) };
      const pods = world
        .podsDuring(whole)
        .filter((pod) => `${pod.namespace}/${pod.workload.plan.name}` === name);
      const received = pods.reduce((sum, pod) => sum + world.usage(pod, whole).receivedBytes, 0);
      return { hour, value: Math.floor(received / size) };
    });
}
