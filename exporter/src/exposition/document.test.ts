import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { createExposition, type ExpositionDocument } from './document.js';
import { renderSnapshot } from './render.js';
import { plainOf, textOf } from './testing/decompress.js';
import * as f from './testing/fixtures.js';
import { parseExposition } from './testing/parse.js';
import { findProgram, promtoolLint } from './testing/promtool.js';
import { SMALL } from './testing/small.js';

const OPTIONS = { detail: 'pod', maxSeries: 100_000 } as const;

function httpRegistry(): { registry: Registry; requests: Counter } {
  const registry = new Registry();
  const requests = new Counter({
    name: 'greenkube_http_requests_total',
    help: 'Requests by "route"\\path.\nSecond line.',
    labelNames: ['route'],
    registers: [registry],
  });
  requests.inc({ route: '/metrics' }, 2);
  return { registry, requests };
}

/** Everything a document is, read once; the plain and the compressed must be the same. */
async function read(document: ExpositionDocument | null): Promise<{ text: string; openMetrics: string }> {
  const { text, openMetrics } = document!;
  const read = { text: await plainOf(text), openMetrics: await plainOf(openMetrics) };
  expect(gunzipSync(text.gzip).toString('utf8')).toBe(read.text);
  expect(gunzipSync(openMetrics.gzip).toString('utf8')).toBe(read.openMetrics);
  return read;
}

describe('the served document', () => {
  it('is none until a snapshot is published, also after a refresh', async () => {
    const exposition = createExposition([httpRegistry().registry]);
    await exposition.refresh();
    expect(exposition.current()).toBeNull();
  });

  it('is the snapshot, ended, before the process is looked at', async () => {
    const exposition = createExposition([]);
    const snapshot = renderSnapshot(SMALL, OPTIONS);
    exposition.publish(snapshot);
    const { text, openMetrics } = await read(exposition.current());
    expect(text).toBe(textOf(snapshot.text));
    expect(openMetrics).toBe(`${textOf(snapshot.openMetrics)}# EOF\n`);
  });

  it('ends in the metrics of the process', async () => {
    const exposition = createExposition([httpRegistry().registry]);
    exposition.publish(renderSnapshot(SMALL, OPTIONS));
    await exposition.refresh();
    const { text, openMetrics } = await read(exposition.current());
    expect(text).toMatch(
      /\n# HELP greenkube_http_requests_total Requests by "route"\\\\path\.\\nSecond line\.\n# TYPE greenkube_http_requests_total counter\ngreenkube_http_requests_total\{route="\/metrics"\} 2\n$/,
    );
    expect(openMetrics).toMatch(
      /\n# TYPE greenkube_http_requests counter\n# HELP greenkube_http_requests Requests by \\"route\\"\\\\path\.\\nSecond line\.\ngreenkube_http_requests_total\{route="\/metrics"\} 2\n# EOF\n$/,
    );
  });

  it('stays the same bytes until the next refresh or snapshot, whatever happens in the process', async () => {
    const { registry, requests } = httpRegistry();
    const exposition = createExposition([registry]);
    exposition.publish(renderSnapshot(SMALL, OPTIONS));
    await exposition.refresh();
    const before = exposition.current()!;
    requests.inc({ route: '/metrics' });
    expect(exposition.current()).toBe(before);
    await exposition.refresh();
    expect((await read(exposition.current())).text).toContain(
      'greenkube_http_requests_total{route="/metrics"} 3\n',
    );
    exposition.publish(renderSnapshot(f.snapshot(), OPTIONS));
    const { text } = await read(exposition.current());
    expect(text).not.toContain('greenkube_pod_power_watts{');
    expect(text).toContain('greenkube_http_requests_total{route="/metrics"} 3\n');
  });

  it('accepts a snapshot that came from another thread', async () => {
    const exposition = createExposition([]);
    exposition.publish(structuredClone(renderSnapshot(SMALL, OPTIONS)));
    expect((await read(exposition.current())).text).toContain('greenkube_pod_power_watts{');
  });

  it('is the same at any size', async () => {
    const exposition = createExposition([]);
    for (const pods of [0, 1, 100, 2000]) {
      exposition.publish(renderSnapshot(f.cluster(pods, 10), OPTIONS));
      expect((await read(exposition.current())).text.length).toBeGreaterThan(pods * 100);
    }
  });
});

describe('metrics of the process', () => {
  it('keep what was there when a collector fails, and say so', async () => {
    const registry = new Registry();
    let fail = false;
    new Gauge({
      name: 'sensor',
      help: 'A sensor.',
      registers: [registry],
      collect() {
        if (fail) throw new Error('sensor is gone');
        this.set(7);
      },
    });
    const exposition = createExposition([registry]);
    exposition.publish(renderSnapshot(f.snapshot(), OPTIONS));
    await exposition.refresh();
    fail = true;
    await expect(exposition.refresh()).rejects.toThrow('sensor is gone');
    expect((await read(exposition.current())).text).toMatch(/\nsensor 7\n$/);
  });

  it('may not repeat a family', async () => {
    const registry = new Registry();
    new Gauge({ name: 'greenkube_node_pue_ratio', help: 'Mine.', registers: [registry] });
    await expect(createExposition([registry]).refresh()).rejects.toThrow(
      'Metric greenkube_node_pue_ratio of the process is already written elsewhere; rename it',
    );
    const { registry: http } = httpRegistry();
    await expect(createExposition([http, http]).refresh()).rejects.toThrow('greenkube_http_requests_total');
  });

  it('may be histograms and summaries, with canonical bounds', async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ cluster: 'prod' });
    new Histogram({ name: 'took_seconds', help: 'Time.', buckets: [1, 2.5], registers: [registry] }).observe(
      2,
    );
    new Summary({ name: 'size_bytes', help: 'Size.', percentiles: [0.5, 1], registers: [registry] }).observe(
      3,
    );
    new Counter({ name: 'calls', help: 'Calls.', registers: [registry] }).inc(4);
    const exposition = createExposition([registry]);
    exposition.publish(renderSnapshot(f.snapshot(), OPTIONS));
    await exposition.refresh();
    const { text, openMetrics } = await read(exposition.current());
    const lines = text
      .slice(text.indexOf('# HELP took_seconds'))
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    expect(lines).toEqual([
      'took_seconds_bucket{le="1.0",cluster="prod"} 0',
      'took_seconds_bucket{le="2.5",cluster="prod"} 1',
      'took_seconds_bucket{le="+Inf",cluster="prod"} 1',
      'took_seconds_sum{cluster="prod"} 2',
      'took_seconds_count{cluster="prod"} 1',
      'size_bytes{quantile="0.5",cluster="prod"} 3',
      'size_bytes{quantile="1.0",cluster="prod"} 3',
      'size_bytes_sum{cluster="prod"} 3',
      'size_bytes_count{cluster="prod"} 1',
      'calls_total{cluster="prod"} 4',
      '',
    ]);
    parseExposition(openMetrics, 'openmetrics');
  });

  it("of prom-client's defaults are strictly right in both formats, and to promtool's liking", async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const exposition = createExposition([registry, httpRegistry().registry]);
    exposition.publish(renderSnapshot(SMALL, OPTIONS));
    await exposition.refresh();
    const { text, openMetrics } = await read(exposition.current());
    const families = parseExposition(text, 'text');
    expect([...families.keys()]).toEqual(
      expect.arrayContaining([
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'nodejs_eventloop_lag_p99_seconds',
      ]),
    );
    parseExposition(openMetrics, 'openmetrics');
    const promtool = findProgram('promtool');
    if (promtool !== null) expect(promtoolLint(promtool, Buffer.from(text))).toBe('');
  });
});
