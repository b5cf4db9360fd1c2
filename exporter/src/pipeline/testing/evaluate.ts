import { expect } from '@jest/globals';

/** The value of a formula in numbers: the test's own reading of it, by precedence climbing. */
export function evaluate(text: string): number {
  const tokens = text.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|[a-z]+|[-+*/(),]/g) ?? [];
  let at = 0;
  const take = () => tokens[at++]!;
  const primary = (): number => {
    const token = take();
    if (token === '(') return closed(sum());
    if (token === 'min' || token === 'max') {
      take();
      const first = sum();
      take();
      return Math[token](first, closed(sum()));
    }
    const value = Number(token);
    if (Number.isNaN(value)) throw new Error(`${token} is no number in ${text}`);
    return value;
  };
  const closed = (value: number) => {
    expect(take()).toBe(')');
    return value;
  };
  const product = (): number => {
    let value = primary();
    while (tokens[at] === '*' || tokens[at] === '/')
      value = take() === '*' ? value * primary() : value / primary();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value = take() === '+' ? value + product() : value - product();
    return value;
  };
  const value = sum();
  expect(at).toBe(tokens.length);
  return value;
}
