import { describe, expect, it } from '@jest/globals';
import { epochSeconds, ratio, seconds } from '../../domain/units.js';
import { sumsOf } from '../../http/testing/harness.js';
import type { ReportHead } from '../../pipeline/report.js';
import { FAIL_ON_METRICS, judge, parseCondition, type Condition } from './fail-on.js';

const head = (over: Partial<ReportHead> = {}): ReportHead => ({
  range: { from: epochSeconds(0), to: epochSeconds(3600) },
  by: [],
  filters: {},
  step: null,
  ledgerStep: seconds(300),
  keyFields: ['cluster'],
  currencies: ['USD'],
  // 1000 J, 0.5 g operational, 0.1 g embodied, 0.001 USD, half of it estimated.
  total: sumsOf(1_000_000n, 500_000n),
  coverage: ratio(0.75),
  ...over,
});

const verdict = (text: string, over?: Partial<ReportHead>) =>
  judge(parseCondition(text) as Condition, head(over));

describe('conditions', () => {
  it.each([
    ['energy_joules>999', 'met', '1000 J'],
    ['energy_joules>1000', 'unmet', '1000 J'],
    ['energy_joules>=1000', 'met', '1000 J'],
    ['energy_joules<1000', 'unmet', '1000 J'],
    [' energy_joules <= 1e3 ', 'met', '1000 J'],
    ['co2e_grams>0.59', 'met', '0.6 g'],
    ['co2e_operational_grams>0.5', 'unmet', '0.5 g'],
    ['co2e_embodied_grams>=0.1', 'met', '0.1 g'],
    ['cost>0.0005', 'met', '0.001 USD'],
    ['coverage<0.9', 'met', '0.75'],
    ['estimated_ratio>0.4', 'met', '0.5'],
  ])('%s is %s', (text, state, figure) => expect(verdict(text)).toEqual({ state, figure }));

  it('are met by any currency', () => {
    const total = {
      ...sumsOf(1n),
      cost: [
        { currency: 'EUR', nano: 1n },
        { currency: 'USD', nano: 5_000_000_000n },
      ],
    };
    expect(verdict('cost>4', { total })).toEqual({ state: 'met', figure: '5 USD' });
    expect(verdict('cost>6', { total }).state).toBe('unmet');
  });

  it('cannot be judged where nothing is known', () => {
    const unknown = { total: sumsOf(0n, 0n, null), coverage: ratio(0) };
    for (const metric of FAIL_ON_METRICS.filter((m) => m !== 'coverage')) {
      expect(verdict(`${metric}<1`, unknown)).toEqual({ state: 'unknown' });
    }
    expect(verdict('coverage<1', unknown).state).toBe('met');
    expect(verdict('cost>1', { total: sumsOf(5n, 5n, null) })).toEqual({ state: 'unknown' });
  });

  it.each([
    [
      'co2e_gram>1',
      /^--fail-on: has a metric that is not known \(got "co2e_gram"\).*did you mean co2e_grams\?$/,
    ],
    ['co2e_grams', /^--fail-on: is not a condition \(got "co2e_grams"\): must be METRIC>NUMBER/],
    ['co2e_grams=1', /is not a condition/],
    ['co2e_grams>1kg', /is not a condition/],
    ['co2e_grams>-1', /is not a condition/],
    ['', /is not a condition/],
  ])('%j is a mistake', (text, message) => {
    expect(parseCondition(text)).toMatchObject({ message: expect.stringMatching(message) });
  });
});
