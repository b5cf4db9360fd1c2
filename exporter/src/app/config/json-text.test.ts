import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from './json-text.js';

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json(), (text) =>
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown }),
      ),
    );
  });

  it.each([
    ['an empty text', '', 1],
    ['a trailing comma', '{\n "a": 1,\n}', 3],
    ['a missing comma', '[\n1\n2\n]', 3],
    ['a missing colon', '{\n\n"a" 1}', 3],
    ['a key without quotes', '{\n a: 1}', 2],
    ['a single quote', "{\n 'a': 1}", 2],
    ['a comment', '{\n // no\n "a": 1}', 2],
    ['a string that is not closed', '{\n\n\n "a": "b\n}', 4],
    ['a bracket of the other kind', '[\n1\n}', 3],
    ['a text that ends early', '{"a": [1,\n2', 2],
    ['something after the end', '{}\n{}', 2],
    ['a number with a leading zero', '[1,\n01]', 2],
  ])('names the line of %s', (_, text, line) => {
    expect(parseJson(text)).toEqual({ ok: false, line });
  });

  it('names the line of a slip anywhere in a valid text', () => {
    const text = JSON.stringify({ a: [1, 'x', { b: null }], c: true }, null, 1);
    fc.assert(
      fc.property(fc.nat(text.length - 1), (at) => {
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`;
        const result = parseJson(broken);
        if (result.ok) throw new Error('a control character passed');
        expect(result.line).toBe(text.slice(0, at).split('\n').length);
      }),
    );
  });
});
