/** Panels on the exporter's own history, through the data source and panels of the app plugin. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  PanelBuilder,
  type AnnotationQuery,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { HISTORY } from './variables.js';

/** A query of greenkube-history-datasource. */
export interface HistoryQuery {
  readonly refId: string;
  readonly datasource: typeof HISTORY;
  readonly queryType: 'series' | 'recommendations' | 'comparison' | 'applied';
  readonly [field: string]: unknown;
}

const query = (
  queryType: HistoryQuery['queryType'],
  fields: Readonly<Record<string, unknown>>,
): Builder<Dataquery> => {
  const built: HistoryQuery = { refId: 'A', datasource: HISTORY, queryType, ...fields };
  return { build: () => ({ ...built, _implementsDataqueryVariant: () => undefined }) };
};

const FILTERS = {
  cluster: { cluster: '$cluster' },
  namespace: { cluster: '$cluster', namespace: '$namespace' },
  workload: { cluster: '$cluster', namespace: '$namespace', workload: '$workload' },
} as const;
type Level = keyof typeof FILTERS;

/** Marks in every graph: recommendations that were found carried out. */
export const appliedMarks = (level: Level): Builder<AnnotationQuery> =>
  new AnnotationQueryBuilder()
    .name('Recommendations carried out')
    .datasource(HISTORY)
    .enable(true)
    .iconColor('green')
    .target(query('applied', { filters: FILTERS[level] }));

interface HistoryPanelSpec {
  readonly title: string;
  readonly description: string;
  readonly width: number;
}

/** Emissions over time with their lower and upper bound; the frames of the data source draw them as a band. */
export function historyBand(spec: HistoryPanelSpec & { readonly of: Level }): Builder<Panel> {
  return new TimeSeriesBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(HISTORY)
    .unit('massg')
    .span(spec.width)
    .height(9)
    .lineWidth(1)
    .fillOpacity(0)
    .axisSoftMin(0)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .withTarget(
      query('series', { metric: 'co2e_grams', by: ['cluster'], bounds: true, filters: FILTERS[spec.of] }),
    );
}

function pluginPanel(
  type: string,
  unit: string,
  spec: HistoryPanelSpec,
  target: Builder<Dataquery>,
): Builder<Panel> {
  return new PanelBuilder()
    .type(type)
    .title(spec.title)
    .description(spec.description)
    .datasource(HISTORY)
    .unit(unit)
    .span(spec.width)
    .height(12)
    .withTarget(target);
}

export const accuracyPanel = (spec: HistoryPanelSpec): Builder<Panel> =>
  pluginPanel(
    'greenkube-accuracy-panel',
    'watt',
    spec,
    query('comparison', { by: 'node', filters: { cluster: '$cluster', node: '$node' } }),
  );

export const recommendationsPanel = (spec: HistoryPanelSpec): Builder<Panel> =>
  pluginPanel(
    'greenkube-recommendations-panel',
    'massg',
    spec,
    query('recommendations', { filters: FILTERS.namespace }),
  );
