/** From the start of the process on a full database to what a scraper and a reader of the API get. */
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ExporterProcess, type ExporterOptions } from './exporter-process.js';
import type { RestartResult } from './results.js';

const TRIES = 5;
const POLL_MS = 10;

export type RestartOptions = Pick<ExporterOptions, 'prometheusUrl' | 'databasePath' | 'clock' | 'flags'> & {
  readonly pods: number;
  readonly intervals: number;
  /** A family that the first document shall have; power of pods where none is given. */
  readonly family?: string;
};

export async function runRestartBench(options: RestartOptions): Promise<RestartResult> {
  const { family = 'greenkube_pod_power_watts' } = options;
  const metrics: number[] = [];
  const totals: number[] = [];
  const stop: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const exporter = new ExporterProcess(options);
    try {
      const url = await exporter.url();
      const [scraped, summed] = await Promise.all([
        answered(`${url}metrics`, exporter, (body) => body.includes(`\n${family}{`)),
        answered(`${url}api/v1/totals`, exporter, (body) => body.includes('"energy_joules"')),
      ]);
      metrics.push(scraped);
      totals.push(summed);
    } finally {
      stop.push(await exporter.stop());
    }
  }
  const { pods, intervals, databasePath } = options;
  return {
    kind: 'restart',
    pods,
    intervals,
    databaseBytes: statSync(databasePath).size,
    metrics,
    totals,
    stop,
  };
}

/** Seconds from the start of the process until the address answers 200 with a body that holds data. */
async function answered(
  url: string,
  exporter: ExporterProcess,
  test: (body: string) => boolean,
): Promise<number> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    const body = await answer?.text();
    const after = (performance.timeOrigin + performance.now() - exporter.startedAt) / 1000;
    if (answer?.ok && test(body!)) return after;
    if (!exporter.running || after > 60) throw new Error(`${url} did not answer with data within a minute`);
    await delay(POLL_MS);
  }
}
