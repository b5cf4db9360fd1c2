/** The exporters that the pages are shown with: one with days of the demo world, one that knows nothing yet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startExporter, waitFor, type Exporter } from '../e2e/exporter.js';
import type { Source } from './host-server.js';

const TOKENS = { API_TOKEN: 'read-token', API_OPERATOR_TOKEN: 'operator-token' };

export interface World extends AsyncDisposable {
  readonly exporter: Exporter;
  readonly sources: readonly Source[];
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenkube-browser-'));
  const start = (name: string, args: readonly string[]) =>
    startExporter({ args: [`--db-path=${path.join(folder, name)}`, ...args], env: TOKENS, cwd: folder });
  // Nobody listens there: the exporter that reads it has nothing to tell.
  const nowhere = '--prometheus-url=http://127.0.0.1:9';
  const [exporter, empty] = await Promise.all([
    start('demo.db', ['--demo=on', '--demo-days=3', '--cluster-name=demo']),
    start('empty.db', [nowhere, '--kubernetes=off', '--cluster-name=empty']),
  ]);
  await collected(exporter);
  return {
    exporter,
    sources: sourcesOf(exporter.url, empty.url),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([exporter.stop(), empty.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const read = { apiToken: TOKENS.API_TOKEN };

function sourcesOf(url: string, emptyUrl: string): readonly Source[] {
  const source = (
    uid: string,
    name: string,
    at: string,
    secureJsonData: Source['secureJsonData'],
  ): Source => ({
    uid,
    name,
    jsonData: { url: at.replace(/\/$/, '') },
    secureJsonData,
  });
  return [
    source('gk', 'GreenKube', url, { ...read, operatorToken: TOKENS.API_OPERATOR_TOKEN }),
    source('wrong', 'Wrong token', url, { apiToken: 'not-the-token' }),
    source('reader', 'Without operator token', url, read),
    source('down', 'Exporter down', 'http://127.0.0.1:9', read),
    source('empty', 'Empty history', emptyUrl, read),
  ];
}

/** The history is in, and what is found in it. */
async function collected(exporter: Exporter): Promise<void> {
  const get = async <T>(at: string): Promise<T> => {
    const { status, text } = await exporter.get(at, { authorization: `Bearer ${TOKENS.API_TOKEN}` });
    if (status !== 200) throw new Error(`${at}: ${status} ${text}`);
    return JSON.parse(text) as T;
  };
  await waitFor('the demo world to be collected', async () => {
    const { intervals_pending, backfill } = await get<{ intervals_pending: number; backfill: unknown }>(
      '/api/v1/health',
    );
    return intervals_pending === 0 && backfill === null;
  });
  await waitFor('recommendations and scores', async () => {
    const [found, scores] = await Promise.all([
      get<{ items: unknown[] }>('/api/v1/recommendations?limit=1'),
      get<{ items: unknown[] }>('/api/v1/score?limit=1'),
    ]);
    return found.items.length > 0 && scores.items.length > 0;
  });
}
