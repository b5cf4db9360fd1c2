import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBasis } from './basis.js';
import { ExactSums } from './exact-sums.js';
import { WEIGHT_PARTS } from '../naming.js';
import { carried, weightedSums, weightsOf } from './weights.js';
import { nodeRowOf, podRow, provenance } from '../../ports/testing/results.js';

/** As documents hold it: text where a double does not. */
const stored = (amount: bigint) =>
  amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : String(amount);
const arbAmount = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 2n ** 53n), fc.bigInt(2n ** 53n, 2n ** 58n));

describe('exact sums', () => {
  it('are the whole sums of each key, whatever their size and in whatever order', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), n: arbAmount, x: fc.nat() }), {
          maxLength: 40,
        }),
        (documents) => {
          const sums = new ExactSums<string>({ sums: ['n'], maxima: ['x'] });
          for (const { key, n, x } of documents) sums.add(key, key, { n: stored(n) }, { x });
          const found = new Map([...sums.lines()].map(({ of, amounts }) => [of, amounts]));
          for (const key of new Set(documents.map((d) => d.key))) {
            const own = documents.filter((d) => d.key === key);
            expect(found.get(key)).toEqual({
              n: stored(own.reduce((sum, d) => sum + d.n, 0n)),
              x: Math.max(...own.map((d) => d.x)),
            });
          }
          expect(found.size).toBe(new Set(documents.map((d) => d.key)).size);
        },
      ),
    ));

  it('hold more keys than they had room for', () => {
    const sums = new ExactSums<number>({ sums: ['n'] });
    for (let round = 0; round < 2; round++) {
      for (let key = 0; key < 3000; key++) sums.add(String(key), key, { n: key });
    }
    for (const { of, amounts } of sums.lines()) expect(amounts['n']).toBe(2 * of);
    expect([...sums.lines()]).toHaveLength(3000);
  });
});

describe('products with the power band', () => {
  const whole = fc.integer({ min: 0, max: 2 ** 52 });
  const width = fc.integer({ min: 0, max: 5000 });

  it('add up to what amounts times widths add up to, however often they are written and read in between', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ energy: whole, operational: whole, lo: width, hi: width }), {
          minLength: 1,
          maxLength: 20,
        }),
        (rows) => {
          const hours = [
            new ExactSums<null>({ sums: WEIGHT_PARTS }),
            new ExactSums<null>({ sums: WEIGHT_PARTS }),
          ];
          rows.forEach(({ energy, operational, lo, hi }, i) => {
            const node = nodeRowOf([podRow()], { provenance: provenance({ powerBand: { lo, hi } }) });
            hours[i % 2]!.add('', null, weightsOf(energy, operational, encodeBasis(node, 'USD')));
          });
          const day = new ExactSums<null>({ sums: WEIGHT_PARTS });
          for (const hour of hours)
            for (const { amounts } of hour.lines()) day.add('', null, carried(amounts));
          const { amounts } = [...day.lines()][0]!;
          const sum = (product: (row: (typeof rows)[number]) => bigint) =>
            rows.reduce((total, row) => total + product(row), 0n);
          expect(weightedSums(WEIGHT_PARTS.map((field) => BigInt(amounts[field]!)))).toEqual([
            sum((r) => BigInt(r.energy) * BigInt(r.lo)),
            sum((r) => BigInt(r.energy) * BigInt(r.hi)),
            sum((r) => BigInt(r.operational) * BigInt(r.lo)),
            sum((r) => BigInt(r.operational) * BigInt(r.hi)),
          ]);
        },
      ),
    ));
});
