/** The columns of an exported report: the same names and digits in every format. */
import {
  co2eOf,
  energyOf,
  estimatedRatio,
  gramsOf,
  instant,
  isZero,
  moneyOf,
} from '../../pipeline/figures.js';
import type { ReportHead, ReportRow } from '../../pipeline/report.js';

export interface Column {
  readonly name: string;
  /** "instant" is RFC 3339 as text, a timestamp where a format has one. */
  readonly type: 'text' | 'instant' | 'number';
  /** Whether a number may be unknown. */
  readonly nullable: boolean;
  readonly help: string;
}

/** A number that is null is not known, which is not 0. */
export type Cell = string | number | null;

const text = (name: string, help: string): Column => ({ name, type: 'text', nullable: false, help });
const time = (name: string, help: string): Column => ({ name, type: 'instant', nullable: false, help });
const number = (name: string, help: string, nullable = true): Column => ({
  name,
  type: 'number',
  nullable,
  help,
});

const TIME = [
  text('period', 'day, ISO 8601 week, month or year of UTC, or the range'),
  time('from', 'start of the period within the range'),
  time('to', 'end of the period within the range, exclusive'),
];
const FIGURES = [
  number('energy_joules', 'J at the machine'),
  number('energy_joules_low', 'low end of the band'),
  number('energy_joules_high', 'high end of the band'),
  number('co2e_grams', 'g CO2e, scope 2 and scope 3 category 1 together'),
  number('co2e_grams_low', 'low end of the band'),
  number('co2e_grams_high', 'high end of the band'),
  number('co2e_operational_grams', 'g CO2e, GHG Protocol scope 2, location-based: electricity, PUE included'),
  number('co2e_embodied_grams', 'g CO2e, GHG Protocol scope 3, category 1 (purchased goods): hardware'),
];
const QUALITY = [
  number('coverage', 'share of the period that is known', false),
  number('estimated_ratio', 'share of the energy that is estimated, not measured'),
];

export function columnsOf({ keyFields, currencies }: ReportHead): readonly Column[] {
  return [
    ...TIME,
    ...keyFields.map((field) => text(field, 'what the figures are of')),
    ...FIGURES,
    ...currencies.map((currency) => number(`cost_${currency}`, `cost in ${currency}; empty: no price`)),
    ...QUALITY,
  ];
}

const UNKNOWN: readonly null[] = FIGURES.map(() => null);

/** One cell a column. */
export function cellsOf(row: ReportRow, head: ReportHead): Cell[] {
  const { bucket, key, sums, coverage } = row;
  return [
    bucket.period,
    instant(bucket.from),
    instant(bucket.to),
    ...head.keyFields.map((field) => key[field] ?? ''),
    ...(coverage === 0 && isZero(sums) ? UNKNOWN : figuresOf(row)),
    ...costsOf(row, head.currencies),
    coverage,
    estimatedRatio(sums),
  ];
}

function figuresOf({ sums }: ReportRow): readonly number[] {
  const [energy, co2e] = [energyOf(sums), co2eOf(sums)];
  return [
    energy.value,
    energy.low,
    energy.high,
    co2e.value,
    co2e.low,
    co2e.high,
    gramsOf(sums.operational),
    gramsOf(sums.embodied),
  ];
}

function costsOf({ sums }: ReportRow, currencies: readonly string[]): (number | null)[] {
  const stray = sums.cost.find(({ currency }) => !currencies.includes(currency));
  if (stray) throw new Error(`a cost in ${stray.currency} came in while the report was written; ask again`);
  return currencies.map((currency) => {
    const cost = sums.cost.find((c) => c.currency === currency);
    return cost ? moneyOf(cost.nano) : null;
  });
}
