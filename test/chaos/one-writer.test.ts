/** One interval, committed a hundred times at once: by whom ever, it is in the ledger once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { podRow, resultOf, shareRow, STEP, T0 } from '../../exporter/src/ports/testing/results.js';
import { openLedger } from '../../exporter/src/repositories/factory.js';
import { compare, NO_DIFFERENCE, readContent } from './content.js';

jest.setTimeout(30_000);

const TIMES = 100;
const NOW = epochSeconds(T0 + 400);
const result = resultOf(T0, [
  ...Array.from({ length: 50 }, (_, i) => podRow({ pod: `pod-${i}` })),
  shareRow('idle'),
  shareRow('system'),
]);

let folder: string;
let path: string;
let once_: readonly string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-writers-'));
  path = join(folder, 'greenkube.db');
  const ledger = await open(join(folder, 'once.db'));
  await ledger.commit(result, NOW);
  await ledger.close();
  once_ = readContent(join(folder, 'once.db'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (file = path) => openLedger({ type: 'sqlite', path: file, cluster: 'c', step: STEP });
const expectOnce = () => expect(compare(readContent(path), once_)).toEqual(NO_DIFFERENCE);
const counted = (outcomes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(outcomes)].toSorted().map((o) => [o, outcomes.filter((x) => x === o).length]),
  );

describe('the same interval', () => {
  it('from one ledger at once is written once', async () => {
    const ledger = await open();
    const outcomes = await Promise.all(Array.from({ length: TIMES }, () => ledger.commit(result, NOW)));
    expect(counted(outcomes)).toEqual({ unchanged: TIMES - 1, written: 1 });
    await ledger.close();
    expectOnce();
  });

  it('from a second ledger is refused while the first is open', async () => {
    const ledger = await open();
    const openings = await Promise.allSettled(Array.from({ length: TIMES }, () => open()));
    expect(
      counted(
        openings.map((o) => (o.status === 'rejected' ? String((o.reason as Error).message) : 'opened')),
      ),
    ).toEqual({
      [`${path}.lock is in use by another exporter; only one may write to it: stop that one or name another file (database is locked)`.replace(
        '.lock',
        '',
      )]: TIMES,
    });
    await ledger.commit(result, NOW);
    await ledger.close();
    expectOnce();
  });

  it('from two ledgers whose lock somebody has removed is written once all the same', async () => {
    const first = await open();
    rmSync(`${path}.lock`);
    const second = await open();
    const outcomes = await Promise.all(
      Array.from({ length: TIMES }, (_, i) => (i % 2 === 0 ? first : second).commit(result, NOW)),
    );
    expect(counted(outcomes)).toEqual({ unchanged: TIMES - 1, written: 1 });
    await second.close();
    await first.close();
    expectOnce();
  });

  it('from processes whose lock somebody has removed is written once all the same', async () => {
    const file = join(folder, 'result.json');
    writeFileSync(file, JSON.stringify(result));
    const processes = Array.from({ length: 4 }, () => committer(file));
    const outcomes = (await Promise.all(processes)).flat();
    expect(counted(outcomes)).toEqual({ unchanged: TIMES - 1, written: 1 });
    expectOnce();
  });
});

/** Takes the lock away until it is admitted, waits for the others, and commits its share. */
async function committer(resultFile: string): Promise<string[]> {
  const factory = new URL('../../exporter/dist/repositories/factory.js', import.meta.url).href;
  const script = `
    import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { openLedger } from '${factory}';
    const [folder, path, file] = process.argv.slice(1);
    const result = JSON.parse(readFileSync(file, 'utf8'));
    let ledger = null;
    while (!ledger) {
      rmSync(path + '.lock', { force: true });
      ledger = await openLedger({ type: 'sqlite', path, cluster: 'c', step: ${STEP} }).catch(() => null);
    }
    writeFileSync(folder + '/ready-' + process.pid, '');
    while (readdirSync(folder).filter((f) => f.startsWith('ready-')).length < 4) await delay(2);
    for (let i = 0; i < ${TIMES / 4}; i++) console.log(await ledger.commit(result, ${NOW}));
    await ledger.close();`;
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder, path, resultFile], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await once(child, 'close');
  return output.trim().split('\n');
}
