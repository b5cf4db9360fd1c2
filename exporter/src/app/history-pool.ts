/**
 * History reads on worker threads: SQLite answers synchronously, and a month of rows must not hold up a scrape. Each worker has
 * a read-only connection of its own; a call goes to the one with the fewest calls under way.
 */
import type { Worker } from 'node:worker_threads';
import type { ComparisonHistory } from '../ports/comparison.js';
import type { FindingsHistory } from '../ports/findings.js';
import type { History } from '../ports/history.js';
import type { IntensityHistory } from '../ports/intensity-history.js';
import type { RecommendationHistory } from '../ports/recommendations.js';

export type ReadHistory = History &
  ComparisonHistory &
  FindingsHistory &
  IntensityHistory &
  RecommendationHistory;

export interface HistoryCall {
  readonly id: number;
  readonly method: Exclude<keyof ReadHistory, 'close'>;
  readonly query: unknown;
}

export type HistoryReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

class Reader {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  constructor(worker: Worker, onExit: () => void) {
    this.#worker = worker;
    worker.on('message', (reply: HistoryReply) => this.#settle(reply));
    worker.on('error', (error) => this.#failAll(error));
    worker.on('exit', () => {
      this.#failAll(new Error('the history reader has stopped'));
      onExit();
    });
  }

  get load(): number {
    return this.#pending.size;
  }

  call<T>(method: HistoryCall['method'], query: unknown): Promise<T> {
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, query } satisfies HistoryCall);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: HistoryReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) pending?.resolve(reply.value as never);
    else pending?.reject(new Error(reply.message));
  }

  #failAll(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

/** @param startWorker starts one reader thread (history-worker.ts); called again when one dies */
export function createHistoryPool(size: number, startWorker: () => Worker): ReadHistory {
  const readers: Reader[] = [];
  let closing = false;
  const start = (slot: number) => {
    readers[slot] = new Reader(startWorker(), () => {
      if (!closing) start(slot);
    });
  };
  for (let slot = 0; slot < size; slot++) start(slot);
  const call = <T>(method: HistoryCall['method'], query: unknown): Promise<T> =>
    readers.reduce((a, b) => (b.load < a.load ? b : a)).call<T>(method, query);
  return {
    totals: (query) => call('totals', query),
    series: (query) => call('series', query),
    nodes: (range) => call('nodes', range),
    namespaces: (range) => call('namespaces', range),
    workloads: (range) => call('workloads', range),
    resolution: (range) => call('resolution', range),
    clusters: () => call('clusters', null),
    interval: (query) => call('interval', query),
    comparisonCells: (query) => call('comparisonCells', query),
    findings: (query) => call('findings', query),
    intensity: (query) => call('intensity', query),
    intensityZones: () => call('intensityZones', null),
    recommendations: (query) => call('recommendations', query),
    recommendationEvents: (query) => call('recommendationEvents', query),
    bookedSavings: (range) => call('bookedSavings', range),
    scans: () => call('scans', null),
    close: async () => {
      closing = true;
      await Promise.all(readers.map((r) => r.stop()));
    },
  };
}
