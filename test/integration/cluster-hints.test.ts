/** Autoscalers and kills for want of memory, from a real Prometheus that holds kube-state-metrics' series. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClusterHints } from '../../exporter/src/collectors/prometheus/hints.js';
import {
  createPrometheusSource,
  type PrometheusSource,
} from '../../exporter/src/collectors/prometheus/index.js';
import { bytes, epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { requireOrSkip } from '../servers/require.js';

const NOON = epochSeconds(1_767_268_800);
const DAY = 86_400;
const suite = requireOrSkip('prometheus') ? describe : describe.skip;

suite('hints about the cluster', () => {
  let dir: string;
  let server: PrometheusServer;
  let source: PrometheusSource;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-hints-'));
    server = await startPrometheus({ dir });
    const series = (
      name: string,
      labels: Record<string, string>,
      value: number,
      from: number,
      to: number,
    ) => ({
      labels: { __name__: name, cluster: 'a', job: 'kube-state-metrics', ...labels },
      samples: Array.from({ length: (to - from) / 60 }, (_, i) => [(from + i * 60) * 1000, value] as const),
    });
    const last = 'kube_pod_container_status_last_terminated_reason';
    const hpa = {
      namespace: 'shop',
      horizontalpodautoscaler: 'web-hpa',
      scaletargetref_kind: 'Deployment',
      scaletargetref_name: 'web',
    };
    const [from, to] = [NOON - 7200, NOON + 60];
    await remoteWrite(server.url, [
      series('kube_pod_info', { namespace: 'shop', pod: 'web-1' }, 1, from, to),
      series('kube_horizontalpodautoscaler_info', hpa, 1, from, to),
      series('kube_horizontalpodautoscaler_info', { ...hpa, job: 'opencost' }, 1, from, to),
      series(
        last,
        { namespace: 'shop', pod: 'web-1', container: 'web', reason: 'OOMKilled' },
        1,
        from,
        from + 600,
      ),
      series(last, { namespace: 'shop', pod: 'api-1', container: 'api', reason: 'OOMKilled' }, 0, from, to),
      series(last, { namespace: 'shop', pod: 'job-1', container: 'job', reason: 'Error' }, 1, from, to),
    ]);
    source = createPrometheusSource({
      url: server.url,
      verifyCerts: true,
      timeout: seconds(10),
      maxBytes: bytes(2 ** 20),
      extraMatchers: '',
      labels: [],
      clock: { now: () => NOON },
      log: { warn: () => undefined },
    });
  }, 60_000);
  afterAll(async () => {
    await source?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const ask = (matchers: string, length = DAY) =>
    createClusterHints(source.promQl, matchers).hints({ from: epochSeconds(NOON - length), to: NOON });

  it('are what the series say, once, whoever exposes them', async () => {
    expect(await ask('')).toMatchObject({
      ok: true,
      value: {
        autoscalers: [
          {
            namespace: 'shop',
            target: { name: 'web', type: 'Deployment' },
            kind: 'HorizontalPodAutoscaler',
            name: 'web-hpa',
          },
        ],
        outOfMemory: [{ namespace: 'shop', pod: 'web-1' }],
      },
    });
  });

  it('are of the range, and of the cluster that the matchers name', async () => {
    expect(await ask('cluster="a"', 3600)).toMatchObject({ value: { outOfMemory: [] } });
    expect(await ask('cluster="b"')).toMatchObject({ value: { autoscalers: null, outOfMemory: null } });
  });
});
