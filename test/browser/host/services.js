/** Stand-ins for the services of Grafana's frontend: requests go to the server of this page, the rest is the least that works. */
import * as grafanaRuntime from '@grafana/runtime';
import { EventBusSrv } from '@grafana/data';
import * as rxjs from 'rxjs';

export const APP = 'greenkube-app';
const TYPE = 'greenkube-history-datasource';

/** As the server of this page has them, see host-server.ts. */
export const sources = window.hostSources.map(({ uid, name }) => ({
  uid,
  name,
  type: TYPE,
  id: 1,
  url: `/api/datasources/proxy/uid/${uid}`,
  jsonData: {},
  meta: { id: TYPE, name: 'GreenKube history', type: 'datasource' },
}));

export async function importDataSource(uid, withPlugin = false) {
  const { plugin } = await window.System.import(`/public/plugins/${APP}/history-datasource/module.js`);
  const settings = sources.find((source) => source.uid === uid) ?? sources[0];
  const instance = new plugin.DataSourceClass(settings);
  instance.meta = settings.meta;
  return withPlugin ? { plugin, instance } : instance;
}

/** As Grafana's: errors are what the server answered, with its body read. */
async function send(seen, { url, method = 'GET', data, responseType }) {
  const response = await fetch(url, {
    method,
    headers: data ? { 'content-type': 'application/json' } : {},
    body: data ? JSON.stringify(data) : undefined,
  });
  seen.calls.push({ method, url, status: response.status });
  const body = response.ok && responseType === 'blob' ? await response.blob() : await response.text();
  const answer = {
    status: response.status,
    statusText: response.statusText,
    ok: response.ok,
    url,
    data: parsed(body, responseType),
  };
  if (!response.ok) throw answer;
  return answer;
}

function parsed(body, responseType) {
  if (typeof body !== 'string' || responseType === 'text') return body;
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}

export function setUpServices({ theme, seen, address, importPanel }) {
  const rt = grafanaRuntime;
  const user = {
    timezone: 'utc',
    weekStart: 'monday',
    orgRole: address.get('role') ?? 'Editor',
    isSignedIn: true,
    permissions: {},
  };
  rt.config.theme2 = theme;
  rt.config.bootData = { ...rt.config.bootData, user, settings: {}, navTree: [] };
  rt.setBackendSrv({
    fetch: (request) => rxjs.defer(() => send(seen, request)),
    get: (url) => send(seen, { url }).then(({ data }) => data),
  });
  rt.setTemplateSrv({
    replace: (text) => text ?? '',
    getVariables: () => [],
    containsTemplate: () => false,
    updateTimeRange() {},
  });
  rt.setEchoSrv({ addEvent() {}, addBackend() {}, flush() {} });
  rt.setAppEvents(new EventBusSrv());
  rt.setDataSourceSrv({
    getList: ({ type } = {}) => sources.filter((source) => !type || source.type === type),
    getInstanceSettings: (ref) => sources.find(({ uid }) => uid === (ref?.uid ?? ref)) ?? sources[0],
    get: (ref) => importDataSource(ref?.uid ?? ref),
  });
  rt.setPluginImportUtils({
    importPanelPlugin: importPanel,
    getPanelPluginFromCache: importPanel.cached ?? (() => undefined),
  });
}
