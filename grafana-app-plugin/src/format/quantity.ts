/** Every amount that a page or panel shows is written here: mass in g, kg, t; energy in Wh, kWh, MWh; money in its currency. */
const SIGNIFICANT = 3;

/** Number with three significant digits, thousands grouped, no exponent. */
export function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value < 0 ? '> -0.001' : '< 0.001';
  return new Intl.NumberFormat('en-US', {
    maximumSignificantDigits:
      Math.abs(value) >= 1000 ? Math.ceil(Math.log10(Math.abs(value) + 1)) : SIGNIFICANT,
  }).format(value);
}

interface Scale {
  readonly from: number;
  readonly unit: string;
}

/** The largest unit of which there is at least one; the smallest where there is not. */
function scaled(value: number, scales: readonly Scale[]): string {
  const size = Math.abs(value);
  // What would be rounded up to 1000 of a unit is one of the next.
  const scale = scales.find(({ from }) => size >= from * 0.9995) ?? scales.at(-1)!;
  return `${number(value / scale.from)} ${scale.unit}`;
}

const MASS: readonly Scale[] = [
  { from: 1e6, unit: 't' },
  { from: 1e3, unit: 'kg' },
  { from: 1, unit: 'g' },
];
const ENERGY: readonly Scale[] = [
  { from: 3.6e12, unit: 'GWh' },
  { from: 3.6e9, unit: 'MWh' },
  { from: 3.6e6, unit: 'kWh' },
  { from: 3.6e3, unit: 'Wh' },
];
const POWER: readonly Scale[] = [
  { from: 1e6, unit: 'MW' },
  { from: 1e3, unit: 'kW' },
  { from: 1, unit: 'W' },
];
const BYTES: readonly Scale[] = [
  { from: 2 ** 40, unit: 'TiB' },
  { from: 2 ** 30, unit: 'GiB' },
  { from: 2 ** 20, unit: 'MiB' },
  { from: 2 ** 10, unit: 'KiB' },
  { from: 1, unit: 'B' },
];

/** Nothing is known; 0 is a value and is written as one. */
export const UNKNOWN = '–';
type Known<A extends readonly unknown[]> = (value: number, ...rest: A) => string;
const orUnknown =
  <A extends readonly unknown[]>(write: Known<A>) =>
  (value: number | null | undefined, ...rest: A): string =>
    value === null || value === undefined || !Number.isFinite(value) ? UNKNOWN : write(value, ...rest);

/** Grams of CO2 equivalent. */
export const co2e = orUnknown((grams) => `${scaled(grams, MASS)} CO₂e`);
/** Joules. */
export const energy = orUnknown((joules) => scaled(joules, ENERGY));
/** Watts. */
export const power = orUnknown((watts) => scaled(watts, POWER));
export const bytes = orUnknown((count) => scaled(count, BYTES));
/** 0.873 as "87.3 %". */
export const percent = orUnknown((ratio) => `${number(ratio * 100)} %`);
/** -0.12 as "-12 %", 0.12 as "+12 %". */
export const change = orUnknown((ratio) => `${ratio > 0 ? '+' : ''}${number(ratio * 100)} %`);
/** In the currency that the data name. */
export const money = orUnknown((amount, currency: string) => {
  const digits = Math.abs(amount) > 0 && Math.abs(amount) < 0.1 ? { maximumSignificantDigits: 2 } : {};
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits }).format(amount);
});
/** Grams per kWh. */
export const intensity = orUnknown((grams) => `${number(grams)} g/kWh`);

export interface Amount {
  readonly currency: string;
  readonly amount: number;
}
/** Amounts of several currencies stand beside each other: they cannot be added. */
export const cost = (amounts: readonly Amount[] | undefined): string =>
  amounts === undefined || amounts.length === 0
    ? UNKNOWN
    : amounts.map(({ amount, currency }) => money(amount, currency)).join(' + ');
