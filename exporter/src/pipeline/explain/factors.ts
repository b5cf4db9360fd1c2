/** The factors of one node's interval, each with its value, unit, source, version, year, age and band. */
import { MEMORY_WATTS_PER_GB } from '../../domain/energy/node-energy.js';
import type { Quantiles } from '../../domain/energy/power-profile.js';
import type { Band } from '../../domain/model.js';
import { BYTES_PER_GB, type EpochSeconds } from '../../domain/units.js';
import type { StoredInterval } from '../../ports/history.js';
import type { FactorSources } from '../resolve-factors.js';
import type { Amount } from './figure.js';
import type { Rebuilt } from './rebuild.js';

export interface Factor {
  /** As the formulas write it. */
  readonly symbol: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  /** Of the table or the calculation that it is from; null: observed or configured. */
  readonly version: string | null;
  /** That the value was published for; null: observed or configured. */
  readonly year: number | null;
  /** The instant that the value holds for, and how long before the interval that was, s; null: at all times. */
  readonly time: EpochSeconds | null;
  readonly age: number | null;
  /** Null: taken as known. */
  readonly low: number | null;
  readonly high: number | null;
}

type Facts = Pick<Factor, 'symbol' | 'name' | 'value' | 'unit' | 'source'> & Partial<Factor>;

const factor = (facts: Facts): Factor => ({
  version: null,
  year: null,
  time: null,
  age: null,
  low: null,
  high: null,
  ...facts,
});

const within = (value: number, { lo, hi }: Band) =>
  lo === 0 && hi === 0 ? {} : { low: value * Math.exp(-lo / 1000), high: value * Math.exp(hi / 1000) };

/** In the order in which the formulas need them. */
export function factorsOf(
  amount: Amount,
  stored: StoredInterval,
  rebuilt: Rebuilt,
  sources: FactorSources,
): readonly Factor[] {
  const version = `calculation ${stored.calculationVersion}`;
  const power = [...observed(rebuilt), ...powerFactors(rebuilt, sources, version)];
  switch (amount) {
    case 'energy':
      return power;
    case 'operational':
      return [...power, ...gridFactors(stored, rebuilt, sources, version)];
    case 'embodied':
      return [...observed(rebuilt).slice(0, 2), ...embodiedFactors(rebuilt, sources, version)];
    case 'co2e':
      return [
        ...power,
        ...gridFactors(stored, rebuilt, sources, version),
        ...embodiedFactors(rebuilt, sources, version),
      ];
    case 'cost':
      return [...observed(rebuilt), ...priceFactors(stored, rebuilt)];
  }
}

function observed({ row }: Rebuilt): Factor[] {
  const fact = (symbol: string, name: string, value: number, unit: string, source: string) =>
    factor({ symbol, name, value, unit, source });
  return [
    fact('T', 'time the node was there in the interval', row.seconds, 's', 'observed'),
    fact('C', 'CPU capacity of the node', row.cpuCapacity, 'vCPU', 'observed'),
    fact('U', 'CPU time used on the node', row.cpuSeconds, 'CPU s', 'observed'),
    fact('M', 'memory of the node', row.memoryCapacity / BYTES_PER_GB, 'GB', 'observed'),
  ];
}

function powerFactors(
  { row, factors, model }: Rebuilt,
  { settings }: FactorSources,
  version: string,
): Factor[] {
  const { profile, measured } = factors;
  const watts = (symbol: string, name: string, { low, central, high }: Quantiles) =>
    factor({
      symbol,
      name,
      value: central,
      unit: 'W/vCPU',
      source: `${profile.name}: ${profile.source}`,
      version,
      year: profile.year,
      ...(low < central || high > central ? { low, high } : {}),
    });
  const { fit } = profile;
  const memory = fit?.memoryWattsPerGb ?? MEMORY_WATTS_PER_GB;
  return [
    watts('w_idle', 'power of an idle vCPU', profile.idle),
    watts('w_full', 'power of a vCPU at full load', profile.full),
    factor({
      symbol: 'f_u',
      name: `share of the way from idle to full at utilisation ${model.utilisation}`,
      value: sharedOf(
        row.cpuCapacity * row.seconds * (profile.full.central - profile.idle.central),
        model.dynamic,
      ),
      unit: '1',
      source: fit ? `u^${fit.exponent}, ${profile.name}` : `POWER_CURVE=${settings.curve}`,
      version,
    }),
    ...(profile.memoryGbPerVcpu === null
      ? []
      : [
          factor({
            symbol: 'm',
            name: 'memory per vCPU whose power w_idle and w_full hold already',
            value: profile.memoryGbPerVcpu,
            unit: 'GB/vCPU',
            source: `${profile.name}: ${profile.source}`,
            version,
            year: profile.year,
          }),
          factor({
            symbol: 'w_mem',
            name: 'power of memory',
            value: memory.central,
            unit: 'W/GB',
            source: fit ? profile.name : 'Cloud Carbon Footprint, mean of Crucial and Micron data sheets',
            version,
            year: fit ? profile.year : 2021,
            low: memory.low,
            high: memory.high,
          }),
        ]),
    ...(measured
      ? [
          factor({
            symbol: 'E_meter',
            name: 'energy that the meter read',
            value: measured.energy / 1000,
            unit: 'J',
            source: measured.source,
            ...within(measured.energy / 1000, measured.band),
          }),
        ]
      : []),
  ];
}

const sharedOf = (whole: number, part: number) => (whole === 0 ? 0 : part / whole);

function gridFactors(
  { mark }: StoredInterval,
  { row: { provenance: p } }: Rebuilt,
  { tables }: FactorSources,
  version: string,
): Factor[] {
  const table = p.pueSource.startsWith('provider:') ? tables.providerPue(p.provider) : null;
  const pue =
    table ?? (p.pueSource === 'default' && p.pue === tables.defaultPue.pue ? tables.defaultPue : null);
  const yearly = p.intensitySource === 'yearly-mean' || p.intensitySource === 'country-mean';
  return [
    factor({
      symbol: 'PUE',
      name: 'power usage effectiveness of the site',
      value: p.pue,
      unit: '1',
      source: pue && pue.pue === p.pue ? `${p.pueSource}: ${pue.source}` : p.pueSource,
      ...(pue && pue.pue === p.pue ? { version, year: pue.year } : {}),
      ...within(p.pue, p.pueBand),
    }),
    factor({
      symbol: 'I',
      name: `carbon intensity of the grid ${p.gridZone || '(zone not known)'}`,
      value: p.intensity,
      unit: 'g CO2e/kWh',
      source: p.intensitySource,
      ...(yearly ? { version, year: new Date(p.intensityTime * 1000).getUTCFullYear() } : {}),
      time: p.intensityTime,
      age: Math.max(0, mark.start - p.intensityTime),
      ...within(p.intensity, p.intensityBand),
    }),
  ];
}

function embodiedFactors({ row, factors }: Rebuilt, { settings }: FactorSources, version: string): Factor[] {
  return [
    factor({
      symbol: 'K',
      name: 'embodied emissions of the machine over its life',
      value: row.embodiedTotal,
      unit: 'kg CO2e',
      source: factors.embodied.source,
      version,
      ...within(row.embodiedTotal, row.provenance.embodiedBand),
    }),
    factor({
      symbol: 'L',
      name: 'life of the hardware, in years of 8760 h',
      value: settings.hardwareLifespanYears,
      unit: 'years',
      source: 'HARDWARE_LIFESPAN_YEARS',
    }),
  ];
}

function priceFactors({ currency }: StoredInterval, { factors: { price } }: Rebuilt): Factor[] {
  if (!price) return [];
  const source = price.reasons.includes('PRICE_DEFAULT') ? 'public list price' : 'price table';
  return [
    factor({
      symbol: 'p_cpu',
      name: 'price of a core',
      value: price.cpuCoreHour,
      unit: `${currency}/core h`,
      source,
    }),
    factor({
      symbol: 'p_ram',
      name: 'price of memory',
      value: price.ramGbHour,
      unit: `${currency}/GiB h`,
      source,
    }),
  ];
}
