/** Recommendations as cards: what to change, why, what it brings, and the patch to copy. Used by the page and by the panel. */
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, Button, Combobox, Input, Stack, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import { ACTIONS, type LifecycleAction, type Recommendation } from '../api/recommendations';
import { asApiError, type ApiError } from '../api/errors';
import { co2e, money, percent } from '../format/quantity';
import { t } from '../i18n';
import { arranged, savingsOf, type Arrangement } from './recommendation-list';
import { actionName, detailLines, statusName, targetName, typeName } from './recommendation-words';
import { Failed } from './states';

export interface Abilities {
  /** Reads the patch of one. */
  readonly patch: (id: string) => Promise<string>;
  /** Absent: the reader may not change anything here. */
  readonly change?: (id: string, action: LifecycleAction) => Promise<void>;
  /** Address of the page of its target. */
  readonly link: (item: Recommendation) => string;
}

interface ListProps extends Abilities {
  readonly items: readonly Recommendation[];
  readonly initial: Arrangement;
}

export function RecommendationList({ items, initial, ...abilities }: ListProps) {
  const styles = useStyles2(getStyles);
  const [arrangement, setArrangement] = useState(initial);
  const groups = arranged(items, arrangement);
  return (
    <div>
      <Savings items={items} />
      <Tools arrangement={arrangement} onChange={setArrangement} />
      {groups.length === 0 && <p>{t('recommendations.none-match', 'None fits what is looked for.')}</p>}
      {groups.map(({ name, members }) => (
        <div key={name}>
          {name !== '' && <h3 className={styles.group}>{name}</h3>}
          <ul className={styles.list}>
            {members.map((item) => (
              <li key={item.id}>
                <Card item={item} {...abilities} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** The claims of active ones do not overlap, so they add up; those of others are past or not wanted. */
function Savings({ items }: Pick<ListProps, 'items'>) {
  const { count, grams, costs } = savingsOf(items);
  if (count === 0) return null;
  const amounts = [co2e(grams), ...costs.map(({ amount, currency }) => money(amount, currency))].join(', ');
  return (
    <p>{t('recommendations.savings', '{{count}} active, together {{amounts}} a year', { count, amounts })}</p>
  );
}

function Tools({
  arrangement,
  onChange,
}: {
  readonly arrangement: Arrangement;
  readonly onChange: (a: Arrangement) => void;
}) {
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      <Input
        width={28}
        aria-label={t('recommendations.filter', 'Look for')}
        placeholder={t('recommendations.filter-example', 'Name or kind')}
        value={arrangement.text}
        onChange={({ currentTarget }) => onChange({ ...arrangement, text: currentTarget.value })}
      />
      <Combobox
        width={24}
        aria-label={t('recommendations.sort', 'Order')}
        options={[
          { value: 'co2e' as const, label: t('recommendations.by-co2e', 'CO₂e a year') },
          { value: 'cost' as const, label: t('recommendations.by-cost', 'Money a year') },
        ]}
        value={arrangement.sort}
        onChange={({ value }) => onChange({ ...arrangement, sort: value })}
      />
      <Combobox
        width={24}
        aria-label={t('recommendations.group', 'Groups')}
        options={[
          { value: 'none' as const, label: t('recommendations.no-groups', 'No groups') },
          { value: 'workload' as const, label: t('recommendations.by-workload', 'By workload') },
        ]}
        value={arrangement.group}
        onChange={({ value }) => onChange({ ...arrangement, group: value })}
      />
    </Stack>
  );
}

const COLOURS = { high: 'red', medium: 'orange', low: 'blue' } as const;

function Card({ item, patch, change, link }: Abilities & { readonly item: Recommendation }) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState(false);
  const { savings, status, priority } = item;
  return (
    <article
      className={cx(styles.card, status !== 'active' && styles.past)}
      aria-label={`${typeName(item.type)}: ${targetName(item)}`}
    >
      <div className={styles.head}>
        <strong>{typeName(item.type)}</strong>
        <Badge text={priority} color={COLOURS[priority as keyof typeof COLOURS] ?? 'blue'} />
        {status !== 'active' && <Badge text={statusName(status)} color="darkgrey" />}
        <span className={styles.quiet}>
          {t('recommendations.confidence', '{{share}} sure', { share: percent(item.confidence) })}
        </span>
      </div>
      <div className={styles.head}>
        <a className={styles.link} href={link(item)}>
          {targetName(item)}
        </a>
        <span className={styles.saving}>
          {t('recommendations.co2e', '{{amount}} a year', { amount: co2e(savings.co2e_grams_per_year) })}
        </span>
        {savings.cost_per_year && (
          <span className={styles.saving}>
            {t('recommendations.cost', '{{amount}} a year', {
              amount: money(savings.cost_per_year.amount, savings.cost_per_year.currency),
            })}
          </span>
        )}
      </div>
      {item.realised && (
        <span className={styles.quiet}>
          {t('recommendations.realised', 'Saved so far: {{amount}} ({{verdict}})', {
            amount: co2e(item.realised.co2e_grams),
            verdict: item.realised.verdict,
          })}
        </span>
      )}
      <Change item={item} />
      {open && <Evidence item={item} />}
      <Actions item={item} patch={patch} change={change} open={open} onOpen={setOpen} />
    </article>
  );
}

function Change({ item: { current, proposed } }: { readonly item: Recommendation }) {
  const styles = useStyles2(getStyles);
  const before = new Map(detailLines(current));
  const lines = detailLines(proposed);
  return (
    <dl className={styles.details}>
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{before.has(name) && before.get(name) !== value ? `${before.get(name)} → ${value}` : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Evidence({ item: { evidence, current, proposed } }: { readonly item: Recommendation }) {
  const styles = useStyles2(getStyles);
  const shown = new Set(Object.keys(proposed));
  const lines = [...detailLines(evidence), ...detailLines(current).filter(([name]) => !shown.has(name))];
  return (
    <dl
      className={cx(styles.details, styles.evidence)}
      aria-label={t('recommendations.evidence', 'Evidence')}
    >
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ActionsProps {
  readonly item: Recommendation;
  readonly patch: Abilities['patch'];
  readonly change: Abilities['change'];
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

function Actions({ item, patch, change, open, onOpen }: ActionsProps) {
  const [state, setState] = useState<{
    readonly copied: boolean;
    readonly busy: boolean;
    readonly error: ApiError | null;
  }>({
    copied: false,
    busy: false,
    error: null,
  });
  const attempt = async (work: () => Promise<boolean>) => {
    setState({ copied: false, busy: true, error: null });
    try {
      setState({ copied: await work(), busy: false, error: null });
    } catch (failure) {
      setState({ copied: false, busy: false, error: asApiError(failure) });
    }
  };
  const copy = async () => {
    await navigator.clipboard.writeText(await patch(item.id));
    return true;
  };
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap">
        <Button
          size="sm"
          variant="secondary"
          icon={state.copied ? 'check' : 'copy'}
          disabled={state.busy}
          onClick={() => void attempt(copy)}
        >
          {state.copied ? t('recommendations.copied', 'Copied') : t('recommendations.copy', 'Copy patch')}
        </Button>
        <Button size="sm" variant="secondary" fill="text" aria-expanded={open} onClick={() => onOpen(!open)}>
          {open ? t('recommendations.less', 'Hide evidence') : t('recommendations.more', 'Evidence')}
        </Button>
        {change &&
          ACTIONS[item.status].map((action) => (
            <Button
              key={action}
              size="sm"
              variant="secondary"
              fill="outline"
              disabled={state.busy}
              onClick={() => void attempt(async () => (await change(item.id, action), false))}
            >
              {actionName(action)}
            </Button>
          ))}
      </Stack>
      {state.error && <Failed error={state.error} />}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  group: css({ ...theme.typography.h5, margin: theme.spacing(2, 0, 0) }),
  list: css({
    listStyle: 'none',
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 380px), 1fr))',
    gap: theme.spacing(1.5),
    marginTop: theme.spacing(1.5),
  }),
  card: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1),
    height: '100%',
    padding: theme.spacing(1.5),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  past: css({ borderStyle: 'dashed' }),
  head: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  link: css({ color: theme.colors.text.link, textDecoration: 'underline', overflowWrap: 'anywhere' }),
  saving: css({ fontWeight: theme.typography.fontWeightMedium, color: theme.colors.success.text }),
  details: css({
    margin: 0,
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 2),
    '& > div': { display: 'flex', gap: theme.spacing(0.5), minWidth: 0 },
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: 0, overflowWrap: 'anywhere' },
  }),
  evidence: css({ borderTop: `1px solid ${theme.colors.border.weak}`, paddingTop: theme.spacing(1) }),
});
