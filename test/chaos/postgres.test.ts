/**
 * Writers to PostgreSQL killed again and again, half at random moments and half at a chosen statement, and one that is stopped
 * while another takes over: what is left must be a ledger that the next one makes equal, to the last bit, to one that nothing
 * ever happened to. CHAOS_DEATHS: how many (200); CHAOS_SEED: of what is chosen.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import { epochSeconds, ratio, seconds } from '../../exporter/src/domain/units.js';
import type { Ledger } from '../../exporter/src/ports/ledger.js';
import { arbResult, T0 } from '../../exporter/src/ports/testing/results.js';
import { openHistory, openStores, type PostgresOptions } from '../../exporter/src/repositories/factory.js';
import { contentOf } from '../../exporter/src/repositories/elasticsearch/testing/content.js';
import { startPostgres, type PostgresServer } from '../servers/postgres.js';
import { seeded } from './fate.js';

const { CHAOS_DEATHS = '200', CHAOS_SEED = '1' } = process.env;
const DEATHS = Number(CHAOS_DEATHS);
const WRITER = fileURLToPath(new URL('./child/postgres-writer.mjs', import.meta.url));

const STEP = seconds(1800);
/** Two days whose second half tells parts of the first anew, so that whole hours and days are replaced. */
const INTERVALS = 96;
const PRUNE_EVERY = 7;
/** Writers at a time, each of a cluster of its own in the same schema. */
const LANES = 2;
/** A writer is killed at most so long after it holds the ledger, ms, or so many statements after it began. */
const LONGEST_LIFE_MS = 400;
const MOST_STATEMENTS = 400;

jest.setTimeout(180_000 + DEATHS * 3000);

function story(seed: number): IntervalResult[] {
  const [pool] = fc.sample(fc.array(arbResult(T0), { minLength: 4, maxLength: 4 }), { seed, numRuns: 1 });
  const moved = (n: number, revision: string): IntervalResult => ({
    ...pool![(n + seed) % 4]!,
    interval: { start: epochSeconds(T0 + n * STEP), step: STEP },
    state: 'complete',
    coverage: ratio(1),
    partialReasons: [],
    revision,
  });
  return Array.from({ length: INTERVALS }, (_, n) => [
    moved(n, 'r1'),
    ...(n >= 30 && n % 5 === 0 ? [moved(n - 3, `r${n}`)] : []),
  ]).flat();
}

interface Life {
  readonly kill?: { readonly n: number; readonly when: 'before' | 'after' };
  readonly afterMs?: number;
  /** Stops itself after this commit. */
  readonly pause?: number;
  readonly breakage?: string;
}
type Ending = 'killed' | 'done' | 'failed';

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

async function contentIn(schema: string, cluster: string) {
  const options = optionsFor(schema);
  const { ledger } = await openStores({ ...options, cluster, step: STEP });
  const history = await openHistory({ ...options, step: STEP });
  const found = await contentOf(ledger, history, cluster);
  await ledger.close();
  await history.close();
  return found;
}

async function tell(ledger: Ledger, results: readonly IntervalResult[]): Promise<void> {
  for (const [n, result] of results.entries()) {
    const { start } = result.interval;
    await ledger.commit(result, epochSeconds(start + 600));
    if ((n + 1) % PRUNE_EVERY !== 0) continue;
    const before = { raw: epochSeconds(start - 6 * 3600), hour: epochSeconds(start - 86_400), day: null };
    while (Object.values(await ledger.prune(before)).some((pruned) => pruned > 0));
  }
}

/** Its results, and a ledger of them that nothing happens to. */
async function twinOf(cluster: string, seed: number): Promise<string> {
  const results = story(seed);
  const twin = await openStores({ ...optionsFor('twin'), cluster, step: STEP });
  await tell(twin.ledger, results);
  await twin.ledger.close();
  const file = join(folder, `${cluster}.json`);
  writeFileSync(file, JSON.stringify(results));
  return file;
}

function start(
  cluster: string,
  file: string,
  life: Life,
  onLine: (line: string, child: ChildProcess) => void,
) {
  const options = { ...optionsFor('chaos'), cluster, step: STEP };
  const { kill, pause, breakage } = life;
  const argument = JSON.stringify({ options, file, prune: PRUNE_EVERY, kill, pause, breakage });
  const child = spawn(process.execPath, [WRITER, argument], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, child));
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else if (life.breakage !== undefined || life.pause !== undefined) resolve('failed');
      else reject(new Error(`the writer of ${cluster} ended with ${code}: ${said}`));
    });
  });
  return { child, ended };
}

async function live(cluster: string, file: string, life: Life): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined;
  const { ended } = start(cluster, file, life, (line, child) => {
    if (line === 'open' && life.afterMs !== undefined)
      timer = setTimeout(() => child.kill('SIGKILL'), life.afterMs);
  });
  return ended.finally(() => clearTimeout(timer));
}

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
        const file = await twinOf(cluster, round);
        while ((await live(cluster, file, lifeAt(lives++))) === 'killed') deaths++;
        expect(await contentIn('chaos', cluster)).toEqual(await contentIn('twin', cluster));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(deaths).toBeGreaterThanOrEqual(DEATHS);
  });

  it('are found out where the rows of an interval become durable before its mark', async () => {
    const cluster = 'broken';
    const file = await twinOf(cluster, 99);
    for (let n = 0; n < 60; n++) {
      const ending = await live(cluster, file, { ...lifeAt(2 * n + 1), breakage: 'mark-later' });
      if (ending === 'failed') return;
      if (ending === 'done') break;
    }
    expect(await contentIn('chaos', cluster)).not.toEqual(await contentIn('twin', cluster));
  });
});

describe('a writer to postgres that is stopped', () => {
  it('is replaced, cannot write when it goes on, and the ledger is as if nothing had happened', async () => {
    const cluster = 'stopped';
    const file = await twinOf(cluster, 7);
    let firstPaused: () => void;
    const paused = new Promise<void>((resolve) => (firstPaused = resolve));
    const first = start(cluster, file, { pause: 20 }, (line) => {
      if (line === 'done 20') firstPaused();
    });
    await paused;
    const lines: string[] = [];
    let secondOpened: () => void;
    const opened = new Promise<void>((resolve) => (secondOpened = resolve));
    const second = start(cluster, file, {}, (line) => {
      lines.push(line);
      if (line === 'open') secondOpened();
    });
    await opened;
    first.child.kill('SIGCONT');
    // It ends with an error: what it holds is no longer its own.
    expect(await first.ended).toBe('failed');
    expect(await second.ended).toBe('done');
    expect(lines.at(-1)).toBe('end');
    expect(await contentIn('chaos', cluster)).toEqual(await contentIn('twin', cluster));
  });
});
