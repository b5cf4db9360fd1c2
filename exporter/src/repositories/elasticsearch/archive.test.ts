/** Moving ledgers into and out of a real Elasticsearch. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import fc from 'fast-check';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../../../../test/servers/elasticsearch.js';
import { archiveContract } from '../../pipeline/archive.contract.js';
import { ARCHIVE_STEP, type ArchivePlace } from '../../pipeline/testing/archive-ledgers.js';
import { openElasticsearchHistory, openElasticsearchStores } from './open.js';
import { ElasticsearchPlaces } from './testing/store.js';

const START_TIMEOUT_MS = 240_000;
/** A law is tried on as many ledgers as fit: one of two whole days takes seconds here, and a minute on a busy machine. */
fc.configureGlobal({ interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false });
jest.setTimeout(180_000);

(elasticsearchOrSkip() ? describe : describe.skip)('on a real server', () => {
  let dir: string;
  let server: ElasticsearchServer;
  let places: ElasticsearchPlaces;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-es-archive-'));
    server = await startElasticsearch({ dir });
    places = new ElasticsearchPlaces(server.url, `archive-${process.pid}`);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await places?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, START_TIMEOUT_MS);

  async function makePlace(): Promise<ArchivePlace> {
    const prefix = places.take();
    const options = { ...places.optionsFor(prefix), step: ARCHIVE_STEP };
    const open: { close(): Promise<void> }[] = [];
    return {
      open: async () => {
        const stores = await openElasticsearchStores({ ...options, cluster: 'c' });
        open.push(stores.ledger);
        return stores;
      },
      openHistory: async () => {
        const history = await openElasticsearchHistory(options);
        open.push(history);
        return history;
      },
      remove: async () => {
        for (const opened of open) await opened.close();
        await places.giveBack(prefix);
      },
    };
  }

  archiveContract('elasticsearch', makePlace, 2);
});
