/** The ledger on a real Elasticsearch. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Manifests from '../../exporter/src/repositories/elasticsearch/manifest.js';
import type { ManifestDocument } from '../../exporter/src/repositories/elasticsearch/manifest.js';
import type { ElasticsearchOptions } from '../../exporter/src/repositories/factory.js';
import { startElasticsearch, type ElasticsearchServer } from '../servers/elasticsearch.js';
import { built } from './built.js';
import {
  DAY,
  FROM,
  measureLedger,
  MONTH_DAYS,
  type LedgerFigures,
  type Say,
  type Sizes,
} from './ledger-bench.js';

const { Manifest } = await built<typeof Manifests>('repositories/elasticsearch/manifest.js');

export interface ElasticsearchResult extends LedgerFigures {
  readonly kind: 'elasticsearch';
}

const PREFIX = 'bench';
/** Further apart than generations of one day are. */
const GENERATIONS = 1_000_000;

async function sizes(server: ElasticsearchServer): Promise<Sizes> {
  const bytesOf = async (name: string): Promise<number> => {
    const index = `${PREFIX}.${name}.*`;
    await server.request('POST', `/${index}/_forcemerge?max_num_segments=1`);
    const stats = (await server.request('GET', `/${index}/_stats/store`)) as {
      _all: { primaries: { store: { size_in_bytes: number } } };
    };
    return stats._all.primaries.store.size_in_bytes;
  };
  return { intervals: await bytesOf('usage'), hours: await bytesOf('hour'), days: await bytesOf('day') };
}

async function repeatDay(server: ElasticsearchServer): Promise<void> {
  const found = (await server.request('GET', `/${PREFIX}.state/_doc/head%2Fbench`)) as {
    _source: { body: { changed: ManifestDocument[] } };
  };
  const today = found._source.body.changed.find((document) => document.day === FROM)!;
  const ofYear = `${PREFIX}.day.${new Date(FROM * 1000).getUTCFullYear()}`;
  await server.request('POST', `/${ofYear}/_refresh`);
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
      source: { index: ofYear, query: { term: { gen: seal.gen } } },
      dest: { index: `${PREFIX}.day.copy` },
      script: {
        source:
          "ctx._id = ctx._id + '-' + params.n; ctx._source.gen += params.n * params.g; " +
          "for (f in ['@timestamp', 'first', 'last']) { if (ctx._source[f] != null) ctx._source[f] -= params.n * 86400; }",
        params: { n, g: GENERATIONS },
      },
    });
  }
  await server.request('POST', `/${PREFIX}.*/_refresh`);
}

export async function runElasticsearchBench(say: Say): Promise<ElasticsearchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'greenkube-elasticsearch-bench-'));
  const server = await startElasticsearch({ dir: folder, measured: true });
  const options: ElasticsearchOptions = {
    type: 'elasticsearch',
    hosts: [server.url],
    verifyCerts: true,
    prefix: PREFIX,
  };
  try {
    const about = (await server.request('GET', '/')) as { version: { number: string } };
    const figures = await measureLedger(
      {
        server: `Elasticsearch ${about.version.number}`,
        options,
        manyOptions: { ...options, prefix: 'many' },
        sizes: () => sizes(server),
        repeatDay: () => repeatDay(server),
        forgetAnswers: async () => void (await server.request('POST', `/${PREFIX}.*/_cache/clear`)),
      },
      say,
    );
    return { kind: 'elasticsearch', ...figures };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
