/** Estimated against measured in any dashboard: what the data source answered a query of type "comparison". */
import { css } from '@emotion/css';
import type { PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import { t } from '../i18n';
import { AccuracyView } from './AccuracyView';
import { metersOf } from './meters';

export function AccuracyPanel({ id, data, fieldConfig, width, height, timeZone }: PanelProps) {
  const styles = useStyles2(getStyles);
  const meters = useMemo(() => metersOf(data.series), [data.series]);
  if (!meters) {
    return (
      <PanelDataErrorView
        panelId={id}
        data={data}
        fieldConfig={fieldConfig}
        message={t(
          'panel.wrong-comparison',
          'Ask a GreenKube history data source for "Estimated and measured".',
        )}
      />
    );
  }
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={t('panel.accuracy', 'Estimated and measured')}
      tabIndex={0}
    >
      <AccuracyView meters={meters} width={width} height={height} timeZone={timeZone} />
    </div>
  );
}

const getStyles = () => ({ scroll: css({ height: '100%', overflow: 'hidden auto' }) });
