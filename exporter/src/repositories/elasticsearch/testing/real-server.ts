/** Suites on a real Elasticsearch of their own, with empty places on it and a network in between that can be made to fail. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../../../../../test/servers/elasticsearch.js';
import { startFailingProxy, type FailingProxy } from './failing-proxy.js';
import { ElasticsearchPlaces } from './store.js';

const START_TIMEOUT_MS = 240_000;

/** There from the first `beforeAll` of the suite on. */
export interface RealServer {
  /** Of its data. */
  dir: string;
  server: ElasticsearchServer;
  /** In front of it. */
  proxy: FailingProxy;
  places: ElasticsearchPlaces;
}

/** @param name of the suite's folder and indices */
export function onRealServer(title: string, name: string, suite: (on: RealServer) => void): void {
  (elasticsearchOrSkip() ? describe : describe.skip)(title, () => {
    const on = {} as RealServer;
    beforeAll(async () => {
      on.dir = mkdtempSync(join(tmpdir(), `greenkube-es-${name}-`));
      on.server = await startElasticsearch({ dir: on.dir });
      on.proxy = await startFailingProxy(on.server.url);
      on.places = new ElasticsearchPlaces(on.server.url, `${name}-${process.pid}`);
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await on.places?.close();
      await on.proxy?.close();
      await on.server?.stop();
      rmSync(on.dir, { recursive: true, force: true });
    }, START_TIMEOUT_MS);
    suite(on);
  });
}
