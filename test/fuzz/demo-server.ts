/** The server of this version over a real ledger that a day of the demo world was committed to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effectiveConfig, loadConfig, type Config } from '../../exporter/src/app/config.js';
import { loadInput } from '../../exporter/src/app/launch-input.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { encodeReport } from '../../exporter/src/exposition/report/encode.js';
import type { AuthSettings, HttpDeps } from '../../exporter/src/http/deps.js';
import { createHttpServer } from '../../exporter/src/http/server.js';
import { JobQueue } from '../../exporter/src/pipeline/jobs.js';
import { StatusKeeper } from '../../exporter/src/pipeline/status.js';
import { factorSources } from '../../exporter/src/pipeline/testing/factor-sources.js';
import { available } from '../../exporter/src/ports/outcome.js';
import { openHistory, openOutlookHistory } from '../../exporter/src/repositories/factory.js';
import { runEngine } from '../e2e/engine-in-process.js';

/** 2026-03-02T12:00:00Z, a Monday. */
export const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const STEP = 300;

export interface DemoLedger extends Disposable {
  readonly path: string;
}

/** The last day before NOW, in a file of its own. */
export async function demoLedger(): Promise<DemoLedger> {
  const directory = mkdtempSync(join(tmpdir(), 'greenkube-fuzz-'));
  const path = join(directory, 'demo.db');
  const flags = { demo: 'on', 'demo-days': '1', 'db-path': path, 'cluster-name': 'c' };
  await runEngine({ flags, from: NOW, until: NOW + 60 });
  return { path, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

export interface Started extends AsyncDisposable {
  readonly url: string;
  /** Lines of the log, in JSON with their fields. */
  readonly log: readonly string[];
}

const OPEN: AuthSettings = {
  token: null,
  operatorToken: null,
  metricsToken: null,
  metricsAnonymous: true,
  allowAnonymous: false,
};

const UNLIMITED = {
  apiPerClient: 1e9,
  apiTotal: 1e9,
  scrapePerClient: 1e9,
  scrapeTotal: 1e9,
  probesPerClient: 1e9,
  failedTokens: 1e9,
};

/** @param env what the operator has set, for /config and the tokens */
export function configOf(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig(loadInput({ flags: {}, env, dotenvText: '', isTerminal: false }));
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  return loaded.config;
}

export async function startServer(
  path: string,
  config = configOf({ CLUSTER_NAME: 'c' }),
  over: Partial<HttpDeps> = {},
): Promise<Started> {
  const log: string[] = [];
  const line = (fields: object, message: string) => {
    const told = Object.entries(fields).map(([k, v]: [string, unknown]) => [
      k,
      v instanceof Error ? v.message : v,
    ]);
    log.push(JSON.stringify({ message, ...Object.fromEntries(told) }));
  };
  const clock = { now: () => epochSeconds(NOW) };
  let ids = 0;
  const keeper = new StatusKeeper(clock, () => 0);
  keeper.addSource('demo', true);
  await keeper.ask('demo', () => Promise.resolve(available(null)));
  keeper.completed(epochSeconds(NOW));
  const database = { type: 'sqlite', path, step: seconds(STEP) } as const;
  const history = await openHistory(database);
  const outlook = await openOutlookHistory(database);
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    rootPath: '',
    auth: OPEN,
    corsOrigins: [],
    limits: UNLIMITED,
    history,
    comparison: history,
    outlook,
    recommendations: outlook,
    jobs: new JobQueue({
      clock,
      newId: () => (++ids).toString(16).padStart(16, '0'),
      work: () => Promise.resolve(),
    }),
    config: () => effectiveConfig(config),
    podLabels: config.labels,
    factors: factorSources(),
    encodeReport,
    status: () => keeper.snapshot(),
    metrics: () => ({ body: Buffer.from('up 1\n'), contentType: 'text/plain; version=0.0.4', gzip: false }),
    version: { version: '0', revision: '0', nodeVersion: '0' },
    cluster: 'c',
    step: seconds(STEP),
    clock,
    log: { info: line, warn: line, error: line },
    ...over,
  });
  const { port } = await server.listen();
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await history.close();
      await outlook.close();
    },
  };
}
