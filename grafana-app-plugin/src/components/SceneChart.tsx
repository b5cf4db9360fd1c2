/** Series over time, drawn by Grafana's own time series panel. In a chunk of its own: Scenes are large. */
import { LoadingState, type DataFrame, type TimeRange, type TimeZone } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import {
  EmbeddedScene,
  PanelBuilders,
  SceneDataNode,
  SceneFlexItem,
  SceneFlexLayout,
  SceneTimeRange,
} from '@grafana/scenes';
import { LegendDisplayMode, StackingMode, TooltipDisplayMode, VisibilityMode } from '@grafana/schema';
import { useMemo } from 'react';
import { APP_ID } from '../constants';

/** Scenes speak through a copy of Grafana's texts that belongs to the plugin. */
export const prepare = (): Promise<unknown> => initPluginTranslations(APP_ID);

export interface ChartProps {
  readonly title: string;
  readonly description?: string;
  readonly frames: readonly DataFrame[];
  readonly range: TimeRange;
  readonly timeZone: TimeZone;
  readonly unit: string;
  readonly stacked?: boolean;
  readonly height?: number;
}

export function SceneChart(props: ChartProps) {
  const { frames, range, title, stacked, height } = props;
  const scene = useMemo(() => sceneOf(props), [frames, range, title, stacked, height]);
  return <scene.Component model={scene} />;
}

function sceneOf({
  title,
  description = '',
  frames,
  range,
  timeZone,
  unit,
  stacked = false,
  height = 300,
}: ChartProps) {
  const data = { state: LoadingState.Done, series: [...frames], timeRange: range };
  const panel = PanelBuilders.timeseries()
    .setTitle(title)
    .setDescription(description)
    .setUnit(unit)
    .setMin(0)
    .setCustomFieldConfig('showPoints', VisibilityMode.Never)
    .setCustomFieldConfig('fillOpacity', stacked ? 25 : 0)
    .setCustomFieldConfig('stacking', { mode: stacked ? StackingMode.Normal : StackingMode.None, group: 'A' })
    .setOption('legend', {
      displayMode: LegendDisplayMode.List,
      placement: 'bottom',
      showLegend: true,
      calcs: [],
    })
    .setOption('tooltip', { mode: TooltipDisplayMode.Multi })
    .build();
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({
      from: String(range.raw.from.valueOf()),
      to: String(range.raw.to.valueOf()),
      value: range,
      timeZone,
    }),
    $data: new SceneDataNode({ data }),
    body: new SceneFlexLayout({
      direction: 'column',
      children: [new SceneFlexItem({ minHeight: height, height, body: panel })],
    }),
  });
}
