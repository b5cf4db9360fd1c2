/** Estimated beside measured energy: the error figures as a table, and both powers over time. */
import { DataFrameType, type DataFrame, type Field } from '@grafana/data';
import type { Comparison, ComparisonRow } from '../api/answers';
import { t } from '../i18n';
import { frame, numbers, seconds, strings, UNIT } from './fields';

/** A meter of a node or of an instance type. */
export const meterName = ({ key, source, scope }: Pick<ComparisonRow, 'key' | 'source' | 'scope'>): string =>
  `${key['node'] ?? key['instance_type'] ?? ''} (${source}, ${scope})`;

export function comparisonFrame({ rows }: Comparison): DataFrame {
  const keys = [...new Set(rows.flatMap(({ key }) => Object.keys(key)))];
  const column = (name: string, of: (row: ComparisonRow) => number | null, unit?: string) =>
    numbers(name, rows.map(of), unit === undefined ? {} : { unit });
  return frame(
    'comparison',
    [
      ...keys.map((name) =>
        strings(
          name,
          rows.map(({ key }) => key[name] ?? ''),
        ),
      ),
      strings(
        'source',
        rows.map((row) => row.source),
      ),
      strings(
        'scope',
        rows.map((row) => row.scope),
      ),
      column('estimated_joules', (r) => r.estimated_joules, UNIT.joules),
      column('measured_joules', (r) => r.measured_joules, UNIT.joules),
      column('bias_ratio', (r) => r.bias_ratio, UNIT.ratio),
      column('mape', (r) => r.mape, UNIT.ratio),
      column('mae_watts', (r) => r.mae_watts, UNIT.watts),
      column('rmse_watts', (r) => r.rmse_watts, UNIT.watts),
      column('r2', (r) => r.r2),
      column('nodes', (r) => r.nodes),
      column('hours', (r) => r.hours),
      column('utilisation_min', (r) => r.utilisation[0] ?? null, UNIT.ratio),
      column('utilisation_max', (r) => r.utilisation[1] ?? null, UNIT.ratio),
      column('coverage', (r) => r.coverage, UNIT.ratio),
      column('fit_w_idle', (r) => r.fit?.w_idle ?? null, UNIT.watts),
      column('fit_w_full', (r) => r.fit?.w_full ?? null, UNIT.watts),
      column('fit_n', (r) => r.fit?.n ?? null),
    ],
    {
      type: DataFrameType.NumericLong,
      typeVersion: [0, 1],
      notices: rows.length > 0 ? [] : [{ severity: 'info', text: nothingMeasured() }],
    },
  );
}

export const nothingMeasured = (): string =>
  t(
    'accuracy.none',
    'Nothing is measured in this range: all energy is estimated, and there is nothing to compare it with.',
  );

/** Mean power of each bucket, W: `estimated` and `measured` of each meter, as labels say which. */
export function comparisonSeriesFrame(answer: Comparison): DataFrame {
  const times = [
    ...new Set(answer.rows.flatMap(({ from }) => (from === undefined ? [] : [Date.parse(from) / 1000]))),
  ];
  times.sort((a, b) => a - b);
  const index = new Map(times.map((time, i) => [time, i]));
  const meters = new Map<
    string,
    {
      readonly row: ComparisonRow;
      readonly estimated: (number | null)[];
      readonly measured: (number | null)[];
    }
  >();
  for (const row of answer.rows) {
    if (row.from === undefined || row.hours === 0) continue;
    const name = meterName(row);
    const empty = () => times.map((): number | null => null);
    const meter = meters.get(name) ?? { row, estimated: empty(), measured: empty() };
    meters.set(name, meter);
    const at = index.get(Date.parse(row.from) / 1000)!;
    // hours are node hours, so this is the mean power of a node
    meter.estimated[at] = row.estimated_joules / (row.hours * 3600);
    meter.measured[at] = row.measured_joules / (row.hours * 3600);
  }
  const fields = [...meters].flatMap(([name, { row, estimated, measured }]): Field[] => {
    const labels = { ...row.key, source: row.source, scope: row.scope };
    const extra = (what: string) => ({ unit: UNIT.watts, labels, displayName: `${name} ${what}` });
    return [
      numbers('estimated', estimated, extra(t('method.estimated', 'estimated'))),
      numbers('measured', measured, extra(t('method.measured', 'measured'))),
    ];
  });
  return frame('comparison-series', [seconds('time', times), ...fields], {
    type: DataFrameType.TimeSeriesWide,
    typeVersion: [0, 1],
  });
}
