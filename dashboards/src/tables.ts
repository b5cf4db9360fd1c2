/** Tables: several instant queries joined to one row for each combination of labels. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { DashboardLink, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import { refId } from './promql.js';
import { METRICS } from './variables.js';

export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
}

export interface TableSpec {
  readonly title: string;
  readonly description: string;
  /** Of the first column of figures, which is the one sorted by. */
  readonly columns: readonly [Column, ...Column[]];
  /** Labels shown, with their headings, in this order; others are dropped. */
  readonly labels: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height?: number;
  readonly links?: readonly Builder<DashboardLink>[];
  /** A column that says only that the row is there, such as the 1 of an info metric, is left out. */
  readonly hideFigures?: boolean;
}

/** With one query its value is the column "Value", with several that of query A is "Value #A". */
const valueField = (spec: TableSpec, index: number): string =>
  spec.columns.length === 1 ? 'Value' : `Value #${refId(index)}`;

export function table(spec: TableSpec): Builder<Panel> {
  const builder = new TableBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(METRICS)
    .unit(spec.columns[0].unit)
    .span(spec.width)
    .height(spec.height ?? 10)
    .filterable(true)
    .targets(
      spec.columns.map(({ expr }, i) =>
        new DataqueryBuilder()
          .refId(refId(i))
          .expr(expr)
          .datasource(METRICS)
          .instant()
          .format(PromQueryFormat.Table),
      ),
    )
    .transformations([{ id: 'merge', options: {} }, organize(spec)]);
  if (spec.links) builder.dataLinks([...spec.links]);
  if (!spec.hideFigures)
    builder.sortBy([new TableSortByFieldStateBuilder().displayName(spec.columns[0].title).desc(true)]);
  for (const { title, unit, decimals } of spec.columns) {
    const properties = [{ id: 'unit', value: unit }];
    builder.overrideByName(
      title,
      decimals === undefined ? properties : [...properties, { id: 'decimals', value: decimals }],
    );
  }
  return builder;
}

/** Names and order of the columns; the time of an instant query says nothing. */
function organize(spec: TableSpec): { id: string; options: unknown } {
  const names = Object.keys(spec.labels);
  const figures = spec.columns.map((_, i) => valueField(spec, i));
  const hidden = ['Time', ...(spec.hideFigures ? figures : [])];
  return {
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
      indexByName: Object.fromEntries([...names, ...figures].map((name, i) => [name, i])),
      renameByName: {
        ...spec.labels,
        ...Object.fromEntries(figures.map((name, i) => [name, spec.columns[i]!.title])),
      },
    },
  };
}
