/** Budgets: used, and where they will end. */
import type { Budget } from '../api/answers';
import { useApp } from '../app/context';
import { useAsync } from '../app/useAsync';
import { co2e, money, number, percent, UNKNOWN } from '../format/quantity';
import { instant } from '../format/time';
import { t } from '../i18n';
import { Band } from './Band';
import { DataTable } from './DataTable';
import { Section } from './Section';
import { Ready } from './states';

const amount =
  (unit: string) =>
  (value: number | null | undefined): string => {
    if (unit === 'g') return co2e(value);
    if (unit === 'kWh') return value === null || value === undefined ? UNKNOWN : `${number(value)} kWh`;
    return money(value, unit);
  };

export function BudgetSection() {
  const { api, timeZone } = useApp();
  const budgets = useAsync('budgets', () => api.get('/api/v1/budgets', { limit: 1000 }));
  if (budgets.data?.items.length === 0) return null;
  const title = t('budgets.title', 'Budgets');
  return (
    <Section title={title}>
      <Ready of={budgets}>
        {({ items }) => (
          <DataTable
            name={title}
            rows={items}
            keyOf={(b) => `${b.key['cluster']}/${b.name}`}
            columns={[
              { id: 'name', header: t('budgets.name', 'Budget'), cell: (b) => b.name, value: (b) => b.name },
              {
                id: 'status',
                header: t('budgets.status', 'State'),
                cell: (b) => b.status,
                value: (b) => b.status,
              },
              {
                id: 'used',
                header: t('budgets.used', 'Used'),
                cell: (b) => `${amount(b.unit)(b.used)} (${percent(b.used_ratio)})`,
                value: (b) => b.used,
                right: true,
              },
              {
                id: 'limit',
                header: t('budgets.limit', 'Limit'),
                cell: (b) => amount(b.unit)(b.limit),
                value: (b) => b.limit,
                right: true,
              },
              {
                id: 'projected',
                header: t('budgets.projected', 'At its end'),
                cell: Projected,
                value: (b) => b.projected?.value ?? null,
              },
              {
                id: 'end',
                header: t('budgets.end', 'Runs out'),
                cell: (b) => (b.runs_out_at ? instant(b.runs_out_at, timeZone) : t('budgets.lasts', 'lasts')),
                value: (b) => b.runs_out_at,
              },
            ]}
          />
        )}
      </Ready>
    </Section>
  );
}

function Projected({ unit, limit, projected: p }: Budget) {
  if (!p) return UNKNOWN;
  return (
    <>
      {amount(unit)(p.value)}
      <Band value={p.value} low={p.low} high={p.high} max={Math.max(limit, p.high)} format={amount(unit)} />
    </>
  );
}
