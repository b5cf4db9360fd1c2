/**
 * Writers to PostgreSQL killed again and again, half at random moments and half at a chosen statement, and one that is stopped
 * while another takes over: what is left must be a ledger that the next one makes equal, to the last bit, to one that nothing
 * ever happened to. CHAOS_DEATHS: how many (200); CHAOS_SEED: of what is chosen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seconds } from '../../exporter/src/domain/units.js';
import type { PostgresOptions } from '../../exporter/src/repositories/factory.js';
import { startPostgres, type PostgresServer } from '../servers/postgres.js';
import { DatabaseWriters, type Life } from './database-writers.js';
import { seeded } from './fate.js';

const { CHAOS_DEATHS = '200', CHAOS_SEED = '1' } = process.env;
const DEATHS = Number(CHAOS_DEATHS);

/** Two days whose second half tells parts of the first anew, so that whole hours and days are replaced. */
const INTERVALS = 96;
/** Writers at a time, each of a cluster of its own in the same schema. */
const LANES = 2;
/** A writer is killed at most so long after it holds the ledger, ms, or so many statements after it began. */
const LONGEST_LIFE_MS = 400;
const MOST_STATEMENTS = 400;

jest.setTimeout(180_000 + DEATHS * 3000);

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-pg-chaos-'));
  server = await startPostgres({ dir: folder });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const optionsFor = (schema: string): PostgresOptions => ({
  type: 'postgres',
  connectionString: server.url,
  schema,
  sslMode: 'disable',
  poolMaxSize: 3,
  statementTimeout: seconds(20),
  leaseFor: seconds(2),
});

const writers = new DatabaseWriters({ folder: () => folder, optionsFor, intervals: INTERVALS });

const random = seeded(Number(CHAOS_SEED));
const lifeAt = (death: number): Life =>
  death % 2 === 0
    ? { afterMs: random() * LONGEST_LIFE_MS }
    : {
        kill: {
          n: 1 + Math.floor(random() * MOST_STATEMENTS),
          when: random() < 0.5 ? 'before' : 'after',
        },
      };

describe('writers to postgres that are killed', () => {
  it(`${DEATHS} times lose nothing and double nothing`, async () => {
    let deaths = 0;
    let lives = 0;
    let round = 0;
    const lane = async () => {
      while (deaths < DEATHS) {
        const cluster = `c${round++}`;
        const file = await writers.twinOf(cluster, round);
        while ((await writers.live(cluster, file, lifeAt(lives++))) === 'killed') deaths++;
        expect(await writers.contentIn('chaos', cluster)).toEqual(await writers.contentIn('twin', cluster));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(deaths).toBeGreaterThanOrEqual(DEATHS);
  });

  it('are found out where the rows of an interval become durable before its mark', async () => {
    const cluster = 'broken';
    const file = await writers.twinOf(cluster, 99);
    for (let n = 0; n < 60; n++) {
      const ending = await writers.live(cluster, file, { ...lifeAt(2 * n + 1), breakage: 'mark-later' });
      if (ending === 'failed') return;
      if (ending === 'done') break;
    }
    expect(await writers.contentIn('chaos', cluster)).not.toEqual(await writers.contentIn('twin', cluster));
  });
});

describe('a writer to postgres that is stopped', () => {
  it('is replaced, cannot write when it goes on, and the ledger is as if nothing had happened', async () => {
    const cluster = 'stopped';
    const file = await writers.twinOf(cluster, 7);
    let firstPaused: () => void;
    const paused = new Promise<void>((resolve) => (firstPaused = resolve));
    const first = writers.start(cluster, file, { pause: 20 }, (line) => {
      if (line === 'done 20') firstPaused();
    });
    await paused;
    const lines: string[] = [];
    let secondOpened: () => void;
    const opened = new Promise<void>((resolve) => (secondOpened = resolve));
    const second = writers.start(cluster, file, {}, (line) => {
      lines.push(line);
      if (line === 'open') secondOpened();
    });
    await opened;
    first.child.kill('SIGCONT');
    // It ends with an error: what it holds is no longer its own.
    expect(await first.ended).toBe('failed');
    expect(await second.ended).toBe('done');
    expect(lines.at(-1)).toBe('end');
    expect(await writers.contentIn('chaos', cluster)).toEqual(await writers.contentIn('twin', cluster));
  });
});
