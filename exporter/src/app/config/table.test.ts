/** Laws of every row of the table, the ones to come included. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { readTextFile } from '../config.js';
import { renderConfigDocs } from './docs.js';
import { OWN_PREFIXES, RETIRED } from './names.js';
import { ROWS, SCHEMA, type Row } from './table.js';
import { Secret } from './secret.js';

/** Values of a key as the program has them, over the whole of its range where it has one. */
function arbitrary({ type, default: fallback }: Row): fc.Arbitrary<unknown> {
  const [min, max] = type.bounds ?? [0, 0];
  switch (type.name) {
    case 'integer':
    case 'size':
      return fc.integer({ min, max });
    case 'number':
      return fc.double({ min, max, noNaN: true });
    case 'duration':
      return fc.integer({ min: Math.ceil(min * 1000), max: max * 1000 }).map((ms) => ms / 1000);
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...type.choices!);
    case 'list':
      return type.choices ? fc.subarray([...type.choices]) : fc.constantFrom([], [type.example]);
    default:
      return fc.constant(fallback ?? type.example);
  }
}

describe.each(ROWS.map((row) => [row.key, row] as const))('%s', (_, row) => {
  it('has a default that is valid, a rule and a help text', () => {
    const result = row.schema.safeParse(undefined);
    expect(result.error?.issues ?? []).toEqual([]);
    if (row.default === null) expect(result.data).toBeNull();
    else expect(result.data).toEqual(row.schema.parse(row.default));
    expect(row.help).toMatch(/^[A-Z0-9].*\.$/s);
    expect(row.type.rule).not.toBe('');
  });

  it('reads back every valid value that it writes', () => {
    if (row.secret) return expect(row.schema.safeParse('postgres://u:p@h/d').data).toBeInstanceOf(Secret);
    fc.assert(
      fc.property(arbitrary(row), (value) => {
        const text = row.format(value);
        const result = row.schema.safeParse(text);
        expect(result.error?.issues ?? []).toEqual([]);
        expect(row.format(result.data)).toBe(text);
        expect(result.data).toEqual(Object.is(value, -0) ? 0 : value);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses numbers beyond its range', () => {
    if (!row.type.bounds) return expect(row.type.bounds).toBeUndefined();
    const [min, max] = row.type.bounds;
    const beyond = row.type.name === 'duration' || row.type.name === 'size' ? [max + 1] : [min - 1, max + 1];
    for (const value of beyond) expect(row.schema.safeParse(row.format(value)).success).toBe(false);
  });
});

describe('the table', () => {
  it('has no name twice', () => {
    const names = ROWS.flatMap(({ key, aliases }) => [key, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const retired of Object.keys(RETIRED)) expect(names).not.toContain(retired);
  });

  it('has a key under every prefix that is refused', () => {
    const covers = (prefix: string) => ROWS.some(({ key }) => `${key}_`.startsWith(prefix));
    expect(OWN_PREFIXES.filter((prefix) => !covers(prefix))).toEqual(['GREENKUBE_']);
  });

  it('gives a value for every key when nothing is set', () => {
    expect(Object.keys(SCHEMA.parse({})).sort()).toEqual(ROWS.map(({ key }) => key as string).sort());
  });
});

describe('docs/config.md', () => {
  it('is what the table says; run `pnpm gen` after a change', () => {
    expect(readTextFile(join(import.meta.dirname, '../../../../docs/config.md'))).toBe(renderConfigDocs());
  });

  it('names every key once as a row', () => {
    const docs = renderConfigDocs();
    for (const { key } of ROWS) expect(docs.split(`\n| \`${key}\` |`)).toHaveLength(2);
  });
});
