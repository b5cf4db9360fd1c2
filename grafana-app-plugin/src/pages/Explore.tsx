/** From the clusters down to pods and nodes, each time with the figures of the range and of the period before. */
import { LinkButton, Stack } from '@grafana/ui';
import { useLocation } from 'react-router';
import type { TotalsRow } from '../api/answers';
import type { GreenKubeApi, Parameters } from '../api/client';
import { useApp } from '../app/context';
import { linkTo, parametersBefore, parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { ExplainButton } from '../components/Explain';
import { bandText, changeText, driverText } from '../components/figure-words';
import { FootprintChart } from '../components/FootprintChart';
import { GroupTable, levelName } from '../components/GroupTable';
import { MethodShare } from '../components/Method';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Stat, Stats } from '../components/Stat';
import { Ready } from '../components/states';
import { page } from '../constants';
import { co2e, cost, energy } from '../format/quantity';
import { groupName } from '../frames/series';
import { t } from '../i18n';
import { Trail } from './Trail';
import { groupsBelow, levelBelow, scopeOf, type Scope } from './scope';

export function Explore() {
  const { search } = useLocation();
  const { api, range } = useApp();
  const scope = scopeOf(search);
  const below = levelBelow(scope);
  const now = { ...parametersOf(range), ...filtersOf(scope) };
  const before = { ...parametersBefore(range), ...filtersOf(scope) };
  const by = groupsBelow(below);
  const totals = useAsync(JSON.stringify([now, by]), () => allTotals(api, { ...now, by }));
  const earlier = useAsync(JSON.stringify([before, by]), () => allTotals(api, { ...before, by }));
  const title = t('explore.parts', '{{level}}: where it comes from', { level: levelName(below) });
  return (
    <Page
      title={t('nav.explore', 'Explore')}
      subTitle={t('explore.about', 'Click through from the cluster to the pod and its node')}
    >
      <Trail scope={scope} />
      <Ready of={totals} empty={({ first }) => first.coverage === 0}>
        {({ first, rows }) => (
          <>
            <Head scope={scope} total={first.total} before={earlier.data?.first.total ?? null} />
            <Section title={t('explore.trend', 'Over time')}>
              <FootprintChart
                filters={filtersOf(scope)}
                by={rows.length > 12 ? [] : by}
                title={t('figure.co2e', 'Emissions')}
              />
            </Section>
            <Section title={title} actions={<ToRecommendations scope={scope} />}>
              <GroupTable
                name={title}
                rows={rows}
                level={below}
                before={earlier.data ? emissionsOf(earlier.data.rows) : null}
              />
            </Section>
          </>
        )}
      </Ready>
    </Page>
  );
}

const filtersOf = (scope: Scope): Parameters => ({ ...scope });

async function allTotals(api: GreenKubeApi, parameters: Parameters) {
  const { pages } = await api.all('/api/v1/totals', parameters);
  return { first: pages[0]!, rows: pages.flatMap(({ rows }) => rows) };
}

const emissionsOf = (rows: readonly TotalsRow[]): ReadonlyMap<string, number> =>
  new Map(rows.flatMap(({ key, co2e_grams: c }) => (c?.total ? [[groupName(key), c.total] as const] : [])));

type Total = Awaited<ReturnType<typeof allTotals>>['first']['total'];

function Head({
  scope,
  total,
  before,
}: {
  readonly scope: Scope;
  readonly total: Total;
  readonly before: Total | null;
}) {
  const c = total.co2e_grams;
  const explain = (metric: string, of: string) => (
    <ExplainButton figure={{ metric, key: { ...scope } }} of={of} />
  );
  const [emissions, energyName, money] = [
    t('figure.co2e', 'Emissions'),
    t('figure.energy', 'Energy'),
    t('figure.cost', 'Cost'),
  ];
  return (
    <Stats>
      <Stat
        label={emissions}
        value={co2e(c?.total)}
        band={bandText(c?.low, c?.high, co2e)}
        explain={explain('co2e_grams', emissions)}
      >
        <span>{t('figure.scope2', 'Scope 2: {{amount}}', { amount: co2e(c?.operational) })}</span>
        <span>{t('figure.scope3', 'Scope 3: {{amount}}', { amount: co2e(c?.embodied) })}</span>
        <span>{changeText(c?.total, before?.co2e_grams?.total)}</span>
      </Stat>
      <Stat
        label={energyName}
        value={energy(total.energy_joules)}
        band={bandText(total.energy_joules_low, total.energy_joules_high, energy)}
        explain={explain('energy_joules', energyName)}
      >
        <MethodShare estimated={total.estimated_ratio} />
        <span>{driverText(total.uncertainty_driver)}</span>
        <span>{changeText(total.energy_joules, before?.energy_joules)}</span>
      </Stat>
      <Stat label={money} value={cost(total.cost)} explain={explain('cost', money)}>
        {total.cost?.length === 1 && (
          <span>{changeText(total.cost[0]?.amount, before?.cost?.[0]?.amount)}</span>
        )}
      </Stat>
    </Stats>
  );
}

function ToRecommendations({ scope }: { readonly scope: Scope }) {
  const { namespace, workload } = scope;
  if (namespace === undefined) return null;
  return (
    <Stack gap={1}>
      <LinkButton
        size="sm"
        variant="secondary"
        fill="outline"
        href={linkTo(page('recommendations'), { namespace, workload })}
      >
        {t('explore.recommendations', 'What can be saved here')}
      </LinkButton>
    </Stack>
  );
}
