/** Answers of a real Kepler and of a real kube-state-metrics, scraped by a real Prometheus and joined. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createMeasuredSource } from '../../exporter/src/collectors/measured/index.js';
import { PrometheusClient } from '../../exporter/src/collectors/prometheus/client.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { createJsonClient } from '../../exporter/src/net/fetch-json.js';
import type { NodeReading } from '../../exporter/src/ports/measured-source.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';

const SAMPLES = join(import.meta.dirname, '../../exporter/src/collectors/measured/samples');
const sample = (name: string): string => readFileSync(join(SAMPLES, name), 'utf8');
const STEP = 5;
/** Kepler's two answers in turn, each for so many scrapes, one a second: up by what was drawn, then down as after a restart. */
const TURN = 6;

const valueIn = (text: string, zone: string): number =>
  Number(new RegExp(`^kepler_node_cpu_joules_total{[^}]*zone="${zone}"[^}]*} (.*)$`, 'm').exec(text)![1]);
/** J that packages and memory drew between the two answers. */
const DRAWN = ['package', 'dram'].reduce(
  (sum, zone) => sum + valueIn(sample('kepler-2.txt'), zone) - valueIn(sample('kepler-1.txt'), zone),
  0,
);

const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('recorded Kepler', () => {
  const dir = mkdtempSync(join(tmpdir(), 'measured-kepler-'));
  let exporters: Server;
  let server: PrometheusServer;
  let client: PrometheusClient;

  beforeAll(async () => {
    let scrapes = 0;
    exporters = createServer((request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      if (request.url === '/kube-state-metrics') response.end(sample('kube-node-info.txt'));
      else response.end(sample(`kepler-${1 + (Math.floor(scrapes++ / TURN) % 2)}.txt`));
    });
    await new Promise<void>((resolve) => exporters.listen(0, '127.0.0.1', resolve));
    const { port } = exporters.address() as AddressInfo;
    const job = (name: string) =>
      `  - {job_name: ${name}, metrics_path: /${name}, static_configs: [{targets: ['127.0.0.1:${port}']}]}\n`;
    const config = `global: {scrape_interval: 1s}\nscrape_configs:\n${job('kepler')}${job('kube-state-metrics')}`;
    server = await startPrometheus({ dir, config });
    client = new PrometheusClient(
      createJsonClient({ name: 'prometheus', baseUrl: server.url, timeoutMs: 10_000, maxBytes: 1e7 }),
    );
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.stop();
    exporters?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read as packages and memory of the node that kube-state-metrics names', async () => {
    const source = createMeasuredSource({ promQl: client, sources: 'auto' });
    const first = Math.floor(Date.now() / 1000 / STEP) * STEP - 2 * STEP;
    const found: NodeReading[] = [];
    for (let start = first; found.length === 0 && start < first + 60; start += STEP) {
      const wait = start + STEP + 2 - Date.now() / 1000;
      if (wait > 0) await delay(wait * 1000);
      const range = { from: epochSeconds(start), to: epochSeconds(start + STEP) };
      const outcome = await source.observe(range, seconds(STEP));
      if (!outcome.ok) throw new Error(outcome.message);
      found.push(...outcome.value.flatMap(({ nodes }) => nodes));
    }
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      node: 'ip-10-0-1-11',
      source: 'kepler',
      scope: 'cpu+dram',
      coverage: 1,
    });
    // increase() extends what it saw to the edges of the interval: by a quarter at one scrape a second and five seconds.
    expect(found[0]!.energy / DRAWN).toBeGreaterThan(0.99);
    expect(found[0]!.energy / DRAWN).toBeLessThan(1.4);
    // In between, a recorded counter does not move, or falls: no machine draws nothing.
    expect(['stuck', 'counter-reset']).toEqual(expect.arrayContaining(Object.keys(source.rejected())));
  }, 90_000);
});
