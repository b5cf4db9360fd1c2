/** Frames of annotations: what happened when. Grafana shows each row at its time, from `time` to `timeEnd` where there is one. */
import type { DataFrame } from '@grafana/data';
import type { IntensityForecast } from '../api/answers';
import type { Recommendation } from '../api/recommendations';
import { targetName, typeName } from '../components/recommendation-words';
import { intensity } from '../format/quantity';
import { t } from '../i18n';
import { frame, strings, times } from './fields';

export function appliedFrame(items: readonly Recommendation[]): DataFrame {
  return frame('applied', [
    times(
      'time',
      items.map((item) => item.since),
    ),
    strings(
      'title',
      items.map(() => t('events.applied', 'Recommendation applied')),
    ),
    strings(
      'text',
      items.map((item) => `${typeName(item.type)}: ${targetName(item)}`),
    ),
    strings(
      'tags',
      items.map((item) => ['greenkube', item.type].join(',')),
    ),
  ]);
}

export function lowCarbonFrame({
  zone,
  low_windows: windows,
}: Pick<IntensityForecast, 'zone' | 'low_windows'>): DataFrame {
  return frame('low-carbon', [
    times(
      'time',
      windows.map(({ from }) => from),
    ),
    times(
      'timeEnd',
      windows.map(({ to }) => to),
    ),
    strings(
      'title',
      windows.map(() => t('events.low-carbon', 'Low-carbon window')),
    ),
    strings(
      'text',
      windows.map(({ mean }) => `${zone}: ${intensity(mean)}`),
    ),
    strings(
      'tags',
      windows.map(() => 'greenkube,low-carbon'),
    ),
  ]);
}
