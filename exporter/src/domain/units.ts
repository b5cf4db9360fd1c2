/**
 * Physical and monetary quantities as types. A plain number does not pass where a unit is asked for, so adding joules to grams
 * or a rate to an amount does not compile. Constructors below are the only way in; they cost nothing at run time.
 *
 * Amounts that are stored or summed are integers: millijoules, micrograms of CO2e and nano-units of a currency. One interval of
 * one node fits a double exactly (< 2^53); sums over time are bigint (see `Sums` in the ports).
 */
declare const unit: unique symbol;
type Quantity<U extends string> = number & { readonly [unit]: U };

export type Seconds = Quantity<'s'>;
/** Seconds since the Unix epoch, UTC. */
export type EpochSeconds = Quantity<'epoch s'>;
export type WattsPerVcpu = Quantity<'W/vCPU'>;
export type Joules = Quantity<'J'>;
/** Integer thousandths of a joule, >= 0. */
export type Millijoules = Quantity<'mJ'>;
/** Integer millionths of a gram of CO2 equivalent, >= 0. */
export type Micrograms = Quantity<'ug CO2e'>;
/** Integer 1e-9 units of the currency named beside it. */
export type NanoCurrency = Quantity<'1e-9 currency'>;
export type Cores = Quantity<'cores'>;
/** CPU time used: cores x seconds. */
export type CpuSeconds = Quantity<'CPU s'>;
export type Bytes = Quantity<'B'>;
/** Carbon intensity of electricity, gCO2e per kWh, life cycle. */
export type GramsPerKwh = Quantity<'g/kWh'>;
export type Kilograms = Quantity<'kg CO2e'>;
/** A share, 0..1. */
export type Ratio = Quantity<'1'>;

export const seconds = (n: number) => n as Seconds;
export const epochSeconds = (n: number) => n as EpochSeconds;
export const wattsPerVcpu = (n: number) => n as WattsPerVcpu;
export const joules = (n: number) => n as Joules;
export const millijoules = (n: number) => n as Millijoules;
export const micrograms = (n: number) => n as Micrograms;
export const nanoCurrency = (n: number) => n as NanoCurrency;
export const cores = (n: number) => n as Cores;
export const cpuSeconds = (n: number) => n as CpuSeconds;
/** CPU time in whole microseconds: finer than any source measures, and an integer to whoever stores it. */
export const wholeMicroseconds = (n: number) => (Math.round(n * 1e6) / 1e6) as CpuSeconds;
export const bytes = (n: number) => n as Bytes;
export const gramsPerKwh = (n: number) => n as GramsPerKwh;
export const kilograms = (n: number) => n as Kilograms;
export const ratio = (n: number) => n as Ratio;

/** 1 GB as the CO2 and SPECpower literature counts memory. */
export const BYTES_PER_GB = 1e9;
/** Hardware lifespans are counted in years of 8 760 h, as Boavizta and Cloud Carbon Footprint do (4 y = 35 040 h). */
export const SECONDS_PER_LIFESPAN_YEAR = 8760 * 3600;
