/**
 * `npm test`: set up, run every suite of the workspace, and end with one line "N passed, N failed". With REQUIRE_SERVERS=1 a test
 * that is skipped because a server is missing fails the run. Arguments go to jest.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { buildPlugin, root, setup } from './setup.mjs';

setup();
buildPlugin();
const dir = mkdtempSync(path.join(os.tmpdir(), 'greenkube-test-'));
const report = path.join(dir, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=2',
    '--testTimeout=60000',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] },
);
const failed = closingLine(report);
rmSync(dir, { recursive: true, force: true });
process.exit(jest.status !== 0 || failed ? 1 : 0);

function closingLine(file) {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  // A suite that did not even load has run no test, and is a failure all the same.
  const broken = result.testResults.filter(
    (s) => s.status === 'failed' && s.assertionResults.length === 0,
  ).length;
  const skipped = result.numPendingTests;
  const skipsFail = process.env.REQUIRE_SERVERS === '1' ? skipped : 0;
  if (skipsFail > 0) console.error(`REQUIRE_SERVERS=1: ${skipped} skipped tests count as failed`);
  const failures = result.numFailedTests + broken + skipsFail;
  const tail = skipped > 0 && skipsFail === 0 ? `, ${skipped} skipped` : '';
  console.log(`${result.numPassedTests} passed, ${failures} failed${tail}`);
  return failures > 0 || result.numPassedTests === 0;
}
