/** @jest-environment node */
/** The built bundle: `pnpm test` and `pnpm package` build it. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST, ROOT } from './testing/paths';
import { PLUGIN_SCHEMA, type PluginJson } from './testing/plugin-schema';
import { APP_ID, HISTORY_ID } from './constants';

const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(DIST, path.join(entry.parentPath, entry.name)));
const read = (file: string): string => readFileSync(path.join(DIST, file), 'utf8');
const has = (file: string): boolean => existsSync(path.join(DIST, file));
const descriptions = files.filter((file) => path.basename(file) === 'plugin.json');
const plugins = descriptions.map(
  (file) => [path.dirname(file), JSON.parse(read(file)) as PluginJson] as const,
);
const kilobytes = (file: string): number => statSync(path.join(DIST, file)).size / 1000;

describe.each(plugins)('plugin.json in %s', (folder, plugin) => {
  it('keeps to the documented schema', () => {
    expect(PLUGIN_SCHEMA.safeParse(plugin).error?.issues ?? []).toEqual([]);
  });

  it('is of the family of the app and of its version', () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(plugin.id).toMatch(/^greenkube-/);
    expect(plugin.id.endsWith(`-${plugin.type}`)).toBe(true);
    expect(plugin.info.version).toBe(version);
  });

  it('has a module, its logos and its screenshots', () => {
    const named = [
      plugin.info.logos.small,
      plugin.info.logos.large,
      ...(plugin.info.screenshots ?? []).map((s) => s.path),
    ];
    expect(['module.js', ...named].filter((file) => !has(path.join(folder, file)))).toEqual([]);
  });
});

describe('the app', () => {
  const app = plugins.find(([folder]) => folder === '.')![1] as Extract<PluginJson, { type: 'app' }>;

  it('includes every nested plugin and every dashboard that is there, and nothing else', () => {
    const includes = app.includes.filter(({ type }) => type !== 'page');
    expect(includes.filter(({ path: file }) => !has(file))).toEqual([]);
    const shipped = files.filter(
      (file) => /^dashboards\/.*\.json$/.test(file) || /.+\/plugin\.json$/.test(file),
    );
    expect(shipped.filter((file) => !includes.some((include) => include.path === file))).toEqual([]);
    for (const { type, path: file } of includes.filter((include) => include.type !== 'dashboard')) {
      expect((JSON.parse(read(file)) as PluginJson).type).toBe(type);
    }
  });

  it('leads to pages of its own, one of them by default', () => {
    const pages = app.includes.filter(({ type }) => type === 'page');
    expect(
      pages.filter(({ path: at }) => !at.startsWith(`/a/${APP_ID}/`) && at !== `/plugins/${APP_ID}`),
    ).toEqual([]);
    expect(pages.filter(({ defaultNav }) => defaultNav)).toHaveLength(1);
  });

  it('has the texts of each of its languages', () => {
    expect((app.languages ?? []).filter((language) => !has(`locales/${language}/${APP_ID}.json`))).toEqual(
      [],
    );
  });
});

describe('the data source', () => {
  const source = plugins.find(([, { id }]) => id === HISTORY_ID)![1] as Extract<
    PluginJson,
    { type: 'datasource' }
  >;

  it('reaches the API of the exporter only, with a token that the browser never sees', () => {
    for (const { path: at, url, headers = [] } of source.routes ?? []) {
      expect(url).toBe(`{{ .JsonData.url }}/${at}`);
      expect(at).toMatch(/^api\/v1\//);
      expect(headers.map(({ name, content }) => [name, content.includes('.SecureJsonData.')])).toEqual([
        ['Authorization', true],
      ]);
    }
  });

  it('changes nothing but the state of recommendations, and that for Editors only', () => {
    const changing = (source.routes ?? []).filter(({ method }) => method !== 'GET');
    expect(changing.map(({ path: at, method, reqRole }) => [at, method, reqRole])).toEqual([
      ['api/v1/recommendations', 'PATCH', 'Editor'],
      ['api/v1/recommendations', 'DELETE', 'Editor'],
    ]);
  });
});

describe('the files', () => {
  it('are documents, descriptions, pictures, texts and modules; no sources and no maps', () => {
    expect(['README.md', 'CHANGELOG.md', 'LICENSE'].filter((file) => !has(file))).toEqual([]);
    expect(files.filter((file) => !/\.(js|json|svg|png|md)$|LICENSE(\.txt)?$/.test(file))).toEqual([]);
  });

  it('have no token left to fill in', () => {
    const left = files.filter(
      (file) => /\.(json|md)$/.test(file) && /%(VERSION|TODAY|PLUGIN_ID)%/.test(read(file)),
    );
    expect(left).toEqual([]);
  });

  it('ask for shared modules that Grafana has', () => {
    const shared =
      /^(react|react-dom|react\/jsx-runtime|react-router|@grafana\/(data|ui|runtime)(\/unstable)?|@emotion\/(css|react)|lodash|moment|rxjs|i18next|d3|module|exports|require)$/;
    for (const file of files.filter((name) => path.basename(name) === 'module.js')) {
      const [, list = ''] = /^(?:\/\*.*?\*\/\s*)?define\(\[([^\]]*)\]/.exec(read(file)) ?? [];
      const asked = list
        .split(',')
        .map((name) => name.replaceAll('"', '').trim())
        .filter((name) => name !== '');
      expect([file, asked.filter((name) => !shared.test(name))]).toEqual([file, []]);
      expect(asked.length).toBeGreaterThan(0);
    }
  });

  it('are small', () => {
    const limits = { 'module.js': 15, 'recommendations-panel/module.js': 60, 'accuracy-panel/module.js': 60 };
    for (const [file, most] of Object.entries(limits))
      expect([file, kilobytes(file) <= most, most]).toEqual([file, true, most]);
    const rest = files.filter((file) => file.endsWith('.js') && !/scenes/.test(file));
    const zipped = rest.reduce(
      (sum, file) => sum + gzipSync(readFileSync(path.join(DIST, file))).length / 1000,
      0,
    );
    expect(zipped).toBeLessThanOrEqual(250);
  });
});
