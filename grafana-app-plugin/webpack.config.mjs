/**
 * One build for the app and its nested plugins: a module.js beside each plugin.json, as AMD, with what Grafana supplies left out.
 * `%VERSION%` and `%TODAY%` are filled in here, in the nested files too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import webpack from 'webpack';

export const root = import.meta.dirname;
const source = path.join(root, 'src');
export const dist = path.join(root, 'dist');
export const APP_ID = JSON.parse(readFileSync(path.join(source, 'plugin.json'), 'utf8')).id;
export const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Modules that Grafana shares with plugins (its sharedDependenciesMap); a second copy of one would not see Grafana's state. */
const SHARED = [
  '@emotion/css',
  '@emotion/react',
  'd3',
  'i18next',
  'jquery',
  'lodash',
  'moment',
  'prismjs',
  'react',
  'react-dom',
  'react-redux',
  'react-router',
  'react/jsx-runtime',
  'redux',
  'rxjs',
  'slate',
  'slate-plain-serializer',
  '@grafana/slate-react',
  /^@grafana\/ui/,
  /^@grafana\/runtime/,
  /^@grafana\/data/,
];

/** Folders of src/ with a plugin of their own. */
export const NESTED = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => readdirSync(path.join(source, name)).includes('plugin.json'))
  .sort();

const STATIC = ['plugin.json', 'img', 'locales'];
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** Files that are copied into dist/, as [from, to]. */
function staticFiles() {
  const below = (from, to) =>
    readdirSync(from, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [file, path.join(to, path.relative(from, file))];
      });
  const ofPlugin = (folder) =>
    readdirSync(path.join(source, folder), { withFileTypes: true })
      .filter(({ name }) => STATIC.includes(name))
      .flatMap((entry) => {
        const from = path.join(source, folder, entry.name);
        const to = path.join(folder, entry.name);
        return entry.isDirectory() ? below(from, to) : [[from, to]];
      });
  const dashboards = dashboardFolder();
  return [
    ...ofPlugin('.'),
    ...NESTED.flatMap(ofPlugin),
    ...DOCUMENTS.map((name) => [path.join(root, name), name]),
    ...(dashboards ? below(dashboards, 'dashboards') : []),
  ];
}

/** The committed dashboards; the app imports them when it is enabled. */
export function dashboardFolder() {
  const folder = path.join(root, '../dashboards/generated');
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json')) ? folder : null;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

class StaticFiles {
  apply(compiler) {
    const today = new Date().toISOString().slice(0, 10);
    const { Compilation, sources } = webpack;
    compiler.hooks.thisCompilation.tap('StaticFiles', (compilation) => {
      const stage = Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL;
      compilation.hooks.processAssets.tap({ name: 'StaticFiles', stage }, () => {
        for (const [from, to] of staticFiles()) {
          compilation.fileDependencies.add(from);
          const content = readFileSync(from);
          const filled = /\.(json|md)$/.test(from)
            ? content.toString('utf8').replaceAll('%VERSION%', version).replaceAll('%TODAY%', today)
            : content;
          compilation.emitAsset(to, new sources.RawSource(filled));
        }
      });
    });
  }
}

const moduleOf = (folder) =>
  path.join(
    source,
    folder,
    readdirSync(path.join(source, folder)).find((name) => /^module\.tsx?$/.test(name)),
  );

export function config({ production = true } = {}) {
  return {
    mode: production ? 'production' : 'development',
    context: source,
    devtool: production ? false : 'source-map',
    entry: {
      module: moduleOf('.'),
      ...Object.fromEntries(NESTED.map((folder) => [`${folder}/module`, moduleOf(folder)])),
    },
    externals: SHARED,
    resolve: { extensions: ['.ts', '.tsx', '.js', '.mjs'] },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          exclude: /node_modules/,
          loader: 'swc-loader',
          options: {
            jsc: {
              parser: { syntax: 'typescript', tsx: true },
              target: 'es2022',
              transform: { react: { runtime: 'automatic' } },
            },
          },
        },
        { test: /\.m?js$/, resolve: { fullySpecified: false } },
      ],
    },
    output: {
      path: dist,
      clean: true,
      filename: '[name].js',
      chunkFilename: '[name].js?_cache=[contenthash]',
      library: { type: 'amd' },
      publicPath: `public/plugins/${APP_ID}/`,
      uniqueName: APP_ID,
    },
    optimization: { chunkIds: 'named', splitChunks: { cacheGroups: { defaultVendors: false } } },
    performance: { hints: false },
    plugins: [new StaticFiles()],
  };
}
