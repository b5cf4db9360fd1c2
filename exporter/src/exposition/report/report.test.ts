import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { TimeRange } from '../../domain/interval.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { add, MemoryHistory, type Fact } from '../../http/testing/memory-history.js';
import { sumsOf } from '../../http/testing/harness.js';
import { openReport, type ReportFormat, type ReportQuestion } from '../../pipeline/report.js';
import type { GroupKey } from '../../ports/history.js';
import { columnsOf, type Cell } from './columns.js';
import { csvCell } from './csv.js';
import { encodeReport } from './encode.js';
import { parseCsv, type ParsedCsv } from './testing/parse-csv.js';

const STEP = 3600;
const at = (text: string) => epochSeconds(Date.parse(text) / 1000);
const WEEKS: TimeRange = { from: at('2024-12-16T00:00:00Z'), to: at('2025-01-13T00:00:00Z') };

const factOf = (
  start: number,
  namespace: string,
  pod: string,
  energy: bigint,
  currency: string | null = 'USD',
): Fact => ({
  start,
  key: {
    cluster: 'c',
    namespace,
    workload: 'web',
    workload_type: 'Deployment',
    pod,
    node: 'n1',
    zone: 'FR',
    provider: 'aws',
  },
  sums: sumsOf(energy, energy / 2n, currency),
});

/** Every hour is known and has pods in three namespaces, one without a price. */
function fourWeeks(): MemoryHistory {
  const facts: Fact[] = [];
  const known = new Map<number, number>();
  for (let t: number = WEEKS.from; t < WEEKS.to; t += STEP) {
    known.set(t, 1);
    const e = BigInt((t / STEP) % 1009);
    facts.push(
      factOf(t, 'shop', 'web-1', 1000n + e),
      factOf(t, 'data', 'db-0', 7n * e),
      factOf(t, 'free', 'x', e, null),
    );
  }
  return new MemoryHistory(STEP, facts, known);
}

const question = (over: Partial<ReportQuestion> = {}): ReportQuestion => ({
  range: WEEKS,
  by: ['namespace'],
  filters: {},
  step: 'week',
  ledgerStep: seconds(STEP),
  ...over,
});

async function encoded(history: MemoryHistory, format: ReportFormat, over: Partial<ReportQuestion> = {}) {
  const report = encodeReport(await openReport(history, question(over)), format);
  return Buffer.concat(await collect(report.chunks));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** With a buffer of its own, as a reader of Parquet wants it. */
async function parquetOf(history: MemoryHistory, over?: Partial<ReportQuestion>): Promise<ArrayBuffer> {
  return Uint8Array.from(await encoded(history, 'parquet', over)).buffer;
}

interface JsonReport {
  readonly report: Record<string, unknown>;
  readonly columns: { name: string; type: string }[];
  readonly rows: Record<string, Cell>[];
  readonly row_count: number;
  readonly sha256: string;
  readonly verify: string;
}

const csvOf = async (history: MemoryHistory, over?: Partial<ReportQuestion>): Promise<ParsedCsv> =>
  parseCsv((await encoded(history, 'csv', over)).toString());
const jsonOf = async (history: MemoryHistory, over?: Partial<ReportQuestion>): Promise<JsonReport> =>
  JSON.parse((await encoded(history, 'json', over)).toString()) as JsonReport;

/** Rows of a CSV with the types of the columns of the JSON. */
const typed = (csv: ParsedCsv, { columns }: JsonReport) =>
  csv.rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, type }, i) => {
        const cell = row[i]!;
        return [name, type === 'number' ? (cell === '' ? null : Number(cell)) : cell];
      }),
    ),
  );

const HOSTILE = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '=1+1',
    '+x',
    '-x',
    '@x',
    '\tx',
    '\rx',
    '\nx',
    "'=x",
    "'",
    '',
    ' ',
    'a,b',
    '"',
    'a\n#b',
    '#',
    '＝1',
  ),
);
const arbHistory = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 24 * 28 - 1 }),
      HOSTILE,
      HOSTILE,
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.constantFrom('USD', 'EUR', null),
    ),
    { maxLength: 12 },
  )
  .map((drawn) => {
    const facts = drawn.map(([hour, ns, pod, e, currency]) =>
      factOf(WEEKS.from + hour * STEP, ns, pod, e, currency),
    );
    return new MemoryHistory(STEP, facts, new Map(facts.map((f) => [f.start, 1])));
  });

describe('formats', () => {
  it('of one report agree: CSV and Parquet read back are the rows of the JSON', () =>
    fc.assert(
      fc.asyncProperty(
        arbHistory,
        fc.constantFrom<GroupKey[]>([], ['namespace'], ['pod', 'zone'], ['workload']),
        fc.constantFrom('day', 'month', null),
        async (history, by, step) => {
          const json = await jsonOf(history, { by, step });
          const csv = await csvOf(history, { by, step });
          expect(csv.names).toEqual(json.columns.map((c) => c.name));
          expect(typed(csv, json)).toEqual(json.rows);
          const rows = await parquetReadObjects({ file: await parquetOf(history, { by, step }) });
          const back = rows.map((row) => ({
            ...row,
            from: (row.from as Date).toISOString().replace('.000', ''),
            to: (row.to as Date).toISOString().replace('.000', ''),
          }));
          expect(back).toEqual(json.rows);
        },
      ),
      { numRuns: 60 },
    ));

  it('have the hash of their rows', async () => {
    const history = fourWeeks();
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    const json = await jsonOf(history);
    const rowHash = hashOf(json.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect(json.sha256).toBe(rowHash);
    expect(json.row_count).toBe(json.rows.length);
    const text = (await encoded(history, 'csv')).toString();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(parseCsv(text).comments.sha256).toBe(hashOf(`${lines.join('\n')}\n`));
    const parquet = await parquetOf(history);
    const about = new Map(parquetMetadata(parquet).key_value_metadata?.map(({ key, value }) => [key, value]));
    expect(about.get('greenkube.rows_sha256')).toBe(rowHash);
    expect(about.get('greenkube.rows')).toBe(String(json.rows.length));
    expect(about.get('greenkube.coverage')).toBe('1');
  });

  it.each(['csv', 'json'] as const)('tell a command line that checks the hash of %s', async (format) => {
    const file = await encoded(fourWeeks(), format);
    const [verify, hash] =
      format === 'json'
        ? [
            (JSON.parse(file.toString()) as JsonReport).verify,
            (JSON.parse(file.toString()) as JsonReport).sha256,
          ]
        : [parseCsv(file.toString()).comments.verify!, parseCsv(file.toString()).comments.sha256!];
    const ran = spawnSync('sh', ['-c', verify.replace('FILE', '')], { input: file, encoding: 'utf8' });
    expect(ran.stdout.split(' ')[0]).toBe(hash);
  });

  it('a changed digit changes the hash', async () => {
    const one = await jsonOf(
      new MemoryHistory(STEP, [factOf(WEEKS.from, 'a', 'p', 1000n)], new Map([[WEEKS.from, 1]])),
    );
    const two = await jsonOf(
      new MemoryHistory(STEP, [factOf(WEEKS.from, 'a', 'p', 1001n)], new Map([[WEEKS.from, 1]])),
    );
    expect(one.sha256).not.toBe(two.sha256);
  });

  it('say scopes, method, sources, range and coverage above the rows', async () => {
    const { comments } = await csvOf(fourWeeks(), { filters: { namespace: ['a,=1', 'b\n='] } });
    expect(comments).toMatchObject({
      from: '2024-12-16T00:00:00Z',
      to: '2025-01-13T00:00:00Z',
      step: 'week',
      query: 'by=namespace&namespace=a%2C%3D1&namespace=b%0A%3D',
      coverage: '1',
      calculation_version: '1',
    });
    expect(comments.scope_2).toContain('GHG Protocol scope 2, location-based');
    expect(comments.scope_3).toContain('GHG Protocol scope 3, category 1');
    expect(comments.attribution).toContain('Electricity Maps (ODbL)');
    expect(comments.attribution).toContain('Ember (CC BY-SA 4.0)');
    expect((await jsonOf(fourWeeks())).report).toMatchObject({
      coverage: 1,
      attribution: comments.attribution,
    });
  });
});

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@a', '\ta', '\ra', '\na', "'a", '＝1'])('neutralises %j', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves figures and harmless text alone', () => {
    expect([1e21, 1e-7, 0.1, null, 'a-b', 'a=b'].map(csvCell)).toEqual([
      '1e+21',
      '1e-7',
      '0.1',
      '',
      'a-b',
      'a=b',
    ]);
  });

  it('is exactly this for a small history', async () => {
    const t = WEEKS.from;
    const facts = [
      factOf(t, 'shop', 'web-1', 3_600_000n),
      factOf(t + STEP, 'shop', 'web-1', 10n),
      factOf(t + STEP, '=cmd', 'x', 20n, null),
    ];
    const history = new MemoryHistory(
      STEP,
      facts,
      new Map([
        [t, 1],
        [t + STEP, 0.5],
      ]),
    );
    const range = { from: t, to: epochSeconds(t + 3 * STEP) };
    expect((await encoded(history, 'csv', { range, step: 'hour' })).toString()).toMatchSnapshot();
    expect((await encoded(history, 'json', { range, step: 'hour' })).toString()).toMatchSnapshot();
  });
});

describe('periods', () => {
  it('add up: days, weeks and months each to the total, in exact integers', async () => {
    const history = fourWeeks();
    const total = (await history.totals({ range: WEEKS, by: [], filters: {} })).total;
    for (const step of ['hour', 'day', 'week', 'month', 'year', null] as const) {
      const report = await openReport(history, question({ step }));
      const rows = (await collect(report.periods)).flat();
      expect(add(rows.map((row) => row.sums))).toEqual(total);
    }
  });

  it('are read only as they are taken, one question each', async () => {
    const history = fourWeeks();
    const report = await openReport(history, question({ step: 'day' }));
    expect(history.asked).toEqual(['totals']);
    const chunks = encodeReport(report, 'csv').chunks[Symbol.asyncIterator]();
    await chunks.next();
    expect(history.asked).toHaveLength(1);
    for (let days = 1; days <= 3; days++) {
      await chunks.next();
      expect(history.asked).toHaveLength(1 + days);
    }
    await chunks.return!();
  });

  it('of which nothing is known have no rows', async () => {
    const history = new MemoryHistory(STEP, [factOf(WEEKS.from, 'a', 'p', 5n)], new Map([[WEEKS.from, 1]]));
    const { rows } = await jsonOf(history, { step: 'day' });
    expect(rows.map((row) => row.period)).toEqual(['2024-12-16']);
  });
});

describe('columns', () => {
  it('name every key field of the groups there are', async () => {
    for (const by of [[], ['workload'], ['pod', 'node'], ['zone', 'provider', 'cluster']] as GroupKey[][]) {
      const report = await openReport(fourWeeks(), question({ by, step: null }));
      const [rows] = await collect(report.periods);
      const names = columnsOf(report.head).map((c) => c.name);
      for (const row of rows!) {
        for (const field of Object.keys(row.key)) expect(names).toContain(field);
      }
    }
  });

  it('of a currency that came in later are not left out in silence', async () => {
    const history = new MemoryHistory(STEP, [factOf(WEEKS.from, 'a', 'p', 5n)], new Map([[WEEKS.from, 1]]));
    const report = await openReport(history, question());
    const late = { ...report, head: { ...report.head, currencies: [] } };
    await expect(collect(encodeReport(late, 'csv').chunks)).rejects.toThrow('USD');
  });
});
