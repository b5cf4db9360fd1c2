/** Kubernetes quantities ("250m", "1.5Gi", "1e9") as numbers. */

/** Powers of ten, so that "250m" is read as the decimal 250e-3 and comes out as the nearest double to it. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** Powers of two. */
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

// An "E" is an exponent where digits follow it and exa where none do.
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]))?$/;
/** Longer texts are no quantity that a server writes. */
const MAX_LENGTH = 64;
/** Kubernetes caps quantities at this. */
const LARGEST = 2 ** 63;

/** The value in its base unit (cores, bytes), or null when the text is no quantity. Plain JSON numbers are taken too. */
export function parseQuantity(text: unknown): number | null {
  if (typeof text === 'number') return Number.isFinite(text) ? capped(text) : null;
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return null;
  const match = QUANTITY.exec(text);
  if (!match) return null;
  const [, digits = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return capped(Number(`${digits}e${exponent}`));
  const power = BINARY[suffix];
  if (power !== undefined) return capped(Number(digits) * 2 ** power);
  return capped(Number(`${digits}e${DECIMAL[suffix] ?? 0}`));
}

const capped = (value: number): number => Math.min(Math.max(value, -LARGEST), LARGEST);

/** The same, but null for what no request and no capacity can be: a negative. */
export function parseAmount(text: unknown): number | null {
  const value = parseQuantity(text);
  return value === null || value < 0 ? null : value;
}
