import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalResult, Row } from '../domain/model.js';
import {
  cpuSeconds,
  bytes,
  epochSeconds,
  micrograms,
  millijoules,
  nanoCurrency,
  ratio,
  seconds,
} from '../domain/units.js';
import {
  arbResult,
  impossibleResult,
  podRow,
  resultOf,
  shareRow,
  STEP,
  T0,
} from '../ports/testing/results.js';
import { assertStorable } from './check-result.js';

describe('assertStorable', () => {
  it('takes whatever conserves', () => {
    fc.assert(
      fc.property(arbResult(T0), (result) => {
        assertStorable(result, STEP);
      }),
    );
    assertStorable(impossibleResult(T0), STEP);
  });

  it('refuses every result with one unit of one amount moved away', () => {
    const amounts = fc.constantFrom('energy' as const, 'operational' as const, 'embodied' as const);
    fc.assert(
      fc.property(arbResult(T0), amounts, fc.nat(), (result, amount, pick) => {
        fc.pre(result.rows.length > 0);
        const at = pick % result.rows.length;
        const rows = result.rows.map((row, i) => (i === at ? { ...row, [amount]: row[amount] + 1 } : row));
        expect(() => assertStorable({ ...result, rows }, STEP)).toThrow(`${amount} of the rows of node`);
      }),
    );
  });

  const good = resultOf(T0, [podRow(), shareRow('idle')]);
  const node = good.nodes[0]!;
  const withRow = (over: Partial<Row>) => ({ ...good, rows: [{ ...good.rows[0]!, ...over }, good.rows[1]!] });
  it.each<[string, IntervalResult, RegExp]>([
    ['energy lost', withRow({ energy: millijoules(1) }), /energy of the rows of node n1 adds to/],
    ['grams lost', withRow({ operational: micrograms(1) }), /operational of the rows of node n1/],
    ['cost lost', withRow({ cost: nanoCurrency(1) }), /cost of the rows of node n1/],
    [
      'a price known to a pod only',
      { ...good, nodes: [{ ...node, cost: null }] },
      /whether a price is known/,
    ],
    ['a fraction', withRow({ dynamic: millijoules(0.5) }), /shop\/web-1: dynamic 0.5 is not a whole number/],
    ['a negative amount', withRow({ storage: millijoules(-1) }), /storage -1/],
    ['not a number', withRow({ memoryBytes: bytes(NaN) }), /memoryBytes NaN is not a whole number/],
    ['part of a byte', withRow({ readBytes: bytes(0.5) }), /readBytes 0.5 is not a whole number/],
    [
      'part of a microsecond',
      withRow({ cpuSeconds: cpuSeconds(1 / 3) }),
      /cpuSeconds 0.3+ is not a whole number of micro/,
    ],
    ['more time than the step', withRow({ seconds: seconds(301) }), /seconds 301/],
    ['a row twice', { ...good, rows: [...good.rows, good.rows[0]!] }, /shop\/web-1 appears twice/],
    ['a node twice', { ...good, nodes: [node, node] }, /node n1 appears twice/],
    ['a row without its node', withRow({ node: 'n9' }), /node n9, which has no node row/],
    ['a node without rows', { ...good, nodes: [node, { ...node, node: 'n2' }] }, /node n2 has no rows/],
    [
      'a share that names a pod',
      { ...good, rows: [good.rows[0]!, shareRow('idle', { pod: 'x' })] },
      /idle row/,
    ],
    [
      'off the grid',
      { ...good, interval: { ...good.interval, start: epochSeconds(T0 + 1) } },
      /multiple of 300 s/,
    ],
    ['another step', { ...good, interval: { ...good.interval, step: seconds(60) } }, /step is 60 s/],
    ['coverage above 1', { ...good, coverage: ratio(1.1) }, /coverage 1.1/],
    ['rows of an impossible interval', { ...good, state: 'impossible' }, /impossible and yet has rows/],
  ])('refuses %s', (_, bad, message) => {
    expect(() => assertStorable(bad, STEP)).toThrow(message);
    expect(() => assertStorable(bad, STEP)).toThrow(`refused to store interval ${bad.interval.start}`);
  });
});
