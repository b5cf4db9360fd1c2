/** `pnpm check`: types, lint, format, boundaries, dead code and generated documents. Runs all of them and fails if any does. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { root } from './setup.mjs';

const bin = (file) => [process.execPath, [file]];
const CHECKS = {
  types: [bin('node_modules/typescript/bin/tsc'), ['-p', 'tsconfig.json']],
  'plugin types': [bin('node_modules/typescript/bin/tsc'), ['-p', 'grafana-app-plugin/tsconfig.json']],
  lint: [bin('node_modules/eslint/bin/eslint.js'), ['--max-warnings=0', '.']],
  format: [bin('node_modules/prettier/bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  boundaries: [
    bin('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    ['--config', '.dependency-cruiser.cjs', 'exporter/src'],
  ],
  dashboards: [bin('scripts/dashboards.mjs'), ['--check']],
  'dead code': [bin('node_modules/knip/bin/knip.js'), ['--no-progress']],
};

const started = Date.now();
const queue = Object.entries(CHECKS);
const failures = [];

async function worker() {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, [[command, first], args]] = next;
    const began = Date.now();
    const { code, output } = await finish(spawn(command, [...first, ...args], { cwd: root }));
    console.log(
      `${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
    );
    if (code !== 0) failures.push(`--- ${name}\n${output}`);
  }
}

function finish(child) {
  let output = '';
  child.stdout.on('data', (d) => (output += d));
  child.stderr.on('data', (d) => (output += d));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

await Promise.all([worker(), worker()]);
console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);
