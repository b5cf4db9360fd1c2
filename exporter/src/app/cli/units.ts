/** Amounts as people read them: three digits in the unit that fits. */

interface Scale {
  readonly unit: string;
  /** In base units. */
  readonly size: number;
}

/** From 1 MJ on energy is shown in kWh as well known from bills. */
const ENERGY: readonly Scale[] = [
  { unit: 'GWh', size: 3.6e12 },
  { unit: 'MWh', size: 3.6e9 },
  { unit: 'kWh', size: 3.6e6 },
  { unit: 'MJ', size: 1e6 },
  { unit: 'kJ', size: 1e3 },
  { unit: 'J', size: 1 },
];
const MASS: readonly Scale[] = [
  { unit: 't', size: 1e6 },
  { unit: 'kg', size: 1e3 },
  { unit: 'g', size: 1 },
  { unit: 'mg', size: 1e-3 },
];

/** "12.3 kWh" */
export const humanEnergy = (joules: number): string => scaled(joules, ENERGY);
/** "1.23 kg" */
export const humanMass = (grams: number): string => scaled(grams, MASS);

/** "1.23 kg (0.98 to 1.6)": the band in the unit of the figure. */
export function humanBand(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  kind: 'energy' | 'mass',
): string {
  const scales = kind === 'energy' ? ENERGY : MASS;
  const { size } = scaleOf(value, scales);
  return `${scaled(value, scales)} (${digits(low / size)} to ${digits(high / size)})`;
}

/** "512 MiB", "16 GiB": in MiB as requests are written, machines in GiB. */
export function humanMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes >= 10_240 ? `${digits(mebibytes / 1024)} GiB` : `${digits(mebibytes)} MiB`;
}

/** "250m", "16 cores": in thousandths as requests are written, from ten cores on in cores. */
export const humanCores = (cores: number): string =>
  cores < 10 ? `${digits(cores * 1000)}m` : `${digits(cores)} cores`;

/** "0.42 USD"; small amounts keep two digits that say something. */
export function humanMoney(amount: number, currency: string): string {
  return `${Math.abs(amount) >= 1 || amount === 0 ? amount.toFixed(2) : digits(amount, 2)} ${currency}`;
}

/** "99.8 %" */
export const humanShare = (share: number): string => `${digits(share * 100)} %`;

function scaleOf(value: number, scales: readonly Scale[]): Scale {
  // Zero is shown in the base unit.
  if (value === 0) return scales.find(({ size }) => size === 1)!;
  return scales.find(({ size }) => Math.abs(value) >= size) ?? scales.at(-1)!;
}

function scaled(value: number, scales: readonly Scale[]): string {
  const { unit, size } = scaleOf(value, scales);
  return `${digits(value / size)} ${unit}`;
}

/** Rounded to so many digits, but never in the integer part. */
function digits(value: number, count = 3): string {
  if (Math.abs(value) >= 10 ** (count - 1)) return String(Math.round(value));
  return String(Number(value.toPrecision(count)));
}
