import { expect, it } from '@jest/globals';
import { configOf } from './testing/load.js';

it('budgets and units of work are read from their files', () => {
  const env = { BUDGETS_FILE: 'files/budgets.json', SCI_FILE: 'files/sci.json' };
  const { budgets, units } = configOf({ env }).analysis;
  expect(budgets).toEqual([
    {
      name: 'shop',
      scope: { kind: 'namespace', namespace: 'shop' },
      limit: { amount: 'co2e', value: 50_000, currency: '' },
      period: 'month',
      timeZone: 'Europe/Paris',
    },
    {
      name: 'payments team',
      scope: { kind: 'labels', labels: { team: 'payments' } },
      limit: { amount: 'energy', value: 40, currency: '' },
      period: 'week',
      timeZone: 'UTC',
    },
    {
      name: 'all',
      scope: { kind: 'cluster' },
      limit: { amount: 'cost', value: 90, currency: 'USD' },
      period: 'day',
      timeZone: 'UTC',
    },
  ]);
  expect(units).toEqual([
    { namespace: 'shop', workload: 'web', workloadType: '', unit: 'request', query: 'sum(rate(x[$window]))' },
  ]);
});

it('without files there are neither', () => {
  const { budgets, units } = configOf().analysis;
  expect([budgets, units]).toEqual([[], []]);
});
