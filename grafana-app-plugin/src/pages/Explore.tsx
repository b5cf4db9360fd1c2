/** From the clusters down to pods and nodes, each time with the figures of the range and of the period before. */
import { LinkButton, Stack } from '@grafana/ui';
import { useLocation } from 'react-router';
import type { TotalsRow } from '../api/answers';
import type { GreenKubeApi, Parameters } from '../api/client';
import { useApp } from '../app/context';
import { linkTo, parametersBefore, parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { driverText } from '../components/figure-words';
import { Footprint } from '../components/Footprint';
import { FootprintChart } from '../components/FootprintChart';
import { GroupTable, levelName } from '../components/GroupTable';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Ready } from '../components/states';
import { page } from '../constants';
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
            <Footprint
              scope={{ ...scope }}
              figures={first.total}
              before={earlier.data?.first.total ?? null}
              note={driverText(first.total.uncertainty_driver)}
            />
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
