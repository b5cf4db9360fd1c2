import { PanelPlugin } from '@grafana/data';
import { t } from '../i18n';
import { DEFAULTS, type RecommendationsOptions } from './options';
import { RecommendationsPanel } from './RecommendationsPanel';

export const plugin = new PanelPlugin<RecommendationsOptions>(RecommendationsPanel)
  .useFieldConfig()
  .setPanelOptions((builder) =>
    builder
      .addRadio({
        path: 'sort',
        name: t('panel.sort', 'Order'),
        defaultValue: DEFAULTS.sort,
        settings: {
          options: [
            { value: 'co2e', label: t('recommendations.by-co2e', 'CO₂e a year') },
            { value: 'cost', label: t('recommendations.by-cost', 'Money a year') },
          ],
        },
      })
      .addRadio({
        path: 'group',
        name: t('panel.group', 'Groups'),
        defaultValue: DEFAULTS.group,
        settings: {
          options: [
            { value: 'none', label: t('recommendations.no-groups', 'No groups') },
            { value: 'workload', label: t('recommendations.by-workload', 'By workload') },
          ],
        },
      }),
  );
