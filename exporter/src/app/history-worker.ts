/** Worker thread that answers questions about the past on read-only connections of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { OutlookHistory } from '../ports/outlook-history.js';
import { openHistory, openOutlookHistory, type HistoryOptions } from '../repositories/factory.js';
import type { HistoryCall, HistoryReply, ReadHistory } from './history-pool.js';

const port = parentPort!;
const options = workerData as HistoryOptions;

/** Opened at the first question and, after a failure, at the next: the writer may still be creating the file. */
function opening<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | null = null;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

const OUTLOOK = new Set<HistoryCall['method']>([
  'findings',
  'intensity',
  'intensityZones',
  'recommendations',
  'recommendationEvents',
  'bookedSavings',
  'scans',
]);
const history = opening(() => openHistory(options));
const outlook = opening(() => openOutlookHistory(options));

const opened = (method: HistoryCall['method']): Promise<unknown> =>
  OUTLOOK.has(method) ? outlook() : history();

async function answer({ id, method, query }: HistoryCall): Promise<HistoryReply> {
  try {
    const reader = (await opened(method)) as ReadHistory & OutlookHistory;
    const value: unknown = await reader[method](query as never);
    return { id, ok: true, value };
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (call: HistoryCall) => {
  void answer(call).then((reply) => port.postMessage(reply));
});
