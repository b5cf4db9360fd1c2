/** A figure with what must be known about it: band, method, change, and the way to its explanation. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';

interface StatProps {
  readonly label: string;
  readonly value: string;
  /** Low to high, in words. */
  readonly band?: string;
  readonly children?: ReactNode;
  readonly explain?: ReactNode;
}

export function Stat({ label, value, band, children, explain }: StatProps) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card}>
      <div className={styles.label}>
        <span>{label}</span>
        {explain}
      </div>
      <div className={styles.value}>{value}</div>
      {band && <div className={styles.band}>{band}</div>}
      {children && <div className={styles.more}>{children}</div>}
    </div>
  );
}

export const Stats = ({ children }: { readonly children: ReactNode }) => {
  const styles = useStyles2(getStyles);
  return <div className={styles.grid}>{children}</div>;
};

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))',
    gap: theme.spacing(1.5),
    marginBottom: theme.spacing(1.5),
  }),
  card: css({
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(1.5),
    minWidth: 0,
  }),
  label: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    gap: theme.spacing(1),
    color: theme.colors.text.secondary,
    minHeight: 24,
  }),
  value: css({ ...theme.typography.h2, margin: 0, overflowWrap: 'anywhere' }),
  band: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  more: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
    marginTop: theme.spacing(1),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
