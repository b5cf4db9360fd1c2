/** The probe of discovery against a real Prometheus. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProbe } from '../../exporter/src/collectors/discovery/index.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { requireOrSkip } from '../servers/require.js';

const describeWithPrometheus = requireOrSkip('prometheus') ? describe : describe.skip;

describeWithPrometheus('discovery of a real Prometheus', () => {
  let dir: string;
  let server: PrometheusServer;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-discovery-'));
    server = await startPrometheus({ dir });
  }, 40_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  it('knows it by its build, and knows that it is no OpenCost', async () => {
    const probe = createProbe({ timeoutMs: 5000 });
    const outcome = await probe('prometheus', server.url);
    expect(outcome.ok && outcome.value).toMatch(/^Prometheus \d+\.\d+\.\d+/);
    expect((await probe('opencost', server.url)).ok).toBe(false);
  });
});
