/** Measuring threads of the bench: what they report is collected here, so that nothing of it runs beside what is measured. */
import { Worker } from 'node:worker_threads';
import type { Exchange } from './measuring-proxy.js';
import type { ScrapeSample } from './scraper.js';

export interface Recording<T> {
  readonly items: readonly T[];
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Recording<Exchange> & { readonly url: string }> {
  const worker = new Worker(new URL('./measuring-proxy.js', import.meta.url), { workerData: target });
  const items: Exchange[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  worker.on('message', (exchange: Exchange) => items.push(exchange));
  return { url, items, stop: () => worker.terminate().then(() => undefined) };
}

export function startScraper(url: string): Recording<ScrapeSample> {
  const worker = new Worker(new URL('./scraper.js', import.meta.url), { workerData: url });
  const items: ScrapeSample[] = [];
  worker.on('message', (sample: ScrapeSample) => items.push(sample));
  return { items, stop: () => worker.terminate().then(() => undefined) };
}
