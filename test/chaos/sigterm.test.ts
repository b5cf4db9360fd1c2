/** SIGTERM at many moments of the built exporter's life: it ends by itself, soon, and leaves a sound ledger. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { checkDatabase } from '../../exporter/src/repositories/sqlite/connection.js';
import { endAll, ExporterProcess, waitFor } from '../e2e/exporter.js';
import { seeded } from './fate.js';

jest.setTimeout(120_000);

const PROMISED_SECONDS = 5;
const MOMENTS = 10;

const folder = mkdtempSync(join(tmpdir(), 'greenkube-sigterm-'));
const path = join(folder, 'greenkube.db');
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const start = () =>
  new ExporterProcess({
    args: ['serve', '--demo=on', '--demo-days=2', `--db-path=${path}`, '--api-port=0', '--cluster-name=c'],
    cwd: folder,
  });

/** Intervals, and energy by every way of adding it up that must agree. */
function sums() {
  const db = new Database(path, { readonly: true });
  const get = <T>(sql: string) => db.prepare<[], T>(sql).pluck().get();
  const read = {
    marks: get<number>('SELECT count(*) FROM interval')!,
    rows: get<number>('SELECT sum(energy) FROM node_usage'),
    counted: get<number>('SELECT sum(energy) FROM node_energy'),
    namespaces: get<number>('SELECT sum(energy) FROM namespace_usage'),
  };
  db.close();
  return read;
}

describe('SIGTERM', () => {
  it('at any moment ends it with code 0 in time, and its ledger is sound', async () => {
    const random = seeded(3);
    let marks = 0;
    for (let i = 0; i < MOMENTS; i++) {
      const exporter = start();
      const early = i % 2 === 0;
      if (!early) await waitFor('it to serve', () => exporter.said('serving').length > 0);
      await delay(Math.floor(random() * (early ? 1500 : 700)));
      if (i === MOMENTS - 1) await waitFor('an interval', () => sums().marks > 0);
      const { code, seconds } = await exporter.stop();
      // Before the first line of the program has run nobody can catch it.
      if (code === null) expect(exporter.log).toEqual([]);
      else expect({ code, stderr: exporter.stderr }).toEqual({ code: 0, stderr: '' });
      expect(seconds).toBeLessThan(PROMISED_SECONDS);
      if (!existsSync(path)) continue;
      expect(checkDatabase(path)).toEqual([]);
      const now = sums();
      expect(now.counted).toBe(now.rows);
      expect(now.namespaces).toBe(now.rows);
      expect(now.marks).toBeGreaterThanOrEqual(marks);
      marks = now.marks;
    }
    expect(marks).toBeGreaterThan(0);
  });
});
