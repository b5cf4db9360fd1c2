/** Panels of the dashboards: a kind, a title, a sentence that says what is shown, a unit and queries. */
import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DashboardLink,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Override } from './colours.js';
import { refId, type Query } from './promql.js';
import { METRICS } from './variables.js';

export interface PanelSpec {
  readonly title: string;
  /** What the figure is, of what, and how it was found. */
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width: number;
  readonly height?: number;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Green below the first, yellow between, red above the second; the other way round when the first is larger. */
  readonly limits?: readonly [number, number];
  readonly links?: readonly Builder<DashboardLink>[];
  readonly overrides?: readonly Override[];
}

/**
 * The counters move once in a step of the exporter (STEP, by default 5m). As smallest step of a query this makes
 * $__rate_interval at least four of them, so that a rate is a rate and not a comb.
 */
const EXPORTER_STEP = '5m';

function target({ expr, legend, instant }: Query, index: number): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(refId(index)).expr(expr).datasource(METRICS);
  if (legend !== undefined) query.legendFormat(legend);
  if (instant) return query.instant();
  query.range();
  return expr.includes('$__rate_interval') ? query.interval(EXPORTER_STEP) : query;
}

function thresholds([first, second]: readonly [number, number]): ThresholdsConfigBuilder {
  const steps =
    first < second
      ? [
          { value: null, color: 'green' },
          { value: first, color: 'yellow' },
          { value: second, color: 'red' },
        ]
      : [
          { value: null, color: 'red' },
          { value: second, color: 'yellow' },
          { value: first, color: 'green' },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

const last = (): ReduceDataOptionsBuilder =>
  new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const colour = (mode: FieldColorModeId): FieldColorBuilder => new FieldColorBuilder().mode(mode);

type AnyBuilder = TimeSeriesBuilder | StatBuilder | BarGaugeBuilder;

/** What all kinds have in common. */
function common<T extends AnyBuilder>(builder: T, spec: PanelSpec, height: number): T {
  builder
    .title(spec.title)
    .description(spec.description)
    .datasource(METRICS)
    .unit(spec.unit)
    .span(spec.width)
    .height(spec.height ?? height)
    .targets(spec.queries.map(target));
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  // Otherwise a colour tells series apart, and says nothing of good and bad.
  builder.colorScheme(colour(spec.limits ? FieldColorModeId.Thresholds : FieldColorModeId.PaletteClassic));
  if (spec.limits) builder.thresholds(thresholds(spec.limits));
  if (spec.links) builder.dataLinks([...spec.links]);
  for (const { name, properties } of spec.overrides ?? []) builder.overrideByName(name, [...properties]);
  return builder;
}

/** One large figure, or one a series. */
export function stat(spec: PanelSpec): Builder<Panel> {
  return common(new StatBuilder(), spec, 4)
    .reduceOptions(last())
    .colorMode(spec.limits ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None);
}

/** Horizontal bars, one a series. */
export function bars(spec: PanelSpec): Builder<Panel> {
  return common(new BarGaugeBuilder(), spec, 9)
    .reduceOptions(last())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    .showUnfilled(true)
    .min(spec.min ?? 0);
}

/** Lines over time. */
export function lines(spec: PanelSpec): Builder<Panel> {
  return timeSeries(spec).fillOpacity(8).stacking(stacking(StackingMode.None));
}

/** Areas over time that add up to a whole. */
export function areas(spec: PanelSpec): Builder<Panel> {
  return timeSeries(spec).fillOpacity(40).stacking(stacking(StackingMode.Normal)).min(0);
}

const stacking = (mode: StackingMode): StackingConfigBuilder =>
  new StackingConfigBuilder().mode(mode).group('A');

function timeSeries(spec: PanelSpec): TimeSeriesBuilder {
  return common(new TimeSeriesBuilder(), spec, 9)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    .axisSoftMin(0)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    );
}
