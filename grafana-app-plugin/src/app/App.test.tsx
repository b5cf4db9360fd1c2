import type { AppRootProps } from '@grafana/data';
import {
  LocationServiceProvider,
  config,
  locationService,
  setBackendSrv,
  setDataSourceSrv,
  type BackendSrv,
  type DataSourceSrv,
} from '@grafana/runtime';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLayoutEffect, useState, type ReactNode } from 'react';
import { Route, Router, Routes } from 'react-router';
import { HISTORY_ID } from '../constants';
import { recommendation, series, totals } from '../testing/answers';
import { fakeExporter, Refusal, type FakeExporter } from '../testing/exporter';
import { setUpPluginPage } from '../testing/plugin-page';
import { App } from './App';
import type { AppSettings } from './sources';

// Scenes draw with panels that only Grafana has; test/browser shows them.
jest.mock('../components/SceneChart', () => ({
  prepare: async () => undefined,
  SceneChart: ({ title }: { title: string }) => <figure aria-label={title} />,
}));

let exporter: FakeExporter;
setUpPluginPage();

const sources = [
  { uid: 'a', name: 'First', url: '/proxy', type: HISTORY_ID },
  { uid: 'b', name: 'Second', url: '/proxy/second', type: HISTORY_ID },
];

beforeEach(() => {
  exporter = fakeExporter();
  setBackendSrv(exporter.backend as unknown as BackendSrv);
  haveSources(1);
  actAs('Editor');
  exporter.answers.set('/api/v1/totals', totals({ shop: 1500, __idle__: 500 }));
  exporter.answers.set('/api/v1/series', series({ shop: [1, 2] }));
  exporter.answers.set('/api/v1/score', { items: [], next_cursor: null });
  exporter.answers.set('/api/v1/budgets', { items: [], next_cursor: null });
});
afterEach(cleanup);

const haveSources = (count: number) =>
  setDataSourceSrv({ getList: () => sources.slice(0, count) } as unknown as DataSourceSrv);
const actAs = (orgRole: string) => {
  config.bootData = { ...config.bootData, user: { timezone: 'utc', orgRole } } as typeof config.bootData;
};

function HostRouter({ children }: { readonly children: ReactNode }) {
  const history = locationService.getHistory();
  const [location, setLocation] = useState(history.location);
  useLayoutEffect(() => history.listen((next: typeof history.location) => setLocation(next)), [history]);
  return (
    <Router navigator={history} location={location}>
      {children}
    </Router>
  );
}

function open(address: string, jsonData: AppSettings = {}) {
  locationService.push(address);
  const props = { meta: { jsonData } } as unknown as AppRootProps<AppSettings>;
  return render(
    <LocationServiceProvider service={locationService}>
      <HostRouter>
        <Routes>
          <Route path="/a/greenkube-app/*" element={<App {...props} />} />
        </Routes>
      </HostRouter>
    </LocationServiceProvider>,
  );
}
const LATER = { timeout: 30_000 };

describe('the app', () => {
  it('says what to do while there is no data source', () => {
    haveSources(0);
    open('/a/greenkube-app/overview');
    expect(screen.getByText('No GreenKube data source yet')).toBeTruthy();
  });

  it('leads from its root to the overview', async () => {
    open('/a/greenkube-app/?from=now-7d&to=now');
    expect(await screen.findByText('Largest namespaces', {}, LATER)).toBeTruthy();
    expect(locationService.getLocation()).toMatchObject({
      pathname: '/a/greenkube-app/overview',
      search: '?from=now-7d&to=now',
    });
  });

  it('reads the data source of the address, else the configured one', async () => {
    haveSources(2);
    exporter.answers.set('/second/api/v1/totals', totals({ other: 1 }));
    open('/a/greenkube-app/overview', { dataSourceUid: 'b' });
    expect(await screen.findByText('other', {}, LATER)).toBeTruthy();
    cleanup();
    open('/a/greenkube-app/overview?ds=a', { dataSourceUid: 'b' });
    expect(await screen.findByText('shop', {}, LATER)).toBeTruthy();
  });
});

describe('the overview', () => {
  it('shows emissions with band and scopes, energy with its method, and the change', async () => {
    exporter.answers.set('/api/v1/totals', (url: URL) =>
      totals({ shop: url.searchParams.has('by') ? 2000 : 1000 }),
    );
    open('/a/greenkube-app/overview?from=1767225600000&to=1767312000000');
    expect((await screen.findAllByText('2 kg CO₂e', {}, LATER)).length).toBe(2);
    expect(screen.getByText('1.2 kg CO₂e to 3 kg CO₂e')).toBeTruthy();
    expect(screen.getByText('Scope 2: 1.6 kg CO₂e')).toBeTruthy();
    expect((await screen.findAllByText('+100 % against the period before')).length).toBeGreaterThan(0);
    expect(screen.getAllByText('estimated').length).toBeGreaterThan(0);
    const before = exporter.asked
      .filter(({ url }) => url.pathname.endsWith('/totals'))
      .map(({ url }) => url.searchParams.get('from'));
    expect(before).toContain('1767139200');
  });

  it('is explained, and leads on, from each row; idle capacity leads nowhere', async () => {
    open('/a/greenkube-app/overview');
    const table = within(await screen.findByRole('group', { name: 'Largest namespaces' }, LATER));
    expect(table.getByRole('button', { name: 'Explain shop' })).toBeTruthy();
    expect(table.getByRole('link', { name: 'shop' }).getAttribute('href')).toMatch(
      /explore\?.*namespace=shop/,
    );
    expect(table.queryByRole('link', { name: 'Idle capacity' })).toBeNull();
  });

  it.each([
    [
      'the token is wrong',
      new Refusal(400, { type: '/problems/unauthorized' }),
      'The exporter does not accept the token of the data source.',
    ],
    ['nobody answers', new Refusal(502, {}), 'The exporter does not answer.'],
    ['nothing is known', totals({}, { coverage: 0 }), 'Nothing is known of this time range'],
  ])('says so when %s', async (_, answer, text) => {
    exporter.answers.set('/api/v1/totals', answer);
    open('/a/greenkube-app/overview');
    expect(await screen.findByText(text, {}, LATER)).toBeTruthy();
  });

  it('tries again when asked to', async () => {
    exporter.answers.set('/api/v1/totals', new Refusal(502, {}));
    open('/a/greenkube-app/overview');
    const again = await screen.findByRole('button', { name: 'Try again' }, LATER);
    exporter.answers.set('/api/v1/totals', totals({ shop: 1500 }));
    await userEvent.click(again);
    expect(await screen.findByText('Largest namespaces', {}, LATER)).toBeTruthy();
  });
});

describe('the recommendations page', () => {
  beforeEach(() => {
    let ignored = false;
    const item = () => recommendation('r1', { status: ignored ? 'ignored' : 'active' });
    exporter.answers.set('/api/v1/recommendations', (url: URL) => ({
      items: url.searchParams.get('status') === item().status ? [item()] : [],
      next_cursor: null,
    }));
    exporter.answers.set('PATCH /api/v1/recommendations/r1/ignore', () => ((ignored = true), {}));
    exporter.answers.set('DELETE /api/v1/recommendations/r1/ignore', () => ((ignored = false), {}));
  });

  it('lets an Editor ignore and restore', async () => {
    open('/a/greenkube-app/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Ignore' }, LATER));
    expect(await screen.findByText('Ignored. It stays so until you restore it.')).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: 'ignored' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Restore' }, LATER));
    expect(await screen.findByText('Restored.')).toBeTruthy();
    expect(exporter.asked.filter(({ method }) => method !== 'GET').map(({ method }) => method)).toEqual([
      'PATCH',
      'DELETE',
    ]);
  });

  it('lets a Viewer only look', async () => {
    actAs('Viewer');
    open('/a/greenkube-app/recommendations');
    expect(await screen.findByRole('button', { name: 'Copy patch' }, LATER)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Ignore' })).toBeNull();
  });

  it('says why a change was refused', async () => {
    exporter.answers.set(
      'PATCH /api/v1/recommendations/r1/ignore',
      new Refusal(403, { type: '/problems/forbidden', detail: 'This token may not do this.' }),
    );
    open('/a/greenkube-app/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Ignore' }, LATER));
    expect(await screen.findByText('That is not allowed: This token may not do this.')).toBeTruthy();
  });
});
