/** INTENSITY_QUERY on a real Prometheus: the mean of each whole hour, and of no other. */
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPrometheusIntensity,
  type PrometheusIntensityProvider,
} from '../../exporter/src/collectors/prometheus-intensity/index.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';

const NOON = epochSeconds(1_767_268_800);
const HOUR = 3600;
const NOW = epochSeconds(NOON + 1000);
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('INTENSITY_QUERY', () => {
  let dir: string;
  let server: PrometheusServer;
  let provider: PrometheusIntensityProvider;

  /** 100 times the hour of the day; in Germany from two series, one of them 10 higher. */
  const value = (at: number) => 100 * Math.floor((at - (NOON - 12 * HOUR)) / HOUR);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-intensity-'));
    server = await startPrometheus({ dir });
    const times = Array.from({ length: (3 * HOUR + 1000) / 60 }, (_, i) => NOON - 3 * HOUR + i * 60);
    const series = (zone: string, feed: string, more: number) => ({
      labels: { __name__: 'grid', zone, feed },
      samples: times.map((at) => [at * 1000, value(at) + more] as const),
    });
    await remoteWrite(server.url, [series('FR', 'a', 0), series('DE', 'a', 0), series('DE', 'b', 10)]);
    provider = createPrometheusIntensity({
      query: 'grid * 1',
      url: server.url,
      verifyCerts: true,
      timeout: seconds(10),
      clock: { now: () => NOW },
    });
  }, 60_000);
  afterAll(async () => {
    await provider?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each([
    ['FR', 0],
    ['DE', 5],
  ])('is the mean of the hour in %s', async (zone, more) => {
    const range = { from: epochSeconds(NOON - 5 * HOUR), to: epochSeconds(NOON + HOUR) };
    expect(await provider.history(zone, range)).toEqual({
      ok: true,
      value: [
        { hour: NOON - 3 * HOUR, value: 900 + more, provisional: false },
        { hour: NOON - 2 * HOUR, value: 1000 + more, provisional: false },
        { hour: NOON - HOUR, value: 1100 + more, provisional: false },
        { hour: NOON, value: 1200 + more, provisional: true },
      ],
      warnings: [],
    });
  });

  it('says what is wrong with an expression', async () => {
    const wrong = createPrometheusIntensity({
      query: 'grid{',
      url: server.url,
      verifyCerts: true,
      timeout: seconds(10),
      clock: { now: () => NOW },
    });
    const outcome = await wrong.history('FR', { from: epochSeconds(NOON - HOUR), to: NOON });
    await wrong.close();
    expect(outcome).toMatchObject({ ok: false, reason: 'bad-request' });
    expect(!outcome.ok && outcome.message).toMatch(/INTENSITY_QUERY.*parse error/);
  });
});
