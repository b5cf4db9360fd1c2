/** Low to high as a bar with the figure marked in it, on a scale that several rows share. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { t } from '../i18n';

interface BandProps {
  readonly value: number | null | undefined;
  readonly low: number | null | undefined;
  readonly high: number | null | undefined;
  /** End of the scale; the beginning is 0. */
  readonly max: number;
  readonly format: (value: number | null | undefined) => string;
}

export function Band({ value, low, high, max, format }: BandProps) {
  const styles = useStyles2(getStyles);
  if (
    value === null ||
    value === undefined ||
    low === null ||
    low === undefined ||
    high === null ||
    high === undefined
  )
    return null;
  const at = (v: number) => `${Math.min(100, (100 * v) / (max || 1))}%`;
  const label = t('band.label', '{{value}}, between {{low}} and {{high}}', {
    value: format(value),
    low: format(low),
    high: format(high),
  });
  return (
    <div className={styles.track} role="img" aria-label={label} title={label}>
      <div className={styles.band} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
      <div className={styles.mark} style={{ left: at(value) }} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  track: css({
    position: 'relative',
    height: 10,
    minWidth: 80,
    width: '100%',
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
  }),
  band: css({
    position: 'absolute',
    top: 1,
    bottom: 1,
    background: theme.colors.primary.transparent,
    border: `1px solid ${theme.colors.primary.border}`,
  }),
  mark: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    width: 2,
    marginLeft: -1,
    background: theme.colors.text.primary,
  }),
});
