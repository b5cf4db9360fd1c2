import { lazy, Suspense } from 'react';
import { Loading } from './states';
import type { ChartProps } from './SceneChart';
import { t } from '../i18n';

const SceneChart = lazy(async () => {
  const { SceneChart: chart, prepare } = await import(/* webpackChunkName: "scenes" */ './SceneChart');
  await prepare();
  return { default: chart };
});

/** The rest of the page is there while the chart is still coming. */
export const Chart = (props: ChartProps) => (
  <div style={{ minHeight: props.height ?? 300 }}>
    <Suspense fallback={<Loading what={t('chart.loading', 'Loading the chart …')} />}>
      <SceneChart {...props} />
    </Suspense>
  </div>
);
