/** A real Prometheus scrapes the served document, compressed and in the format it prefers, and holds exactly its series. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createExposition } from './document.js';
import { negotiate } from './negotiate.js';
import { renderSnapshot } from './render.js';
import * as f from './testing/fixtures.js';
import { findProgram } from './testing/promtool.js';

const PODS = 400;
const HOSTILE = 'a"b\\c\nd,e={}\ré😀\0';

const prometheus = findProgram('prometheus');

(prometheus === null ? describe.skip : describe)('Prometheus', () => {
  const directory = mkdtempSync(join(tmpdir(), 'greenkube-scrape-'));
  const seen: { accept: string | undefined; contentType: string; gzip: boolean }[] = [];
  let target: Server;
  let server: ChildProcess;
  let url: string;
  let series = 0;

  beforeAll(async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const exposition = createExposition([registry]);
    const input = f.cluster(PODS, 10);
    const rows = [
      ...input.latest!.rows,
      f.pod(input.latest!.nodes[0]!.node, 'shop', HOSTILE, 'w', { energy: 12_345 }),
    ];
    const rendered = renderSnapshot(
      { ...input, latest: f.result(input.latest!.nodes, rows) },
      { detail: 'pod', maxSeries: 1e5 },
    );
    series = rendered.series;
    exposition.publish(rendered);
    await exposition.refresh();
    target = createServer(({ headers }, response) => {
      const chosen = negotiate(headers.accept, headers['accept-encoding']);
      seen.push({ accept: headers.accept, contentType: chosen.contentType, gzip: chosen.gzip });
      response.setHeader('content-type', chosen.contentType);
      if (chosen.gzip) response.setHeader('content-encoding', 'gzip');
      response.end(exposition.current()!.openMetrics.gzip);
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'greenkube',
          static_configs: [{ targets: [`127.0.0.1:${(target.address() as AddressInfo).port}`] }],
        },
      ],
    };
    writeFileSync(join(directory, 'prometheus.yml'), JSON.stringify(config));
    server = spawn(prometheus!, [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await until(async () => (await query('up'))[0]?.value === '1');
  }, 60_000);

  afterAll(async () => {
    if (server.exitCode === null) {
      server.kill();
      await once(server, 'exit');
    }
    target.closeAllConnections();
    target.close();
    rmSync(directory, { recursive: true, force: true });
  }, 30_000);

  async function query(expression: string): Promise<{ metric: Record<string, string>; value: string }[]> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(
      () => null,
    );
    if (response === null || !response.ok) return [];
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: value[1] }));
  }

  it('asked for compressed OpenMetrics', () => {
    expect(seen[0]).toMatchObject({
      contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      gzip: true,
    });
  });

  it('holds every series of the snapshot and of the process', async () => {
    expect(await query('count({__name__=~"greenkube_.+"})')).toEqual([{ metric: {}, value: String(series) }]);
    expect((await query('process_cpu_seconds_total')).length).toBe(1);
  });

  it('adds pods up to nodes', async () => {
    const sums = await query('sum by (node) (greenkube_pod_power_watts{namespace!="shop"})');
    const off = await query(
      'abs(sum by (node) (greenkube_pod_power_watts) - on (node) sum by (node) (greenkube_node_power_watts{part="pods"})) > 1e-9',
    );
    expect([sums.length, off]).toEqual([PODS / 50, []]);
  });

  it('reads names as they are', async () => {
    const [hostile] = await query('greenkube_pod_power_watts{namespace="shop"}');
    expect(hostile!.metric['pod']).toBe(HOSTILE);
    expect(hostile!.value).toBe('0.04115');
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Prometheus has not scraped within 30 s');
}
