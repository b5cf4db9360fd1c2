/** A page that does for the built plugin what Grafana's frontend does, with the real packages and stand-ins for the services. */
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import * as grafanaUiUnstable from '@grafana/ui/unstable';
import i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import React from 'react';
import ReactDOM from 'react-dom';
import { createRoot } from 'react-dom/client';
import * as reactRouter from 'react-router';
import * as jsxRuntime from 'react/jsx-runtime';
import * as rxjs from 'rxjs';
import { setPanelDataErrorView } from 'grafana-runtime-file/components/PanelDataErrorView.cjs';
import { setPluginPage } from 'grafana-runtime-file/components/PluginPage.cjs';
import { setUpServices, APP, sources, importDataSource } from './services.js';
import { corePanels, fillRegistries } from './core-panels.jsx';

const { System } = window;
const address = new URLSearchParams(location.search);
const theme = grafanaData.createTheme({
  colors: { mode: address.get('theme') === 'light' ? 'light' : 'dark' },
});
const seen = (window.__host = { calls: [], errors: [], queries: 0 });

/** As Grafana's map of shared dependencies. */
const SHARED = {
  react: React,
  'react-dom': ReactDOM,
  'react/jsx-runtime': jsxRuntime,
  'react-router': reactRouter,
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  '@grafana/ui/unstable': grafanaUiUnstable,
  i18next,
  lodash,
  moment,
  rxjs,
};
i18next.init({ lng: 'en-US', resources: {} });
fillRegistries();
setUpServices({ theme, seen, address, importPanel });
setPluginPage(({ children, actions, subTitle, pageNav }) => (
  <main style={{ padding: theme.spacing(2), maxWidth: '100%' }}>
    <div
      style={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: 8, marginBottom: 16 }}
    >
      <div>
        <h1 style={{ margin: 0 }}>{pageNav?.text}</h1>
        <div style={{ color: theme.colors.text.secondary }}>{subTitle}</div>
      </div>
      {actions}
    </div>
    {children}
  </main>
));
setPanelDataErrorView(({ message }) => <p role="status">{message ?? 'No data'}</p>);

// What is handed over is a copy: everything must have been set before.
System.addImportMap({
  imports: Object.fromEntries(Object.keys(SHARED).map((name) => [name, `app:${name}`])),
});
for (const [name, module] of Object.entries(SHARED)) {
  const given = module.default !== undefined;
  System.set(`app:${name}`, {
    ...(given && module.__esModule ? {} : { default: module }),
    ...module,
    __useDefault: !given,
  });
}

const panels = corePanels();
async function importPanel(id) {
  if (panels[id]) return panels[id];
  const folder = `/public/plugins/${APP}/${id.replace('greenkube-', '')}`;
  const meta = await (await fetch(`${folder}/plugin.json`)).json();
  const { plugin } = await System.import(`${folder}/module.js`);
  plugin.meta = { ...meta, module: `${folder}/module.js`, baseUrl: folder };
  return (panels[id] = plugin);
}
importPanel.cached = (id) => panels[id];

class Boundary extends React.Component {
  state = {};
  static getDerivedStateFromError(error) {
    return { error };
  }
  componentDidCatch(error) {
    seen.errors.push(String(error?.stack ?? error));
  }
  render() {
    return this.state.error ? (
      <pre data-testid="crash">{String(this.state.error?.stack)}</pre>
    ) : (
      this.props.children
    );
  }
}

/** What a dashboard does: a query through the data source, then the panel. */
function Dashboard({ plugin, uid, targets, width, height }) {
  const [data, setData] = React.useState(null);
  const range = grafanaData.rangeUtil.convertRawToRange({
    from: address.get('from') ?? 'now-24h',
    to: 'now',
  });
  React.useEffect(() => {
    const request = {
      targets,
      range,
      scopedVars: {},
      requestId: 'host',
      interval: '1m',
      intervalMs: 60_000,
      maxDataPoints: 500,
      timezone: 'utc',
      app: 'host',
      startTime: 0,
    };
    importDataSource(uid)
      .then((source) => source.query(request))
      .then(({ data: frames, errors = [] }) => {
        seen.queries += 1;
        const state = errors.length > 0 ? grafanaData.LoadingState.Error : grafanaData.LoadingState.Done;
        setData({
          state,
          series: frames.map((frame) => grafanaData.toDataFrame(frame)),
          timeRange: range,
          request,
          errors,
        });
      })
      .catch((error) => seen.errors.push(String(error?.stack ?? error)));
  }, []);
  if (!data) return <p>Loading</p>;
  const { options, fieldConfig } = grafanaData.getPanelOptionsWithDefaults({
    plugin,
    currentOptions: {},
    currentFieldConfig: { defaults: {}, overrides: [] },
    isAfterPluginChange: false,
  });
  const series = grafanaData.applyFieldOverrides({
    data: data.series,
    fieldConfig,
    fieldConfigRegistry: plugin.fieldConfigRegistry,
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  const Panel = plugin.panel;
  return (
    <grafanaUi.PanelChrome
      title={plugin.meta.name}
      width={width}
      height={height}
      statusMessage={data.errors[0]?.message}
    >
      {(innerWidth, innerHeight) => (
        <Panel
          id={1}
          title={plugin.meta.name}
          width={innerWidth}
          height={innerHeight}
          timeRange={range}
          timeZone="utc"
          transparent={false}
          options={options}
          fieldConfig={fieldConfig}
          data={{ ...data, series }}
          renderCounter={0}
          replaceVariables={(text) => text}
          eventBus={new grafanaData.EventBusSrv()}
          onOptionsChange={() => {}}
          onFieldConfigChange={() => {}}
          onChangeTimeRange={() => {}}
        />
      )}
    </grafanaUi.PanelChrome>
  );
}

const PANEL_QUERIES = {
  'recommendations-panel': [{ refId: 'A', queryType: 'recommendations' }],
  'accuracy-panel': [{ refId: 'A', queryType: 'comparison', by: 'node' }],
  timeseries: [{ refId: 'A', queryType: 'series', metric: 'co2e_grams', by: [], bounds: true }],
};

/** /host/panel/<folder>: a panel on a dashboard; /host/query, /host/config: editors of the data source; /host/app-config. */
async function pageOf(path, width) {
  const app = (await System.import(`/public/plugins/${APP}/module.js`)).plugin;
  const meta = {
    ...(await (await fetch(`/public/plugins/${APP}/plugin.json`)).json()),
    enabled: true,
    jsonData: {},
  };
  app.meta = meta;
  const uid = address.get('ds') ?? sources[0].uid;
  const [, panel] = /^\/host\/panel\/(.+)$/.exec(path) ?? [];
  if (panel) {
    const plugin = await importPanel(panel);
    const targets = PANEL_QUERIES[panel].map((target) => ({ ...target, datasource: { uid } }));
    return (
      <main>
        <h1>Dashboard</h1>
        <Dashboard {...{ plugin, uid, targets, width: width - 32, height: 620 }} />
      </main>
    );
  }
  if (path === '/host/query' || path === '/host/config')
    return (
      <main>
        <h1>Data source</h1>
        <Editors what={path} uid={uid} />
      </main>
    );
  if (path === '/host/app-config') {
    const { body: Body } = app.configPages[0];
    return (
      <main>
        <h1>GreenKube</h1>
        <Body plugin={{ meta }} query={{}} />
      </main>
    );
  }
  const Root = app.root;
  return (
    <reactRouter.Routes>
      <reactRouter.Route
        path={`/a/${APP}/*`}
        element={<Root meta={meta} basename={`/a/${APP}`} path="" query={{}} onNavChanged={() => {}} />}
      />
    </reactRouter.Routes>
  );
}

function Editors({ what, uid }) {
  const [source, setSource] = React.useState(null);
  const [query, setQuery] = React.useState({ refId: 'A' });
  const [options, setOptions] = React.useState({
    jsonData: { url: 'http://greenkube:8000' },
    secureJsonFields: { apiToken: true },
    secureJsonData: {},
  });
  React.useEffect(() => void importDataSource(uid, true).then(setSource), []);
  if (!source) return null;
  const { ConfigEditor, QueryEditor } = source.plugin.components;
  return what === '/host/config' ? (
    <ConfigEditor options={options} onOptionsChange={setOptions} />
  ) : (
    <QueryEditor datasource={source.instance} query={query} onChange={setQuery} onRunQuery={() => {}} />
  );
}

/** As in Grafana, links within it do not load the page anew. */
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="/a/"]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  grafanaRuntime.locationService.push(link.getAttribute('href'));
});

function Router({ children }) {
  const history = grafanaRuntime.locationService.getHistory();
  const [where, setWhere] = React.useState(history.location);
  React.useLayoutEffect(() => history.listen((next) => setWhere(next)), [history]);
  return (
    <reactRouter.Router navigator={history} location={where}>
      {children}
    </reactRouter.Router>
  );
}

async function main() {
  performance.mark('host-ready');
  const body = await pageOf(location.pathname, document.documentElement.clientWidth);
  createRoot(document.getElementById('root')).render(
    <grafanaData.ThemeContext.Provider value={theme}>
      <grafanaRuntime.LocationServiceProvider service={grafanaRuntime.locationService}>
        <Router>
          <grafanaUi.GlobalStyles />
          <grafanaUi.PortalContainer />
          <grafanaUi.ModalsProvider>
            <Boundary>
              <React.Suspense fallback={<p>Loading the page</p>}>
                <div style={{ padding: 8 }}>{body}</div>
              </React.Suspense>
            </Boundary>
          </grafanaUi.ModalsProvider>
        </Router>
      </grafanaRuntime.LocationServiceProvider>
    </grafanaData.ThemeContext.Provider>,
  );
}
main().catch((error) => {
  seen.errors.push(String(error?.stack ?? error));
  document.body.innerText = String(error?.stack ?? error);
});
