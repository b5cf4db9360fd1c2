/** The commands that do one thing and end, as processes: what they print, what they leave, and how they end. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startExporter } from './exporter.js';

const MAIN = fileURLToPath(new URL('../../exporter/dist/main.js', import.meta.url));
const HOUR_MS = 3_600_000;
const DEMO = ['--demo=on', '--demo-days=1', '--demo-seed=5'];

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface JsonReport {
  readonly rows: Readonly<Record<string, string | number | null>>[];
  readonly row_count: number;
}

let folder = '';
/** Two hours of yesterday's evening, long settled. */
const to = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS;
const RANGE = [`--from=${(to - 2 * HOUR_MS) / 1000}`, `--to=${to / 1000}`];

function env(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

function greenkube(...args: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  return { code: status, stdout, stderr };
}

const onFile = (command: string, ...args: string[]): Run =>
  greenkube(command, '--db-path=history.db', ...args);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('before there is a database', () => {
  it('a report says so and fails', () => {
    const { code, stdout, stderr } = onFile('report');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^there is no database .*history\.db yet/);
  });

  it('migrate creates it, once, and says from which version to which', () => {
    expect(onFile('migrate')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^history\.db created with schema version \d+\n$/),
      stderr: '',
    });
    expect(onFile('migrate').stdout).toMatch(/^history\.db is up to date, schema version \d+\n$/);
  });

  it('migrate leaves a file alone that is not ours', () => {
    writeFileSync(join(folder, 'letter.db'), 'Dear database,');
    const { code, stderr } = greenkube('migrate', '--db-path=letter.db');
    expect(code).toBe(1);
    expect(stderr).toContain('letter.db is not a SQLite database');
    expect(readFileSync(join(folder, 'letter.db'), 'utf8')).toBe('Dear database,');
  });
});

describe('backfill', () => {
  it('collects a range with progress, and nothing twice', () => {
    const first = onFile('backfill', ...RANGE, ...DEMO);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/: 24 intervals collected\n$/) });
    expect(first.stderr).toContain('collecting 24/24 intervals (100 %)');
    expect(onFile('backfill', ...RANGE, ...DEMO)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: nothing was left to collect\n$/),
    });
  });

  it('says that its source holds nothing of the range, or does not answer', () => {
    const before = onFile('backfill', '--from=1000000000', '--to=1000003600', ...DEMO);
    expect([before.code, before.stdout]).toEqual([1, '']);
    expect(before.stderr).toMatch(/^demo holds nothing from 2001-09-09T01:50:00Z to 2001-09-09T02:50:00Z/);
    const url = '--prometheus-url=http://127.0.0.1:9';
    const silent = greenkube('backfill', ...RANGE, '--demo=off', url, '--db-path=other.db');
    expect(silent.code).toBe(1);
    expect(silent.stderr).toContain('prometheus does not answer');
  });
});

describe('report', () => {
  it('is a table for people, with bands, a total and its sources', () => {
    const { code, stdout, stderr } = onFile('report', ...RANGE);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/: 100 % of it is known, 100 % of the energy is estimated\.\n/);
    expect(stdout).toMatch(/\nCLUSTER +NAMESPACE +ENERGY +CO2E +SCOPE 2 +SCOPE 3 +COST +KNOWN\n/);
    expect(stdout).toMatch(/\ndemo +shop +[\d.]+ kJ \([\d.]+ to [\d.]+\) +[\d.]+ g \(/);
    expect(stdout).toMatch(/\ntotal +[\d.]+ (?:MJ|kWh) \(/);
    expect(stdout).toContain('Electricity Maps (ODbL)');
  });

  it('has the same rows as CSV, JSON and a file', () => {
    const json = JSON.parse(onFile('report', ...RANGE, '--step=hour', '--output=json').stdout) as JsonReport;
    const csv = onFile('report', ...RANGE, '--step=hour', '--output=csv').stdout;
    expect(csv.split('\n').filter((line) => /^\d/.test(line))).toHaveLength(json.row_count);
    expect(new Set(json.rows.map((row) => row['period'])).size).toBe(2);
    expect(onFile('report', ...RANGE, '--step=hour', '--output-file=a.csv')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe(csv);
    expect(onFile('report', ...RANGE, '--output-file=a.parquet').code).toBe(0);
    expect(readFileSync(join(folder, 'a.parquet')).subarray(-4).toString()).toBe('PAR1');
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('ends well when its reader has seen enough', () => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        '"$@" | head -1; exit "${PIPESTATUS[0]}"',
        'sh',
        process.execPath,
        MAIN,
        'report',
        '--by=pod',
        '--step=raw',
        '--output=json',
        '--db-path=history.db',
        ...RANGE,
      ],
      { cwd: folder, env: env(), encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\{"report"/);
  });

  it.each([
    ['met', ['--fail-on=energy_joules>1'], 3, /^--fail-on=energy_joules>1 is met: [\d.]+ J\n$/],
    ['met by one of two', ['--fail-on=coverage<0.5', '--fail-on=co2e_grams>=0.001'], 3, /co2e_grams/],
    ['not met', ['--fail-on=co2e_grams>1e9', '--fail-on=coverage<1'], 0, /^$/],
    [
      'of a range that is not known',
      ['--from=1000000000', '--to=1000003600', '--fail-on=cost>1'],
      1,
      /cannot be judged/,
    ],
  ])('with a threshold %s', (_, args, code, stderr) => {
    const range = args.some((arg) => arg.startsWith('--from')) ? [] : RANGE;
    const ended = onFile('report', ...range, ...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(stderr);
  });

  it.each([
    [['--from=yesterday'], /^--from: from is not an instant\. Write RFC 3339/],
    [['--step=raw', '--last=10y'], /^--step: .*Use step=/],
    [['--by=podd'], /^--by: has a key that is not known \(got "podd"\)/],
  ])('refuses %j before anything is read', (args, message) => {
    const { code, stdout, stderr } = onFile('report', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('explain', () => {
  it('takes a figure apart, as text and as JSON', () => {
    const args = ['--series=co2e_grams{namespace="shop"}', `--time=${to / 1000 - 60}`];
    const { code, stdout } = onFile('explain', ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^co2e_grams\{namespace="shop"\}\n {2}= [\d.]+ g CO2e \(/);
    const json = JSON.parse(onFile('explain', ...args, '--output=json').stdout) as { value: number };
    expect(stdout).toContain(`= ${json.value} g`);
  });

  it('needs a figure', () => {
    expect(onFile('explain')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--series: is missing'),
    });
  });
});

describe('beside a running exporter', () => {
  it('a report reads, and what would write is refused with what to do instead', async () => {
    const exporter = await startExporter({ args: ['--db-path=history.db', ...DEMO], cwd: folder });
    try {
      const report = onFile('report', ...RANGE, '--by=cluster', '--output=csv');
      expect(report.code).toBe(0);
      const from = new Date(to - 2 * HOUR_MS).toISOString().slice(0, 19);
      const served = await exporter.get(
        `/api/v1/report/export?by=cluster&format=csv&from=${from}Z&to=${to / 1000}`,
      );
      expect(served.text).toBe(report.stdout);
      const backfill = onFile('backfill', ...RANGE, ...DEMO);
      expect(backfill.code).toBe(1);
      expect(backfill.stderr).toContain(`POST /api/v1/backfill?from=${from}Z`);
      expect(onFile('migrate')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('in use by another exporter'),
      });
    } finally {
      await exporter.stop();
    }
  }, 60_000);
});
