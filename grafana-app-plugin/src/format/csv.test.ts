import { describe, expect, it } from '@jest/globals';
import { csvText } from './csv';

describe('csvText', () => {
  it('quotes what needs it and leaves what is not known empty', () => {
    expect(
      csvText([
        ['a', 'b,c', 'say "x"'],
        [1.5, null, 'two\nlines'],
      ]),
    ).toBe('a,"b,c","say ""x"""\r\n1.5,,"two\nlines"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x'])('makes a text of the formula %s', (cell) => {
    expect(csvText([[cell]])).toBe(`'${cell}\r\n`);
  });

  it('leaves negative numbers numbers', () => expect(csvText([[-1]])).toBe('-1\r\n'));
});
