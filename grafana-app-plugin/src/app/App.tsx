/** The app: finds its data source, keeps the time range, and shows the page of the address. */
import type { AppRootProps } from '@grafana/data';
import { config, PluginPage } from '@grafana/runtime';
import { EmptyState, LinkButton } from '@grafana/ui';
import { lazy, Suspense, useMemo, type ComponentType } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { GreenKubeApi } from '../api/client';
import { Loading } from '../components/states';
import { page as pathOf } from '../constants';
import { t } from '../i18n';
import { AppProvider } from './context';
import { useRange } from './range';
import { chosenSource, historySources, type AppSettings } from './sources';
import { Boundary } from './Boundary';

const lazyPage = (load: () => Promise<Record<string, ComponentType>>, name: string) =>
  lazy(async () => ({ default: (await load())[name]! }));

const PAGES: Readonly<Record<string, ComponentType>> = {
  overview: lazyPage(() => import('../pages/Overview'), 'Overview'),
  explore: lazyPage(() => import('../pages/Explore'), 'Explore'),
  recommendations: lazyPage(() => import('../pages/Recommendations'), 'Recommendations'),
  accuracy: lazyPage(() => import('../pages/Accuracy'), 'Accuracy'),
  nodes: lazyPage(() => import('../pages/Nodes'), 'Nodes'),
  grid: lazyPage(() => import('../pages/Grid'), 'Grid'),
  reports: lazyPage(() => import('../pages/Reports'), 'Reports'),
};

const CHANGERS = new Set(['Editor', 'Admin']);

export function App({ meta }: AppRootProps<AppSettings>) {
  const { search, pathname } = useLocation();
  const { user } = config.bootData;
  const timeZone = user.timezone || 'browser';
  const range = useRange(timeZone);
  const sources = useMemo(historySources, []);
  const source = chosenSource(sources, new URLSearchParams(search).get('ds'), meta.jsonData ?? {});
  const api = useMemo(() => (source ? new GreenKubeApi(source.url) : null), [source]);
  if (!source || !api) return <NoSource />;
  const canChange = CHANGERS.has(user.orgRole) || user.isGrafanaAdmin;
  return (
    <AppProvider value={{ api, source, sources, timeZone, canChange, ...range }}>
      <Boundary key={pathname}>
        <Suspense fallback={<Loading />}>
          <Routes>
            {Object.entries(PAGES).map(([name, Page]) => (
              <Route key={name} path={name} element={<Page />} />
            ))}
            <Route path="*" element={<Navigate replace to={{ pathname: pathOf('overview'), search }} />} />
          </Routes>
        </Suspense>
      </Boundary>
    </AppProvider>
  );
}

function NoSource() {
  return (
    <PluginPage>
      <EmptyState
        variant="call-to-action"
        message={t('app.no-source', 'No GreenKube data source yet')}
        button={
          <LinkButton href="/connections/datasources/new" icon="plus">
            {t('app.add-source', 'Add a GreenKube history data source')}
          </LinkButton>
        }
      >
        {t(
          'app.no-source-help',
          'The pages read the history of an exporter through a data source of type GreenKube history.',
        )}
      </EmptyState>
    </PluginPage>
  );
}
