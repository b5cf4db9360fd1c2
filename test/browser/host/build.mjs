/** Bundles the host page: the least of Grafana's frontend that the built plugin needs, made of the real @grafana packages. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const here = import.meta.dirname;
const plugin = path.resolve(here, '../../../grafana-app-plugin');
const real = (name) => realpathSync(path.join(plugin, 'node_modules', name));

/** Modules that must be the very copies that the @grafana packages use; with pnpm they are found from the folder of one. */
const FOUND_FROM = {
  '@emotion/css': '@grafana/ui',
  '@emotion/react': '@grafana/ui',
  lodash: '@grafana/data',
  moment: '@grafana/data',
  d3: '@grafana/ui',
  i18next: '@grafana/i18n',
  'rxjs/operators': '@grafana/data',
};

const resolving = {
  name: 'grafana',
  setup(b) {
    const once = { done: true };
    // What @grafana/runtime has for Grafana itself but does not export.
    b.onResolve({ filter: /^grafana-runtime-file\// }, ({ path: file }) => ({
      path: path.join(real('@grafana/runtime'), 'dist/cjs', file.slice('grafana-runtime-file/'.length)),
    }));
    // Their ESM builds are .mjs, from which esbuild imports CommonJS packages as Node does: as { default }. Hence the CommonJS builds.
    b.onResolve({ filter: /^@grafana\/(ui|data|runtime|i18n|schema|e2e-selectors)(\/unstable)?$/ }, (a) => {
      if (a.pluginData?.done) return undefined;
      const resolveDir = a.importer.startsWith(here) ? plugin : a.resolveDir;
      return b.resolve(a.path, { resolveDir, kind: 'require-call', pluginData: once });
    });
    b.onResolve({ filter: /^[^./]/ }, (a) => {
      if (a.pluginData?.done || !a.importer.startsWith(here)) return undefined;
      const owner = FOUND_FROM[a.path];
      return b.resolve(a.path, { resolveDir: owner ? real(owner) : plugin, kind: a.kind, pluginData: once });
    });
  },
};

await build({
  entryPoints: [path.join(here, 'host.jsx')],
  outfile: path.resolve(process.argv[2], 'host.js'),
  bundle: true,
  format: 'iife',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"', global: 'window', define: 'undefined' },
  loader: { '.svg': 'text', '.woff2': 'dataurl', '.ttf': 'dataurl' },
  jsx: 'automatic',
  mainFields: ['browser', 'module', 'main'],
  logLevel: 'warning',
  plugins: [resolving],
});
