import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameOf, pageOf, type Position } from './query-history.js';

const position: fc.Arbitrary<Position> = fc.record({
  amount: fc.bigInt({ min: 0n, max: 5n }),
  name: fc.string({ minLength: 1, maxLength: 3 }),
});
/** Amounts repeat on purpose; names do not, as groups' names do not. */
const entries = fc.uniqueArray(position, { selector: (p) => p.name, maxLength: 30 });
const self = (p: Position) => p;

function allPages(all: readonly Position[], descending: boolean, limit: number): Position[][] {
  const pages: Position[][] = [];
  let after: Position | null = null;
  do {
    const page: { items: readonly Position[]; next: Position | null } = pageOf(
      all,
      self,
      descending,
      limit,
      after,
    );
    pages.push([...page.items]);
    after = page.next;
  } while (after !== null);
  return pages;
}

describe('pages', () => {
  it('hold every entry once, in order, and all but the last are full', () => {
    fc.assert(
      fc.property(entries, fc.boolean(), fc.integer({ min: 1, max: 12 }), (all, descending, limit) => {
        const pages = allPages(all, descending, limit);
        const flat = pages.flat();
        expect(flat.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
          all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        );
        const amounts = flat.map((p) => Number(p.amount));
        expect(amounts).toEqual(amounts.toSorted((a, b) => (descending ? b - a : a - b)));
        expect(pages.slice(0, -1).every((p) => p.length === limit)).toBe(true);
      }),
    );
  });

  it('do not depend on the order in which entries come', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 12 }), (all, limit) => {
        expect(allPages(all.toReversed(), true, limit)).toEqual(allPages(all, true, limit));
      }),
    );
  });

  it('go on after an entry that has gone meanwhile', () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => ({ amount: 1n, name }));
    const first = pageOf(all, self, false, 2, null);
    const rest = pageOf(
      all.filter((p) => p.name !== 'b'),
      self,
      false,
      2,
      first.next,
    );
    expect(rest).toEqual({ items: all.slice(2), next: null });
  });
});

describe('the name of a group', () => {
  it('is the same for the same fields in any order and differs for any other', () => {
    expect(nameOf({ namespace: 'a', cluster: 'c' })).toBe(nameOf({ cluster: 'c', namespace: 'a' }));
    expect(nameOf({ namespace: 'a', pod: 'b' })).not.toBe(nameOf({ namespace: 'a","pod":"b' }));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        const same = a === c && b === d;
        expect(nameOf({ namespace: a, pod: b }) === nameOf({ namespace: c, pod: d })).toBe(same);
      }),
    );
  });
});
