/** What analyses might have found about the small snapshot; one of everything that has a metric. */
import type { Budget } from '../../domain/budget/budget.js';
import { budgetState } from '../../domain/budget/state.js';
import { zoneOutlook } from '../../domain/forecast/outlook.js';
import { sciOver } from '../../domain/sci/sci.js';
import { scoreOf } from '../../domain/score/score.js';
import { epochSeconds } from '../../domain/units.js';
import type { FindingsView } from '../findings-view.js';
import { AT } from './fixtures.js';

const HOUR = 3600;
const to = epochSeconds(AT - (AT % HOUR));
const window = { from: epochSeconds(to - 168 * HOUR), to };
const hours = Array.from({ length: 168 }, (_, i) => epochSeconds(window.from + i * HOUR));

const scored = (namespace: string) =>
  scoreOf(namespace, window, 1, {
    uses: [
      {
        namespace: 'shop',
        workload: 'cart',
        workloadType: 'Deployment',
        podSeconds: 604_800,
        cpu: { used: 1, requested: 4 },
        memory: { used: 1, requested: 2 },
        energy: 100,
        restarts: 7,
      },
    ],
    zones: [{ zone: 'FR', energy: 3.6e9, operational: 80e6 }],
    nodes: [{ node: 'n1', utilisation: 0.35, weight: 1 }],
    flagged: [{ type: 'OFF_PEAK_SCALING', namespace: 'shop', workload: 'cart' }],
  });

const budgeted = (budget: Omit<Budget, 'period' | 'timeZone'>) =>
  budgetState({ ...budget, period: 'week', timeZone: 'UTC' }, window, epochSeconds(to - 24 * HOUR), {
    used: 72,
    usedLow: null,
    usedHigh: null,
    coverage: 1,
    hours: hours.slice(0, 144).map((hour) => ({ hour, value: 0.5 })),
  });

const unit = {
  namespace: 'shop',
  workload: 'cart',
  workloadType: '',
  unit: 'request',
  query: 'sum(increase(requests_total[$window]))',
};
const sci = sciOver(
  window,
  hours.map((hour) => ({ hour, energy: 3_600_000, operational: 50_000, embodied: 25_000 })),
  new Map(hours.map((hour) => [hour as number, 60])),
);

export const SMALL_FINDINGS: FindingsView = {
  scores: [scored(''), scored('shop')],
  budgets: [
    budgeted({
      name: 'shop',
      scope: { kind: 'namespace', namespace: 'shop' },
      limit: { amount: 'co2e', value: 80, currency: '' },
    }),
    budgeted({
      name: 'ops',
      scope: { kind: 'labels', labels: { team: 'ops' } },
      limit: { amount: 'energy', value: 100, currency: '' },
    }),
    budgeted({
      name: 'all',
      scope: { kind: 'cluster' },
      limit: { amount: 'cost', value: 144, currency: 'EUR' },
    }),
  ],
  outlooks: [
    zoneOutlook(
      {
        zone: 'FR',
        inUse: null,
        past: hours.map((hour) => ({ hour, value: 40 + ((hour / HOUR) % 24) })),
        pastSource: 'electricity-maps',
        ahead: [],
        aheadSource: '',
      },
      to,
    ),
  ],
  sci: [{ unit, workloadType: 'Deployment', source: 'prometheus-units', day: sci, window: sci, problem: '' }],
};
