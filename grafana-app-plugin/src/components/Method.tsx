/** Measured, calibrated, estimated: told apart by form, word and colour. */
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Tooltip, useStyles2 } from '@grafana/ui';
import type { Method as MethodName } from '../api/answers';
import { percent } from '../format/quantity';
import { t } from '../i18n';

const words = (method: MethodName): readonly [name: string, meaning: string] =>
  ({
    measured: [
      t('method.measured', 'measured'),
      t('method.measured-help', 'Read from a meter of the machine'),
    ] as const,
    calibrated: [
      t('method.calibrated', 'calibrated'),
      t('method.calibrated-help', 'From the power model, fitted to meters of machines of the same kind'),
    ] as const,
    estimated: [
      t('method.estimated', 'estimated'),
      t(
        'method.estimated-help',
        'From the power model: use of the machine and published figures of its kind',
      ),
    ] as const,
  })[method];

export function Method({ method }: { readonly method: MethodName }) {
  const styles = useStyles2(getStyles);
  const [name, meaning] = words(method);
  return (
    <Tooltip content={meaning}>
      <span className={cx(styles.badge, styles[method])}>
        <span aria-hidden className={cx(styles.mark, styles[`${method}Mark`])} />
        {name}
      </span>
    </Tooltip>
  );
}

/** Of a sum: how much of its energy no meter read; null: it has none. */
export function MethodShare({ estimated }: { readonly estimated: number | null }) {
  const styles = useStyles2(getStyles);
  if (estimated === null) return null;
  if (estimated === 0) return <Method method="measured" />;
  if (estimated === 1) return <Method method="estimated" />;
  return (
    <Tooltip content={t('method.mixed-help', 'The rest was read from meters')}>
      <span className={cx(styles.badge, styles.estimated)}>
        <span aria-hidden className={cx(styles.mark, styles.calibratedMark)} />
        {t('method.mixed', '{{share}} estimated', { share: percent(estimated) })}
      </span>
    </Tooltip>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  badge: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0, 0.75),
    borderRadius: theme.shape.radius.pill,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
    color: theme.colors.text.primary,
    whiteSpace: 'nowrap',
    cursor: 'default',
  }),
  measured: css({ border: `1px solid ${theme.colors.success.border}` }),
  calibrated: css({ border: `1px solid ${theme.colors.info.border}` }),
  estimated: css({ border: `1px dashed ${theme.colors.warning.border}` }),
  mark: css({ width: 8, height: 8, borderRadius: '50%', display: 'inline-block' }),
  measuredMark: css({ background: theme.colors.success.text }),
  calibratedMark: css({
    border: `1px solid ${theme.colors.info.text}`,
    background: `linear-gradient(90deg, ${theme.colors.info.text} 50%, transparent 50%)`,
  }),
  estimatedMark: css({ border: `1px dashed ${theme.colors.warning.text}` }),
});
