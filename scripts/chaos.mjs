/**
 * `pnpm chaos [DEATHS]`: set up and run every chaos suite in its long form: 1 000 deaths of the collector unless another number is
 * given. CHAOS_SEED chooses others. Draws its progress on a terminal and ends with one line of what was found.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { root, setup } from './setup.mjs';

const deaths = Number(process.argv[2] ?? 1000);
if (!Number.isInteger(deaths) || deaths < 1) {
  console.error(`usage: pnpm chaos [DEATHS], a whole number of at least 1, not ${process.argv[2]}`);
  process.exit(2);
}
setup();
const dir = mkdtempSync(path.join(os.tmpdir(), 'greenkube-chaos-'));
const progress = path.join(dir, 'progress');
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=2',
    '--testPathPatterns=test/chaos/',
  ],
  {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CHAOS_DEATHS: String(deaths),
      CHAOS_ES_DEATHS: String(Math.ceil(deaths / 2)),
      CHAOS_PROGRESS: progress,
    },
  },
);
let report = '';
jest.stderr.on('data', (text) => (report += text));

const told = (word) => {
  const lines = existsSync(progress) ? readFileSync(progress, 'utf8').split('\n') : [];
  return lines.findLast((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
};

function draw() {
  const [done, all] = (told('progress') ?? `0 ${deaths}`).split(' ').map(Number);
  const WIDTH = 40;
  const full = Math.min(WIDTH, Math.floor((WIDTH * done) / all));
  process.stderr.write(`\r[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done} of ${all} deaths `);
}

const drawing = process.stderr.isTTY ? setInterval(draw, 500) : null;
const code = await new Promise((resolve) => jest.on('close', resolve));
clearInterval(drawing);
if (drawing) process.stderr.write('\r\x1b[K');
if (code !== 0) console.error(report);
console.log(told('summary') ?? 'the deaths were not reached');
console.log(code === 0 ? 'chaos: passed' : 'chaos: FAILED');
rmSync(dir, { recursive: true, force: true });
process.exit(code === 0 ? 0 : 1);
