/** Writers to a database server as processes of their own, what they are told, and what has come of it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import { epochSeconds, ratio, seconds } from '../../exporter/src/domain/units.js';
import type { Ledger } from '../../exporter/src/ports/ledger.js';
import { contentOf } from '../../exporter/src/ports/testing/ledger-content.js';
import { arbResult, T0 } from '../../exporter/src/ports/testing/results.js';
import { openHistory, openStores, type DatabaseOptions } from '../../exporter/src/repositories/factory.js';

const WRITER = fileURLToPath(new URL('./child/database-writer.mjs', import.meta.url));
const STEP = seconds(1800);
const PRUNE_EVERY = 7;

/** A story whose later parts tell some of the former anew, so that whole hours and days are replaced. */
function story(seed: number, intervals: number): IntervalResult[] {
  const [pool] = fc.sample(fc.array(arbResult(T0), { minLength: 4, maxLength: 4 }), { seed, numRuns: 1 });
  const moved = (n: number, revision: string): IntervalResult => ({
    ...pool![(n + seed) % 4]!,
    interval: { start: epochSeconds(T0 + n * STEP), step: STEP },
    state: 'complete',
    coverage: ratio(1),
    partialReasons: [],
    revision,
  });
  return Array.from({ length: intervals }, (_, n) => [
    moved(n, 'r1'),
    ...(n >= 30 && n % 5 === 0 ? [moved(n - 3, `r${n}`)] : []),
  ]).flat();
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

export interface Life {
  readonly kill?: { readonly n: number; readonly when: 'before' | 'after' };
  /** Until it is killed, ms from when it holds the ledger. */
  readonly afterMs?: number;
  /** Stops itself after this commit. */
  readonly pause?: number;
  readonly breakage?: string;
}
export type Ending = 'killed' | 'done' | 'failed';

export interface WritersOptions {
  /** Where the stories are kept. */
  readonly folder: () => string;
  /** A place of its own in the same server for each name. */
  readonly optionsFor: (place: 'chaos' | 'twin') => DatabaseOptions;
  /** Of a story. */
  readonly intervals: number;
}

export class DatabaseWriters {
  readonly #options: WritersOptions;

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** The file of its results, of which a ledger that nothing happens to is written. */
  async twinOf(cluster: string, seed: number): Promise<string> {
    const { folder, optionsFor, intervals } = this.#options;
    const results = story(seed, intervals);
    const twin = await openStores({ ...optionsFor('twin'), cluster, step: STEP });
    await tell(twin.ledger, results);
    await twin.ledger.close();
    const file = join(folder(), `${cluster}.results`);
    writeFileSync(file, serialize(results));
    return file;
  }

  async contentIn(place: 'chaos' | 'twin', cluster: string) {
    const options = this.#options.optionsFor(place);
    const { ledger } = await openStores({ ...options, cluster, step: STEP });
    const history = await openHistory({ ...options, step: STEP });
    const found = await contentOf(ledger, history, cluster);
    await ledger.close();
    await history.close();
    return found;
  }

  start(cluster: string, file: string, life: Life, onLine: (line: string, child: ChildProcess) => void) {
    const options = { ...this.#options.optionsFor('chaos'), cluster, step: STEP };
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
        else if (breakage !== undefined || pause !== undefined) resolve('failed');
        else reject(new Error(`the writer of ${cluster} ended with ${code}: ${said}`));
      });
    });
    return { child, ended };
  }

  async live(cluster: string, file: string, life: Life): Promise<Ending> {
    let timer: NodeJS.Timeout | undefined;
    const { ended } = this.start(cluster, file, life, (line, child) => {
      if (line === 'open' && life.afterMs !== undefined)
        timer = setTimeout(() => child.kill('SIGKILL'), life.afterMs);
    });
    return ended.finally(() => clearTimeout(timer));
  }
}
