/** An expression of SCI_FILE on a real Prometheus: the units of each whole hour, and of no other. */
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPrometheusUnits,
  type PrometheusUnits,
} from '../../exporter/src/collectors/prometheus-units/index.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';

const NOON = epochSeconds(1_767_268_800);
const HOUR = 3600;
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('SCI_FILE', () => {
  let dir: string;
  let server: PrometheusServer;
  let source: PrometheusUnits;

  const units = (query: string) =>
    source.units(query, { from: epochSeconds(NOON - 3 * HOUR), to: epochSeconds(NOON + HOUR) });

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-sci-'));
    server = await startPrometheus({ dir });
    const times = Array.from({ length: (4 * HOUR + 900) / 60 }, (_, i) => NOON - 4 * HOUR + i * 60);
    /** A counter of `rate` a second, ten times as much from the last whole hour on. */
    const counter = (pod: string, rate: number) => ({
      labels: { __name__: 'http_requests_total', service: 'web', pod },
      samples: times.map((at) => {
        const late = Math.max(0, at - (NOON - HOUR));
        return [at * 1000, rate * (at - times[0]! + 9 * late)] as const;
      }),
    });
    await remoteWrite(server.url, [counter('a', 1), counter('b', 2)]);
    source = createPrometheusUnits({
      url: server.url,
      verifyCerts: true,
      timeout: seconds(10),
      clock: { now: () => epochSeconds(NOON + 900) },
    });
  }, 60_000);
  afterAll(async () => {
    await source?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('gives what was done in each hour that is over', async () => {
    const outcome = await units('sum(increase(http_requests_total{service="web"}[$window]))');
    if (!outcome.ok) throw new Error(outcome.message);
    expect(outcome.value.map(({ hour }) => (hour - NOON) / HOUR)).toEqual([-3, -2, -1]);
    for (const { hour, value } of outcome.value) {
      const done = 3 * HOUR * (hour === NOON - HOUR ? 10 : 1);
      expect(value / done).toBeGreaterThan(0.97);
      expect(value / done).toBeLessThan(1.03);
    }
  });

  it('says what is wrong with an expression', async () => {
    const series = await units('increase(http_requests_total[$window])');
    expect(series).toMatchObject({
      ok: false,
      reason: 'bad-request',
      message: expect.stringMatching(/2 series/),
    });
    const wrong = await units('sum(http_requests_total{');
    expect(wrong).toMatchObject({
      ok: false,
      reason: 'bad-request',
      message: expect.stringMatching(/parse error/),
    });
  });
});
