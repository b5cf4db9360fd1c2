/** Grafana's own panels are not on npm: the time series panel is drawn by the component of @grafana/ui that it was made of. */
import * as grafanaData from '@grafana/data';
import * as grafanaUi from '@grafana/ui';

const Nothing = () => null;

/** Registries that Grafana's core fills and that plugins build upon. */
export function fillRegistries() {
  const editors =
    'number slider text strings boolean select multi-select radio icon color fieldColor unit links mappings thresholds timezone field-name stats-picker dashboard-uid resource string-array'.split(
      ' ',
    );
  grafanaData.standardEditorsRegistry.setInit(() => editors.map((id) => ({ id, name: id, editor: Nothing })));
  const option = (id, process, defaultValue) => ({
    id,
    path: id,
    name: id,
    editor: Nothing,
    override: Nothing,
    process,
    shouldApply: () => true,
    defaultValue,
    category: ['Standard options'],
    getItemsCount: () => 0,
  });
  const d = grafanaData;
  d.standardFieldConfigEditorRegistry.setInit(() => [
    option('unit', d.unitOverrideProcessor),
    option('min', d.numberOverrideProcessor),
    option('max', d.numberOverrideProcessor),
    option('fieldMinMax', d.booleanOverrideProcessor),
    option('decimals', d.numberOverrideProcessor),
    option('displayName', d.displayNameOverrideProcessor),
    option('noValue', d.identityOverrideProcessor),
    option('color', d.identityOverrideProcessor, { mode: 'palette-classic' }),
    option('links', d.dataLinksOverrideProcessor),
    option('mappings', d.valueMappingsOverrideProcessor, []),
    option('thresholds', d.thresholdsOverrideProcessor, {
      mode: 'absolute',
      steps: [{ value: -Infinity, color: 'green' }],
    }),
    option('filterable', d.booleanOverrideProcessor),
    option('actions', d.identityOverrideProcessor),
  ]);
}

function TimeSeries({ data, timeRange, width, height, replaceVariables }) {
  const theme = grafanaUi.useTheme2();
  if (data.series.length === 0) return <p role="status">No data</p>;
  return (
    <div data-testid="time-series">
      <grafanaUi.TimeSeries
        frames={data.series}
        structureRev={1}
        timeRange={timeRange}
        timeZone="utc"
        width={width}
        height={height}
        legend={{ showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] }}
        options={{}}
        replaceVariables={replaceVariables}
        theme={theme}
      />
    </div>
  );
}

export function corePanels() {
  const plugin = new grafanaData.PanelPlugin(TimeSeries).useFieldConfig({
    useCustomConfig: (builder) => {
      for (const path of [
        'showPoints',
        'fillOpacity',
        'stacking',
        'lineWidth',
        'hideFrom',
        'fillBelowTo',
        'lineStyle',
      ]) {
        builder.addCustomEditor({
          id: path,
          path,
          name: path,
          editor: Nothing,
          override: Nothing,
          process: grafanaData.identityOverrideProcessor,
          shouldApply: () => true,
        });
      }
    },
  });
  plugin.meta = {
    id: 'timeseries',
    name: 'Time series',
    type: 'panel',
    info: { version: '', logos: {} },
    module: '',
    baseUrl: '',
  };
  return { timeseries: plugin };
}
