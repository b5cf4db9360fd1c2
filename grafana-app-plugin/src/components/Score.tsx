/** The sustainability score with the points lost, and to what. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Score } from '../api/answers';
import { useApp } from '../app/context';
import { useAsync } from '../app/useAsync';
import { number, UNKNOWN } from '../format/quantity';
import { t } from '../i18n';
import { Empty, Ready } from './states';

type Dimension = Score['dimensions'][number]['dimension'];

const dimensionName = (dimension: Dimension): string =>
  ({
    resource_efficiency: t('score.resources', 'Requests that fit the use'),
    carbon_efficiency: t('score.carbon', 'Clean electricity'),
    waste_elimination: t('score.waste', 'No waste'),
    node_efficiency: t('score.nodes', 'Well used nodes'),
    scaling_practices: t('score.scaling', 'Autoscaling'),
    carbon_aware_scheduling: t('score.scheduling', 'Batch work at clean hours'),
    stability: t('score.stability', 'No restarts'),
  })[dimension];

export function ScoreView() {
  const { api } = useApp();
  const scores = useAsync('score', () => api.get('/api/v1/score', { limit: 1000 }));
  const none = (
    <Empty message={t('score.none', 'No score yet')}>
      {t('score.none-help', 'It is computed once a day of data is there.')}
    </Empty>
  );
  return (
    <Ready of={scores} empty={({ items }) => items.length === 0} whenEmpty={none}>
      {({ items }) => (
        <>
          {items
            .filter(({ key }) => key['namespace'] === undefined)
            .map((item) => (
              <OneScore key={item.key['cluster']} item={item} />
            ))}
        </>
      )}
    </Ready>
  );
}

function OneScore({ item }: { readonly item: Score }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.score}>
      <div>
        <div className={styles.total}>{item.score === null ? UNKNOWN : number(Math.round(item.score))}</div>
        <div className={styles.quiet}>
          {t('score.of', 'of 100, {{cluster}}', { cluster: item.key['cluster'] ?? '' })}
        </div>
      </div>
      <ul className={styles.dimensions}>
        {item.dimensions.map((d) => (
          <li key={d.dimension}>
            <div className={styles.line}>
              <span>{dimensionName(d.dimension)}</span>
              <span>{t('score.lost', '−{{points}} points', { points: number(d.points_lost) })}</span>
            </div>
            <div className={styles.track} aria-hidden>
              <div className={styles.bar} style={{ width: `${d.score}%` }} />
            </div>
            {d.lost_to.length > 0 && (
              <div className={styles.quiet}>
                {t('score.lost-to', 'Lost to {{names}}', {
                  names: d.lost_to
                    .slice(0, 3)
                    .map(({ name, kind }) => (kind === 'other' ? t('score.others', 'others') : name))
                    .join(', '),
                })}
              </div>
            )}
          </li>
        ))}
      </ul>
      {item.left_out.length > 0 && (
        <p className={styles.quiet}>
          {t('score.left-out', 'Left out for want of data: {{names}}', {
            names: item.left_out.map(({ dimension }) => dimensionName(dimension)).join(', '),
          })}
        </p>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  score: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(120px, auto) 1fr',
    gap: theme.spacing(2, 4),
    [theme.breakpoints.down('sm')]: { gridTemplateColumns: '1fr' },
  }),
  total: css({ ...theme.typography.h1, margin: 0 }),
  quiet: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
  }),
  dimensions: css({
    listStyle: 'none',
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 260px), 1fr))',
    gap: theme.spacing(2),
  }),
  line: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(1) }),
  track: css({
    height: 6,
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
  }),
  bar: css({ height: '100%', background: theme.colors.success.main }),
});
