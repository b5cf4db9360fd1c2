import { it } from '@jest/globals';
import { epochSeconds } from '../exporter/src/domain/units.js';
import { createWorld } from '../exporter/src/demo/world.js';
import { startPrometheus } from './servers/prometheus.js';
import { remoteWrite } from './servers/remote-write.js';
import { renderWorld } from './world/render.js';
it('x', async () => {
  const dir = '/tmp/e2edev/prom';
  const p = await startPrometheus({ dir, port: 9555 });
  const now = Math.floor(Date.now() / 1000);
  const from = Math.floor((now - 2 * 86400) / 300) * 300;
  const world = createWorld({ seed: 1, start: epochSeconds(from) });
  let render = 0, write = 0, n = 0, series = 0;
  let sent: Promise<void> = Promise.resolve(); let t = performance.now();
  for (const batch of renderWorld(world, { from: epochSeconds(from), to: epochSeconds(now), scrapeInterval: 60, detail: 'lean', batchSeconds: 3600 })) {
    render += performance.now() - t; t = performance.now();
    series = Math.max(series, batch.length);
    for (const s of batch) n += s.samples.length;
    await sent; sent = remoteWrite(p.url, batch);
    write += performance.now() - t; t = performance.now();
  }
  await sent; console.log({ render, write, n, series, from, now });
  await p.stop();
}, 300000);
