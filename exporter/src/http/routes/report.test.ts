import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ratio } from '../../domain/units.js';
import type { Group, Totals, TotalsQuery } from '../../ports/history.js';
import { parseCsv } from '../../exposition/report/testing/parse-csv.js';
import { madeUpPast, NOW, rawRequest, start, sumsOf } from '../testing/harness.js';
import { MemoryHistory } from '../testing/memory-history.js';

interface Row {
  readonly [column: string]: string | number | null;
}

interface Figures {
  readonly co2e_grams: { readonly total: number; readonly operational: number };
  readonly energy_joules: number;
}

const DAY = 86_400;

/** Known for ever, with so many groups in every bucket that a period is a megabyte; counts what it was asked. */
class Endless extends MemoryHistory {
  periods = 0;
  failAt = Infinity;

  override async totals({ by }: TotalsQuery): Promise<Totals> {
    if (by.length > 0 && ++this.periods >= this.failAt) throw new Error('the disk is gone');
    const groups: Group[] = Array.from({ length: by.length === 0 ? 1 : 4000 }, (_, i) => ({
      key: { cluster: 'c', namespace: `namespace-${i}` },
      sums: sumsOf(BigInt(i) * 997n),
      coverage: ratio(1),
    }));
    return { groups, total: sumsOf(1000n), coverage: ratio(1) };
  }
}

const endless = () => new Endless(300, [], new Map());
const YEAR = `/api/v1/report/export?by=namespace&step=day&from=${NOW - 365 * DAY}`;

/** A client that reads nothing after the head. */
function stalled(url: string) {
  return new Promise<{ destroy(): void }>((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.pause();
      resolve({ destroy: () => request.destroy() });
    });
    request.on('error', () => undefined);
  });
}

/** Waits until a count has stood still for a while. */
async function standstill(count: () => number): Promise<number> {
  for (let before = -1; before !== count(); await delay(200)) before = count();
  return count();
}

describe('GET /report/export', () => {
  it.each([
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json'],
    ['parquet', 'application/vnd.apache.parquet'],
  ])('sends %s as a file', async (format, type) => {
    await using api = await start();
    const reply = await api.get(`/api/v1/report/export?format=${format}&by=namespace&last=1h`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe(type);
    expect(reply.headers.get('content-disposition')).toBe(
      `attachment; filename="greenkube-2026-01-15T110000Z-2026-01-15T120000Z.${format}"`,
    );
  });

  it('adds up to /totals, by any step', async () => {
    await using api = await start();
    const { total } = (await api.get('/api/v1/totals?last=2h')).json<{ total: Figures }>();
    for (const step of ['', '&step=raw', '&step=hour', '&step=week']) {
      const reply = await api.get(`/api/v1/report/export?format=json&by=pod&last=2h${step}`);
      const { rows } = reply.json<{ rows: Row[] }>();
      const sum = (column: string) => rows.reduce((s, row) => s + Number(row[column]), 0);
      expect(sum('energy_joules')).toBeCloseTo(total.energy_joules, 6);
      expect(sum('co2e_grams')).toBeCloseTo(total.co2e_grams.total, 9);
    }
  });

  it('filters and groups as /totals does', async () => {
    await using api = await start();
    const reply = await api.get('/api/v1/report/export?by=workload,node&namespace=ns-1&last=1h');
    const { names, rows } = parseCsv(reply.text);
    expect(names.slice(3, 8)).toEqual(['cluster', 'namespace', 'workload', 'workload_type', 'node']);
    expect(new Set(rows.map((row) => row[4]))).toEqual(new Set(['ns-1']));
  });

  it.each([
    ['format=xml', 'format', 'Allowed: csv, json, parquet.'],
    ['step=fortnight', 'step', 'Allowed: raw, hour, day, week, month, year.'],
    ['step=raw&last=1y', 'step', 'Use step=hour or longer, or shorten the range.'],
    ['by=label:nobody', 'by', /^Allowed: .*label:team/],
    ['setp=day', 'setp', /Did you mean step\?/],
  ])('refuses %s', async (query, parameter, fix) => {
    await using api = await start();
    const reply = await api.get(`/api/v1/report/export?${query}`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ parameter, fix: expect.stringMatching(fix) });
  });

  it('answers HEAD without reading a row', async () => {
    const history = endless();
    await using api = await start({ history });
    const reply = await rawRequest(api.port, { method: 'HEAD', path: YEAR });
    expect([reply.status, reply.text, history.periods]).toEqual([200, '', 0]);
  });

  it('reads no further than a client takes, and stops when it is gone', async () => {
    const history = endless();
    await using api = await start({ history });
    const client = await stalled(api.url + YEAR);
    const ahead = await standstill(() => history.periods);
    expect(ahead).toBeLessThan(60);
    client.destroy();
    expect(await standstill(() => history.periods)).toBeLessThanOrEqual(ahead + 2);
  });

  it('refuses more than four at a time and recovers', async () => {
    const history = endless();
    await using api = await start({ history });
    const clients = await Promise.all([1, 2, 3, 4].map(() => stalled(api.url + YEAR)));
    const refused = await api.get(YEAR);
    expect([refused.status, refused.json().type]).toEqual([503, '/problems/overloaded']);
    for (const client of clients) client.destroy();
    await standstill(() => history.periods);
    expect((await rawRequest(api.port, { method: 'HEAD', path: YEAR })).status).toBe(200);
  });

  it('never lets a part pass for the whole', async () => {
    const history = endless();
    history.failAt = 3;
    await using api = await start({ history });
    await expect(api.get(YEAR)).rejects.toThrow();
    expect(api.log.filter((line) => line.level === 'error')).toHaveLength(1);
  });
});

describe('GET /report/summary', () => {
  it('is the sums of the range under the names of 0.2, with what they rest on', async () => {
    await using api = await start();
    const { total } = (await api.get('/api/v1/totals?last=1h')).json<{ total: Figures }>();
    const summary = (await api.get('/api/v1/report/summary?last=1h&by=namespace')).json();
    expect(summary).toMatchObject({
      from: '2026-01-15T11:00:00Z',
      to: '2026-01-15T12:00:00Z',
      total_energy_joules: total.energy_joules,
      total_co2e_grams: total.co2e_grams.operational,
      total_co2e_all_scopes: total.co2e_grams.total,
      currency: 'USD',
      unique_pods: 12,
      unique_namespaces: 4,
      total_rows: 4,
      coverage: 11 / 12,
      calculation_version: 1,
      attribution: expect.stringContaining('Electricity Maps (ODbL)'),
      total,
    });
  });
});

describe('GET /report/years', () => {
  it('lists the years that are known', async () => {
    await using api = await start({ history: madeUpPast() });
    expect((await api.get('/api/v1/report/years')).json()).toEqual([2026]);
  });

  it('is empty for a new ledger', async () => {
    await using api = await start({ history: new MemoryHistory(300, [], new Map()) });
    expect((await api.get('/api/v1/report/years')).json()).toEqual([]);
  });
});
