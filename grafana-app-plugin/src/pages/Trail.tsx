/** The way from all down to the scope; each step leads back. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import { linkTo } from '../app/range';
import { page } from '../constants';
import { t } from '../i18n';
import { SCOPE_KEYS, type Scope } from './scope';

export function Trail({ scope }: { readonly scope: Scope }) {
  const styles = useStyles2(getStyles);
  const given = SCOPE_KEYS.filter((name) => scope[name] !== undefined);
  const upTo = (count: number): Scope =>
    Object.fromEntries(given.slice(0, count).map((name) => [name, scope[name]]));
  const steps = [t('trail.all', 'All clusters'), ...given.map((name) => scope[name]!)];
  return (
    <nav aria-label={t('trail.label', 'Where you are')}>
      <ol className={styles.trail}>
        {steps.map((name, i) => (
          <li key={`${i} ${name}`}>
            {i === steps.length - 1 ? (
              <span aria-current="page">{name}</span>
            ) : (
              <TextLink href={linkTo(page('explore'), upTo(i))}>{name}</TextLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  trail: css({
    listStyle: 'none',
    display: 'flex',
    flexWrap: 'wrap',
    margin: theme.spacing(0, 0, 2),
    'li:not(:last-child)::after': {
      content: '"/"',
      margin: theme.spacing(0, 1),
      color: theme.colors.text.secondary,
    },
  }),
});
