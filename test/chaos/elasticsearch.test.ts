/**
 * Writers to Elasticsearch killed again and again at random moments: what is left must be a ledger that the next one makes equal,
 * to the last bit, to one that nothing ever happened to. CHAOS_ES_DEATHS: how many (100); CHAOS_SEED: of what is chosen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../servers/elasticsearch.js';
import { DatabaseWriters } from './database-writers.js';
import { seeded } from './fate.js';

const { CHAOS_ES_DEATHS = '100', CHAOS_SEED = '1' } = process.env;
const DEATHS = Number(CHAOS_ES_DEATHS);

/** A day and a bit, of which a part is told anew, so that whole hours and the day are replaced. */
const INTERVALS = 60;
/** Writers at a time, each of a cluster of its own in the same indices. */
const LANES = 2;
/** A writer is killed at most so long after it holds the ledger, ms. */
const LONGEST_LIFE_MS = 900;

/** A death takes a second, and several on a busy machine. */
jest.setTimeout(600_000 + DEATHS * 10_000);

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

  const writers = new DatabaseWriters({ folder: () => folder, optionsFor, intervals: INTERVALS });

  it(`${DEATHS} times lose nothing and double nothing`, async () => {
    const random = seeded(Number(CHAOS_SEED));
    let deaths = 0;
    let round = 0;
    const lane = async () => {
      while (deaths < DEATHS) {
        const cluster = `c${round++}`;
        const file = await writers.twinOf(cluster, round);
        const life = () => (deaths < DEATHS ? { afterMs: random() * LONGEST_LIFE_MS } : {});
        while ((await writers.live(cluster, file, life())) === 'killed') deaths++;
        expect(await writers.contentIn('chaos', cluster)).toEqual(await writers.contentIn('twin', cluster));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(deaths).toBeGreaterThanOrEqual(DEATHS);
  });
});
