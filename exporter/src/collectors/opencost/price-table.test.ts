import { describe, expect, it } from '@jest/globals';
import { createPriceTable, type NodePriceRow } from './price-table.js';

const row = (over: Partial<NodePriceRow>): NodePriceRow => ({
  provider: null,
  region: null,
  instanceType: 'm5.xlarge',
  cpuCoreHour: 1,
  ramGbHour: 0.1,
  ...over,
});
const table = (rows: NodePriceRow[], cpu: number | null = 0.03, ram: number | null = 0.004) =>
  createPriceTable({ currency: 'EUR', rows, cpuCoreHour: cpu, ramGbHour: ram, own: false });

describe('price table', () => {
  it('takes the most specific row of the instance type, whatever the order', () => {
    const rows = [
      row({ cpuCoreHour: 1 }),
      row({ provider: 'aws', region: 'eu-west-3', cpuCoreHour: 3 }),
      row({ provider: 'aws', cpuCoreHour: 2 }),
    ];
    for (const order of [rows, rows.toReversed()]) {
      const prices = table(order);
      expect(prices.of('aws', 'eu-west-3', 'm5.xlarge')).toEqual({
        cpuCoreHour: 3,
        ramGbHour: 0.1,
        reasons: ['PRICE_TABLE'],
      });
      expect(prices.of('aws', 'us-east-1', 'm5.xlarge')?.cpuCoreHour).toBe(2);
      expect(prices.of('gcp', 'eu-west-3', 'm5.xlarge')?.cpuCoreHour).toBe(1);
    }
  });

  it('falls back to the price of a core and a GiB, and says so', () => {
    expect(table([row({})]).of('aws', 'eu-west-3', 'c5.large')).toEqual({
      cpuCoreHour: 0.03,
      ramGbHour: 0.004,
      reasons: ['PRICE_DEFAULT'],
    });
  });

  it('does not call prices public that somebody set', () => {
    const prices = createPriceTable({
      currency: 'EUR',
      rows: [],
      cpuCoreHour: 0.02,
      ramGbHour: 0.003,
      own: true,
    });
    expect(prices.of('aws', '', 'x')?.reasons).toEqual(['PRICE_TABLE']);
  });

  it('has no price rather than a price of 0 where half of it is unknown', () => {
    expect(table([], null).of('aws', '', 'x')).toBeNull();
    expect(table([], 0.03, null).of('aws', '', 'x')).toBeNull();
  });

  it('keeps a price of 0 that somebody set', () => {
    expect(table([], 0, 0).of('onprem', '', 'x')).toMatchObject({ cpuCoreHour: 0, ramGbHour: 0 });
  });
});
