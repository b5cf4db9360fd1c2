/** Totals as a table: the key of each group, then its figures with their bands. */
import { DataFrameType, type DataFrame, type Field } from '@grafana/data';
import type { Figures, Totals, TotalsRow } from '../api/answers';
import { currencyUnit, cutNotice, frame, numbers, qualityNotices, strings, UNIT } from './fields';

/** Columns of figures; `unit` is Grafana's. */
const COLUMNS: readonly (readonly [
  name: string,
  unit: string,
  of: (f: Figures) => number | null | undefined,
])[] = [
  ['energy_joules', UNIT.joules, (f) => f.energy_joules],
  ['energy_joules_low', UNIT.joules, (f) => f.energy_joules_low],
  ['energy_joules_high', UNIT.joules, (f) => f.energy_joules_high],
  ['co2e_grams', UNIT.grams, (f) => f.co2e_grams?.total],
  ['co2e_grams_low', UNIT.grams, (f) => f.co2e_grams?.low],
  ['co2e_grams_high', UNIT.grams, (f) => f.co2e_grams?.high],
  ['co2e_operational_grams', UNIT.grams, (f) => f.co2e_grams?.operational],
  ['co2e_embodied_grams', UNIT.grams, (f) => f.co2e_grams?.embodied],
];

type Quality = Pick<Totals, 'by' | 'coverage' | 'estimated_ratio' | 'total'>;

export function totalsFrame(answer: Quality, rows: readonly TotalsRow[], more = false): DataFrame {
  const shown = answer.by.length === 0 ? [{ key: {}, ...answer.total }] : rows;
  const keys = [...new Set(shown.flatMap(({ key }) => Object.keys(key)))];
  const figures = COLUMNS.flatMap(([name, unit, of]) => {
    const values = shown.map((row) => of(row) ?? null);
    const absent = shown.every((row) => of(row) === undefined);
    return absent ? [] : [numbers(name, values, { unit })];
  });
  const fields = [
    ...keys.map((name) =>
      strings(
        name,
        shown.map(({ key }) => key[name] ?? ''),
      ),
    ),
    ...figures,
    ...costs(shown),
    numbers(
      'coverage',
      shown.map((row) => row.coverage),
      { unit: UNIT.ratio },
    ),
    numbers(
      'estimated_ratio',
      shown.map((row) => row.estimated_ratio),
      { unit: UNIT.ratio },
    ),
    strings(
      'uncertainty_driver',
      shown.map((row) => row.uncertainty_driver ?? ''),
    ),
  ];
  return frame('totals', fields, {
    type: DataFrameType.NumericLong,
    typeVersion: [0, 1],
    preferredVisualisationType: 'table',
    notices: [...qualityNotices(answer), ...(more ? [cutNotice()] : [])],
  });
}

/** A column a currency: amounts of two cannot be added. */
function costs(rows: readonly Figures[]): Field[] {
  const currencies = [
    ...new Set(rows.flatMap(({ cost = [] }) => cost.map(({ currency }) => currency))),
  ].sort();
  return currencies.map((code) =>
    numbers(
      currencies.length === 1 ? 'cost' : `cost_${code}`,
      rows.map(({ cost = [] }) => cost.find(({ currency }) => currency === code)?.amount ?? null),
      { unit: currencyUnit(code) },
    ),
  );
}
