/** A real Prometheus that holds a stretch of the demo world, as if it had scraped it. */
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import type { World } from '../../exporter/src/demo/world.js';
import { remoteWrite } from '../servers/remote-write.js';
import { renderWorld } from '../world/render.js';

/** Writes every scrape of the range. The counters of the world begin with its start. */
export async function loadWorld(
  url: string,
  world: World,
  range: TimeRange,
  scrapeInterval: number,
): Promise<void> {
  const batchSeconds = Math.max(3600, 60 * scrapeInterval);
  let sent: Promise<void> = Promise.resolve();
  // One batch is rendered while the one before is taken in.
  for (const batch of renderWorld(world, { ...range, scrapeInterval, detail: 'lean', batchSeconds })) {
    await sent;
    sent = remoteWrite(url, batch);
    sent.catch(() => undefined);
  }
  await sent;
}
