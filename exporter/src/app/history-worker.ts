/** Worker thread that answers questions about the past on a read-only connection of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { History } from '../ports/history.js';
import { openHistory, type HistoryOptions } from '../repositories/factory.js';
import type { HistoryCall, HistoryReply } from './history-pool.js';

const port = parentPort!;
let history: Promise<History> | null = null;

async function answer({ id, method, query }: HistoryCall): Promise<HistoryReply> {
  try {
    // Opened at the first question and, after a failure, at the next: the writer may still be creating the file.
    history ??= openHistory(workerData as HistoryOptions);
    const opened = await history;
    const value: unknown = await opened[method](query as never);
    return { id, ok: true, value };
  } catch (error) {
    await history?.then(
      () => undefined,
      () => (history = null),
    );
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (call: HistoryCall) => {
  void answer(call).then((reply) => port.postMessage(reply));
});
