import { describe, it } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { startPrometheus } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { smallCluster, START, STEP } from './small-cluster.js';
import { createPrometheusSource } from '../../exporter/src/collectors/prometheus/index.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
describe('try', () => {
  it('works', async () => {
    const p = await startPrometheus({ dir: mkdtempSync('/tmp/prom-') });
    try {
      await remoteWrite(p.url, smallCluster({ cluster: 'a', nodeLabel: true }));
      await remoteWrite(p.url, smallCluster({ cluster: 'b', nodeLabel: false }));
      for (const c of ['a', 'b']) {
        const s = createPrometheusSource({
          url: p.url,
          verifyCerts: true,
          timeout: seconds(10),
          maxBytes: 1e8,
          labels: ['app.kubernetes.io/name'],
          extraMatchers: `cluster="${c}"`,
          clock: { now: () => epochSeconds(START + 3 * STEP) },
          log: { warn: (f, m) => console.log(m, f) },
        });
        const r = await s.observe(
          { from: epochSeconds(START), to: epochSeconds(START + 900) },
          seconds(STEP),
        );
        if (!r.ok) {
          console.log(r);
          continue;
        }
        for (const w of r.value)
          console.log(
            c,
            w.interval.start - START,
            w.coverage,
            w.partialReasons,
            JSON.stringify(w.nodes, null, 0),
            '\n' + w.pods.map((x) => JSON.stringify(x)).join('\n'),
          );
        console.log(s.rejected(), await s.oldest(epochSeconds(START - 86400 * 3)), START);
        await s.close();
      }
    } finally {
      await p.stop();
    }
  }, 60000);
});
