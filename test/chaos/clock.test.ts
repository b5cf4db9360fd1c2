/** What time can do to a ledger: nothing. Absence, a clock that is off, summer time, the end of the year, the zone of the machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { floorTo } from '../../exporter/src/domain/interval.js';
import { live, type Life } from './collector.js';
import { compare, NO_DIFFERENCE, readContent, shortened } from './content.js';
import { DAY, HOUR, lifeFrom, scenario, type Scenario } from './scenario.js';
import { makeTwin, type Twin } from './twin.js';

jest.setTimeout(120_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-clock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newFolder = () => mkdtempSync(join(folder, 'own-'));
const twinOf = (over: Partial<Scenario>): Promise<Twin> => makeTwin(scenario(over), newFolder());

function expectSound({ errors, code }: Life): void {
  expect({ errors, code }).toEqual({ errors: [], code: 0 });
}

type Line = Readonly<Record<string, string | number>>;
const said = (line: string) => JSON.parse(line.slice(line.indexOf(' '))) as Line;
const parsed = (content: readonly string[], table: string) =>
  content.filter((line) => line.startsWith(`${table} `)).map(said);
const startOf = (line: Line) => Number(line['start']);

describe('a collector that was off for 14 days', () => {
  const step = HOUR;
  const start = Date.UTC(2026, 2, 1, 20) / 1000;
  const over = {
    start,
    step,
    end: start + 16 * DAY + step + 60,
    retention: { raw: 30 * DAY, hour: 90 * DAY, day: null },
    lateUntil: 0,
  };
  const away = { from: start + DAY + 61, to: start + 15 * DAY + 61 };

  let twin: Twin;
  let path: string;
  beforeAll(async () => {
    twin = await twinOf(over);
  });
  beforeEach(() => {
    path = join(newFolder(), 'ledger.db');
  });

  it('has no gap and nothing double once it is back', async () => {
    expectSound(await live({ ...lifeFrom(twin, path, twin.scenario.begin), until: away.from }));
    expectSound(await live(lifeFrom(twin, path, away.to)));
    expect(shortened(compare(readContent(path), twin.content))).toEqual(NO_DIFFERENCE);
    expect(parsed(twin.content, 'interval').filter((i) => i['state'] === 'complete')).toHaveLength(
      16 * 24 + 3,
    );
  });

  it('has what its source still remembers, and says of the rest that it cannot be known', async () => {
    const forgetful = { ...twin, scenario: { ...twin.scenario, remembers: 10 * DAY } };
    expectSound(await live({ ...lifeFrom(forgetful, path, twin.scenario.begin), until: away.from }));
    expectSound(await live(lifeFrom(forgetful, path, away.to)));
    const content = readContent(path);
    const [marks, all] = [content, twin.content].map((c) => parsed(c, 'interval'));
    const known = new Set(marks!.map(startOf));
    // A day of which nothing is known has no mark; one of which something is, is whole.
    const unknown = all!.map(startOf).filter((at) => !known.has(at));
    const days = [2, 3, 4].map((n) => floorTo(start, DAY) + n * DAY);
    expect(unknown).toEqual(days.flatMap((day) => Array.from({ length: 24 }, (_, i) => day + i * HOUR)));
    expect(parsed(content, 'day_seal').map(startOf)).toEqual(
      parsed(twin.content, 'day_seal')
        .map(startOf)
        .filter((day) => !days.includes(day)),
    );
    const impossible = marks!.filter((m) => m['state'] === 'impossible').map(startOf);
    expect(impossible.filter((at) => at >= start && at < away.from - 2 * HOUR)).toEqual([]);
    const { lost, added } = compare(ofIntervals(content), ofIntervals(twin.content));
    expect(added.map((l) => startOf(said(l))).filter((at) => !impossible.includes(at))).toEqual([]);
    const gone = new Set([...impossible, ...unknown]);
    expect(lost.map((l) => startOf(said(l))).filter((at) => !gone.has(at))).toEqual([]);
    // The head of the first day, four days, and the hour that the source held in part.
    expect(gone.size).toBe(20 + (14 - 10) * 24 + 1);
  });

  const ofIntervals = (content: readonly string[]) =>
    content.filter((l) => /^(interval|pod_usage|node_usage|namespace_usage) /.test(l));
});

describe('a clock that jumps', () => {
  let twin: Twin;
  beforeAll(async () => {
    twin = await twinOf({});
  });

  it.each([
    [
      'an hour ahead and back',
      [
        { after: 10 * HOUR, by: HOUR },
        { after: 20 * HOUR, by: 0 },
      ],
    ],
    [
      'an hour behind and back',
      [
        { after: 10 * HOUR, by: -HOUR },
        { after: 20 * HOUR, by: 0 },
      ],
    ],
    [
      'to and fro every few hours',
      Array.from({ length: 8 }, (_, i) => ({
        after: (3 + 5 * i) * HOUR + 77 * i,
        by: [HOUR, 0, -HOUR, 0][i % 4]!,
      })),
    ],
  ])('%s leads to the same ledger', async (_how, jumps) => {
    const path = join(newFolder(), 'ledger.db');
    const { start, begin } = twin.scenario;
    const set = jumps.map(({ after, by }) => ({ at: start + after, by }));
    expectSound(await live({ ...lifeFrom(twin, path, begin), jumps: set }));
    expect(shortened(compare(readContent(path), twin.content))).toEqual(NO_DIFFERENCE);
  });
});

describe('the zone of the machine', () => {
  const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  const evening = (month: number, day: number, year = 2026) => Date.UTC(year, month - 1, day, 20) / 1000;

  it.each([
    ['the end of the year', evening(12, 30, 2025), ZONES],
    ['summer time in Europe', evening(3, 27), ['Europe/Berlin']],
    ['winter time in America', evening(10, 31), ['America/New_York']],
    ['summer time by half an hour', evening(4, 3), ['Australia/Lord_Howe']],
  ])('does not matter at %s', async (_when, start, zones) => {
    const step = HOUR;
    const twin = await twinOf({ start, step, end: start + 56 * HOUR + step + 60 });
    const inUtc = demoDigest(start, 'UTC');
    for (const zone of zones) {
      const path = join(newFolder(), 'ledger.db');
      expectSound(await live(lifeFrom(twin, path, twin.scenario.begin), { env: { TZ: zone } }));
      expect(shortened(compare(readContent(path), twin.content))).toEqual(NO_DIFFERENCE);
      expect(demoDigest(start, zone)).toBe(inUtc);
    }
  });

  function demoDigest(from: number, TZ: string): string {
    const dist = new URL('../../exporter/dist/demo/', import.meta.url);
    const script = `
      import { createHash } from 'node:crypto';
      import { createDemoSource } from '${new URL('usage-source.js', dist).href}';
      import { createWorld } from '${new URL('world.js', dist).href}';
      const source = createDemoSource(createWorld({ seed: 1, start: ${from} }));
      const hash = createHash('sha256');
      for (let at = ${from}; at < ${from} + 56 * 3600; at += 20 * 3600) {
        hash.update(JSON.stringify(await source.observe({ from: at, to: at + 3600 }, 3600)));
      }
      console.log(hash.digest('hex'));`;
    const { PATH = '' } = process.env;
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH, TZ },
      encoding: 'utf8',
    });
  }
});
