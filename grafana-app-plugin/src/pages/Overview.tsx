/** How much, where, how sure, how well. */
import { LinkButton, Stack } from '@grafana/ui';
import type { Figures, Health, Totals } from '../api/answers';
import { useApp } from '../app/context';
import { linkTo, parametersBefore, parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { BudgetSection } from '../components/Budgets';
import { FootprintChart } from '../components/FootprintChart';
import { Footprint } from '../components/Footprint';
import { Page } from '../components/Page';
import { ScoreView } from '../components/Score';
import { Section } from '../components/Section';
import { Stat } from '../components/Stat';
import { Ready } from '../components/states';
import { GroupTable } from '../components/GroupTable';
import { driverText } from '../components/figure-words';
import { page } from '../constants';
import { percent } from '../format/quantity';
import { length } from '../format/time';
import { t } from '../i18n';

export function Overview() {
  const { api, range } = useApp();
  const now = parametersOf(range);
  const before = parametersBefore(range);
  const totals = useAsync(JSON.stringify(now), () =>
    api.get('/api/v1/totals', { ...now, by: 'namespace', limit: 10 }),
  );
  const earlier = useAsync(JSON.stringify(before), () => api.get('/api/v1/totals', { ...before }));
  return (
    <Page
      title={t('nav.overview', 'Overview')}
      subTitle={t('overview.about', 'Energy, emissions and cost of everything that ran')}
    >
      <Ready of={totals} empty={({ coverage }) => coverage === 0}>
        {(answer) => (
          <>
            <Headline answer={answer} before={earlier.data?.total ?? null} />
            <Section title={t('overview.trend', 'Emissions over time')}>
              <FootprintChart filters={{}} by={[]} title={t('overview.chart', 'CO₂e with its band')} />
            </Section>
            <Section
              title={t('overview.namespaces', 'Largest namespaces')}
              actions={
                <LinkButton size="sm" variant="secondary" fill="outline" href={linkTo(page('explore'))}>
                  {t('overview.explore', 'Explore all')}
                </LinkButton>
              }
            >
              <GroupTable
                name={t('overview.namespaces', 'Largest namespaces')}
                rows={answer.rows}
                level="namespace"
                before={null}
              />
            </Section>
          </>
        )}
      </Ready>
      {/* What keeps the figures from being read keeps these from it too, and is said once. */}
      {totals.data && (
        <>
          <BudgetSection />
          <Section title={t('overview.score', 'Sustainability score')}>
            <ScoreView />
          </Section>
        </>
      )}
    </Page>
  );
}

function Headline({ answer, before }: { readonly answer: Totals; readonly before: Figures | null }) {
  const { total } = answer;
  return (
    <Footprint scope={{}} figures={total} before={before}>
      <Stat label={t('figure.known', 'Known of the range')} value={percent(total.coverage)}>
        <span>{driverText(total.uncertainty_driver)}</span>
        <Freshness />
      </Stat>
    </Footprint>
  );
}

function Freshness() {
  const { api } = useApp();
  const health = useAsync('health', () => api.get('/api/v1/health'));
  if (!health.data) return null;
  return <Stack gap={1}>{freshnessText(health.data)}</Stack>;
}

const freshnessText = ({ freshness }: Health): string =>
  freshness.stale
    ? t('overview.stale', 'Newest data are {{age}} old', { age: length(freshness.age_seconds) })
    : t('overview.fresh', 'Up to date ({{age}})', { age: length(freshness.age_seconds) });
