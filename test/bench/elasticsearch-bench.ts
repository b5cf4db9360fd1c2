/**
 * The ledger on a real Elasticsearch: `node test/dist/test/bench/elasticsearch-bench.js` after `pnpm build` and
 * `tsc -p test/bench/tsconfig.json`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Manifests from '../../exporter/src/repositories/elasticsearch/manifest.js';
import type { ManifestDocument } from '../../exporter/src/repositories/elasticsearch/manifest.js';
import type { ElasticsearchOptions } from '../../exporter/src/repositories/factory.js';
import { startElasticsearch, type ElasticsearchServer } from '../servers/elasticsearch.js';
import { built } from './built.js';
import { DAY, FROM, measureLedger, MONTH_DAYS } from './ledger-bench.js';

const { Manifest } = await built<typeof Manifests>('repositories/elasticsearch/manifest.js');

const PREFIX = 'bench';
/** Further apart than generations of one day are. */
const GENERATIONS = 1_000_000;

async function sizes(server: ElasticsearchServer): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const [grain, name] of [
    ['intervals', 'usage'],
    ['hours', 'hour'],
    ['days', 'day'],
  ] as const) {
    const index = `${PREFIX}.${name}.*`;
    await server.request('POST', `/${index}/_forcemerge?max_num_segments=1`);
    const stats = (await server.request('GET', `/${index}/_stats/store`)) as {
      _all: { primaries: { store: { size_in_bytes: number } } };
    };
    found.set(grain, stats._all.primaries.store.size_in_bytes);
  }
  return found;
}

async function repeatDay(server: ElasticsearchServer): Promise<void> {
  const found = (await server.request('GET', `/${PREFIX}.state/_doc/head%2Fbench`)) as {
    _source: { body: { changed: ManifestDocument[] } };
  };
  const today = found._source.body.changed.find((document) => document.day === FROM)!;
  for (let n = 1; n < MONTH_DAYS; n++) {
    const day = Manifest.decode(today);
    const before = new Manifest(FROM - n * DAY, day.gen + n * GENERATIONS);
    const seal = day.seal!;
    before.seal = {
      ...seal,
      gen: seal.gen + n * GENERATIONS,
      first: seal.first! - n * DAY,
      last: seal.last! - n * DAY,
    };
    for (const [start, of] of day.hours)
      before.hours.set(start - n * DAY, { ...of, raw: false, held: false });
    await server.request(
      'PUT',
      `/${PREFIX}.state/_doc/${encodeURIComponent(`day/${before.day}/bench`)}`,
      before.encode('bench'),
    );
    await server.request('POST', '/_reindex', {
      source: { index: `${PREFIX}.day.*`, query: { term: { gen: seal.gen } } },
      dest: { index: `${PREFIX}.day.copy` },
      script: {
        source:
          "ctx._id = ctx._id + '-' + params.n; ctx._source.gen += params.n * params.g; " +
          "for (f in ['@timestamp', 'first', 'last']) { if (ctx._source[f] != null) ctx._source[f] -= params.n * 86400; }",
        params: { n, g: GENERATIONS },
      },
    });
    await server.request('POST', `/${PREFIX}.day.*/_refresh`);
  }
  await server.request('POST', `/${PREFIX}.*/_refresh`);
}

const folder = mkdtempSync(join(tmpdir(), 'greenkube-elasticsearch-bench-'));
const server = await startElasticsearch({ dir: folder });
const options: ElasticsearchOptions = {
  type: 'elasticsearch',
  hosts: [server.url],
  verifyCerts: true,
  prefix: PREFIX,
};
try {
  const about = (await server.request('GET', '/')) as { version: { number: string } };
  await measureLedger({
    server: `Elasticsearch ${about.version.number}`,
    options,
    manyOptions: { ...options, prefix: 'many' },
    commitGoal: 3,
    sizes: () => sizes(server),
    repeatDay: () => repeatDay(server),
  });
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
