/** Brings a fresh clone to the point where it runs: dependencies, then the build. Does nothing when both are up to date. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const root = path.resolve(import.meta.dirname, '..');

const MINIMUM = [20, 18];

/** Run a program to its end with this terminal; exits with its code when it fails. */
export function run(command, args, { env = process.env, cwd = root } = {}) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  console.error(`Node ${process.versions.node} is too old: install Node ${MINIMUM.join('.')} or newer.`);
  process.exit(1);
}

function upToDate(stampFile, digest) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest;
}

function stamp(stampFile, digest) {
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, digest);
}

function sourceFiles(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) return sourceFiles(file);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [file] : [];
  });
}

/** pnpm 10 where it is installed, else through npx: corepack's signature check does not work everywhere. */
export function pnpm() {
  const found = spawnSync('pnpm', ['--version'], { encoding: 'utf8' });
  return found.stdout?.startsWith('10.') ? ['pnpm', []] : ['npx', ['--yes', 'pnpm@10']];
}

/** What running the exporter takes: of the workspace's packages only these, without Grafana's and what tests need. */
const EXPORTER_ONLY = ['--filter', 'greenkube', '--filter', '@greenkube/exporter'];

/** @param scope "exporter": no more than running it takes; "all": the whole workspace */
function install(scope) {
  const inputs = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'exporter/package.json',
    'dashboards/package.json',
    'grafana-app-plugin/package.json',
    'test/package.json',
  ];
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs) hash.update(readFileSync(path.join(root, file)));
  const digest = hash.digest('hex');
  const stampOf = (name) => path.join(root, `node_modules/.greenkube-installed-${name}`);
  const enough = scope === 'exporter' ? ['all', 'exporter'] : ['all'];
  if (enough.some((name) => upToDate(stampOf(name), digest))) return;
  console.log(
    'Installing dependencies (the first time compiles the SQLite driver where no prebuilt one is to be had) ...',
  );
  const [command, args] = pnpm();
  const filters = scope === 'exporter' ? EXPORTER_ONLY : [];
  run(command, [...args, ...filters, 'install', '--frozen-lockfile', '--loglevel=warn']);
  stamp(stampOf(scope), digest);
}

function build() {
  const files = [...sourceFiles(path.join(root, 'exporter/src')), path.join(root, 'tsconfig.base.json')];
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}:${statSync(file).mtimeMs}:${statSync(file).size}\n`);
  const digest = hash.digest('hex');
  const stampFile = path.join(root, 'exporter/dist/.built');
  if (upToDate(stampFile, digest)) return;
  console.log('Building ...');
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'exporter/tsconfig.build.json']);
  run(process.execPath, ['scripts/build-info.mjs']);
  stamp(stampFile, digest);
}

export function setup({ scope = 'all' } = {}) {
  requireNode();
  install(scope);
  build();
}

/** Builds the Grafana plugin, with `zip` also its archive; does nothing when its dist/ is that of the sources. */
export function buildPlugin({ zip = false } = {}) {
  const plugin = path.join(root, 'grafana-app-plugin');
  const below = (dir) =>
    readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  const single = ['package.json', 'webpack.config.mjs', 'README.md', 'CHANGELOG.md'].map((name) =>
    path.join(plugin, name),
  );
  const dashboards = path.join(root, 'dashboards/generated');
  const files = [
    ...below(path.join(plugin, 'src')),
    ...single,
    ...(existsSync(dashboards) ? below(dashboards) : []),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}:${statSync(file).mtimeMs}:${statSync(file).size}\n`);
  const digest = hash.digest('hex');
  // Beside dist/, not in it: what is in it is shipped.
  const stampFile = path.join(plugin, 'node_modules/.cache/built');
  if (!zip && existsSync(path.join(plugin, 'dist/module.js')) && upToDate(stampFile, digest)) return;
  console.log('Building the Grafana plugin ...');
  run(process.execPath, ['scripts/build.mjs', ...(zip ? ['--zip'] : [])], { cwd: plugin });
  stamp(stampFile, digest);
}
