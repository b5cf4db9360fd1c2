/** Series over time as one wide frame: a field a group, with the group as labels; where wanted, low and high around each. */
import { DataFrameType, type DataFrame, type Field } from '@grafana/data';
import type { Figures, Key, Series, Totals, TotalsRow } from '../api/answers';
import { shareName } from './shares';
import { currencyUnit, frame, numbers, qualityNotices, seconds, UNIT } from './fields';

/** How far low and high lie from the figure, as factors of it. */
export interface Widths {
  readonly low: number;
  readonly high: number;
}

const NAMES: Readonly<Record<string, string>> = {
  energy_joules: 'Energy',
  co2e_grams: 'CO₂e',
  co2e_operational_grams: 'CO₂e operational',
  co2e_embodied_grams: 'CO₂e embodied',
  cost: 'Cost',
};

const unitOf = (unit: string): string =>
  unit === 'J' ? UNIT.joules : unit === 'g' ? UNIT.grams : currencyUnit(unit);

/** A group as people call it: the most specific of its names, "all" without one. */
export function groupName(key: Key): string {
  const { workload_type: _, ...names } = key;
  const parts = Object.entries(names).filter(
    ([name]) => name !== 'cluster' || Object.keys(names).length === 1,
  );
  return parts.map(([, value]) => shareName(value)).join(' / ');
}

/**
 * @param widthsOf bounds of a group, relative to its figure; null: none are drawn. The exporter gives bounds for a range, not for
 * each bucket: a factor (power model, grid, hardware) is as uncertain in all buckets of a range as in the whole of it.
 */
export function seriesFrame(
  answer: Series,
  widthsOf: ((key: Key) => Widths | null) | null = null,
): DataFrame {
  const fields = answer.series.flatMap((one) => fieldsOf(one, widthsOf?.(one.key) ?? null));
  return frame('series', [seconds('time', answer.times), ...fields], {
    type: DataFrameType.TimeSeriesWide,
    typeVersion: [0, 1],
    preferredVisualisationType: 'graph',
    notices: qualityNotices({ coverage: mean(answer.coverage), estimated_ratio: answer.estimated_ratio }),
  });
}

function fieldsOf({ key, metric, unit, values }: Series['series'][number], widths: Widths | null): Field[] {
  const label = groupName(key) || (NAMES[metric] ?? metric);
  const grafanaUnit = unitOf(unit);
  const at = (name: string, displayName: string, factor: number, custom?: Record<string, unknown>) =>
    numbers(name, factor === 1 ? values : values.map((v) => (v === null ? null : v * factor)), {
      unit: grafanaUnit,
      labels: key,
      displayName,
      ...(custom && { custom }),
    });
  const central = at(metric, label, 1);
  if (!widths) return [central];
  const edge = {
    lineWidth: 0,
    pointSize: 1,
    showPoints: 'never',
    hideFrom: { legend: true, tooltip: false, viz: false },
  };
  return [
    central,
    at('low', `${label} low`, widths.low, { ...edge, fillOpacity: 0 }),
    at('high', `${label} high`, widths.high, { ...edge, fillOpacity: 18, fillBelowTo: `${label} low` }),
  ];
}

/** Bounds of each group of a totals answer, relative to its figure, for a metric that has bounds; without groups those of the total. */
export function widthsFrom(
  { by, total }: Pick<Totals, 'by' | 'total'>,
  rows: readonly TotalsRow[],
  metric: string,
): (key: Key) => Widths | null {
  if (by.length === 0) return () => widthsOf(total, metric);
  const byKey = new Map(rows.map((row) => [identity(row.key), row]));
  return (key) => {
    const row = byKey.get(identity(key));
    return row ? widthsOf(row, metric) : null;
  };
}

function widthsOf(figures: Figures, metric: string): Widths | null {
  const { co2e_grams: c, energy_joules: e, energy_joules_low: low, energy_joules_high: high } = figures;
  if (metric === 'energy_joules') return relative(e, low, high);
  return metric === 'co2e_grams' ? relative(c?.total, c?.low, c?.high) : null;
}

type Maybe = number | null | undefined;
function relative(value: Maybe, low: Maybe, high: Maybe): Widths | null {
  if (!value || low === null || low === undefined || high === null || high === undefined) return null;
  return { low: low / value, high: high / value };
}

const identity = (key: Key): string =>
  JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
