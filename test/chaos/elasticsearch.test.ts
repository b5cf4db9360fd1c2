/**
 * Writers to Elasticsearch killed again and again at random moments: what is left must be a ledger that the next one makes equal,
 * to the last bit, to one that nothing ever happened to. CHAOS_ES_DEATHS: how many (100); CHAOS_SEED: of what is chosen.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import type { Ledger } from '../../exporter/src/ports/ledger.js';
import { arbResult, T0 } from '../../exporter/src/ports/testing/results.js';
import {
  openElasticsearchHistory,
  openElasticsearchStores,
} from '../../exporter/src/repositories/elasticsearch/open.js';
import { contentOf } from '../../exporter/src/repositories/elasticsearch/testing/content.js';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../servers/elasticsearch.js';
import { seeded } from './fate.js';

const { CHAOS_ES_DEATHS = '100', CHAOS_SEED = '1' } = process.env;
const DEATHS = Number(CHAOS_ES_DEATHS);
const WRITER = fileURLToPath(new URL('./child/elasticsearch-writer.mjs', import.meta.url));

const STEP = seconds(1800);
/** A day and a bit, of which a part is told anew, so that whole hours and the day are replaced. */
const INTERVALS = 60;
const PRUNE_EVERY = 7;
/** Writers at a time, each of a cluster of its own in the same indices. */
const LANES = 2;
/** A writer is killed at most so long after it holds the ledger, ms. */
const LONGEST_LIFE_MS = 900;

/** A death takes a second, and several on a busy machine. */
jest.setTimeout(600_000 + DEATHS * 10_000);

function story(seed: number): IntervalResult[] {
  const [pool] = fc.sample(fc.array(arbResult(T0), { minLength: 4, maxLength: 4 }), { seed, numRuns: 1 });
  const moved = (n: number, revision: string): IntervalResult => {
    const start = epochSeconds(T0 + n * STEP);
    return {
      ...pool![(n + seed) % 4]!,
      interval: { start, step: STEP },
      state: 'complete',
      coverage: 1 as never,
      partialReasons: [],
      revision,
    };
  };
  return Array.from({ length: INTERVALS }, (_, n) => [
    moved(n, 'r1'),
    ...(n >= 30 && n % 5 === 0 ? [moved(n - 3, `r${n}`)] : []),
  ]).flat();
}

(elasticsearchOrSkip() ? describe : describe.skip)('writers to elasticsearch that are killed', () => {
  let folder: string;
  let server: ElasticsearchServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greenkube-es-chaos-'));
    server = await startElasticsearch({ dir: join(folder, 'server') });
  }, 240_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const optionsFor = (prefix: string) => ({
    type: 'elasticsearch' as const,
    hosts: [server.url],
    verifyCerts: true,
    prefix: `${prefix}-${process.pid}`,
    leaseSeconds: 0.5,
  });

  const content = async (prefix: string, cluster: string) => {
    const options = optionsFor(prefix);
    const { ledger } = await openElasticsearchStores({ ...options, cluster, step: STEP });
    const history = await openElasticsearchHistory({ ...options, step: STEP });
    const found = await contentOf(ledger, history, cluster);
    await ledger.close();
    await history.close();
    return found;
  };

  const tell = async (ledger: Ledger, results: readonly IntervalResult[]) => {
    for (const [n, result] of results.entries()) {
      const { start } = result.interval;
      await ledger.commit(result, epochSeconds(start + 600));
      if ((n + 1) % PRUNE_EVERY !== 0) continue;
      const before = { raw: epochSeconds(start - 6 * 3600), hour: epochSeconds(start - 86_400), day: null };
      while (Object.values(await ledger.prune(before)).some((pruned) => pruned > 0));
    }
  };

  /** @param ms until it is killed; null: never. @returns whether it was killed; false: it came to the end of the story */
  const live = (cluster: string, file: string, ms: number | null): Promise<boolean> => {
    const options = { ...optionsFor('chaos'), cluster, step: STEP };
    const child = spawn(process.execPath, [WRITER, JSON.stringify({ options, file, prune: PRUNE_EVERY })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let timer: NodeJS.Timeout | undefined;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'open' && ms !== null) timer = setTimeout(() => child.kill('SIGKILL'), ms);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        if (signal === 'SIGKILL') resolve(true);
        else if (code === 0) resolve(false);
        else reject(new Error(`the writer of ${cluster} ended with ${code}`));
      });
    });
  };

  it(`${DEATHS} times lose nothing and double nothing`, async () => {
    const random = seeded(Number(CHAOS_SEED));
    let deaths = 0;
    let round = 0;
    const lane = async () => {
      while (deaths < DEATHS) {
        const cluster = `c${round++}`;
        const results = story(round);
        const twin = await openElasticsearchStores({ ...optionsFor('twin'), cluster, step: STEP });
        await tell(twin.ledger, results);
        await twin.ledger.close();
        const file = join(folder, `${cluster}.json`);
        writeFileSync(file, JSON.stringify(results));
        const lifetime = () => (deaths < DEATHS ? random() * LONGEST_LIFE_MS : null);
        while (await live(cluster, file, lifetime())) deaths++;
        expect(await content('chaos', cluster)).toEqual(await content('twin', cluster));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(deaths).toBeGreaterThanOrEqual(DEATHS);
  });
});
