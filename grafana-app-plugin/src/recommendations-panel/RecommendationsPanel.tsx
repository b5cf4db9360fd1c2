/** Recommendations in any dashboard: what the data source answered a query of type "recommendations". */
import { css } from '@emotion/css';
import type { PanelProps } from '@grafana/data';
import { getDataSourceSrv, PanelDataErrorView } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import { fetchPatch, type Recommendation } from '../api/recommendations';
import { RecommendationList } from '../components/Recommendations';
import { page } from '../constants';
import { recommendationsOf } from '../frames/recommendations';
import type { HistoryDataSource } from '../history-datasource/datasource';
import { t } from '../i18n';
import type { RecommendationsOptions } from './options';

export function RecommendationsPanel({
  id,
  data,
  fieldConfig,
  options,
  timeRange,
}: PanelProps<RecommendationsOptions>) {
  const styles = useStyles2(getStyles);
  const found = useMemo(
    () => data.series.map(recommendationsOf).find((items) => items !== null),
    [data.series],
  );
  if (!found) {
    return (
      <PanelDataErrorView
        panelId={id}
        data={data}
        fieldConfig={fieldConfig}
        message={t('panel.wrong-data', 'Ask a GreenKube history data source for "Recommendations".')}
      />
    );
  }
  if (found.length === 0)
    return (
      <p role="status">{t('recommendations.none', 'Nothing to recommend: what runs here is well sized.')}</p>
    );
  const source = data.request?.targets[0]?.datasource;
  const patch = async (recommendation: string) => {
    const datasource = (await getDataSourceSrv().get(source)) as unknown as HistoryDataSource;
    return fetchPatch(datasource.api, recommendation);
  };
  const range = `from=${timeRange.from.valueOf()}&to=${timeRange.to.valueOf()}`;
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={t('panel.recommendations', 'Recommendations')}
      tabIndex={0}
    >
      <RecommendationList
        items={found}
        initial={{ ...options, text: '' }}
        patch={patch}
        link={(item) => `${linkOf(item)}&${range}`}
      />
    </div>
  );
}

/** The page of what it is about. */
function linkOf({ target }: Recommendation): string {
  const { namespace, workload, node, cluster } = target;
  const parts = Object.entries({ cluster, namespace, workload, node: namespace ? '' : node });
  const query = new URLSearchParams(parts.filter((part): part is [string, string] => Boolean(part[1])));
  return `${page('explore')}?${query}`;
}

const getStyles = () => ({ scroll: css({ height: '100%', overflowY: 'auto' }) });
