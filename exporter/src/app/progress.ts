/** Progress of long work: a bar that redraws itself on a terminal, a line now and then elsewhere. */
import type { EpochSeconds } from '../domain/units.js';

export interface ProgressOptions {
  readonly label: string;
  /** Where a bar is drawn; null where nobody looks (not a terminal). */
  readonly terminal: { write(text: string): void } | null;
  /** Where a line goes when there is no terminal. */
  readonly line: (message: string) => void;
  readonly now: () => EpochSeconds;
}

const WIDTH = 30;

/** Seconds between two lines where there is no terminal. */
const LINE_EVERY = 10;

export interface Progress {
  update(done: number, total: number): void;
  /** End the line that the bar stands on. Idempotent. */
  end(): void;
}

export function createProgress({ label, terminal, line, now }: ProgressOptions): Progress {
  let drawn = false;
  let lastLine = -Infinity;
  const text = (done: number, total: number) =>
    `${label} ${done}/${total} intervals (${percent(done, total)} %)`;
  return {
    update(done, total) {
      if (terminal) {
        const filled = Math.round((WIDTH * done) / Math.max(total, 1));
        terminal.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${text(done, total)}\u001b[K`);
        drawn = true;
      } else if (done >= total || now() - lastLine >= LINE_EVERY) {
        lastLine = now();
        line(text(done, total));
      }
    },
    end() {
      if (drawn) terminal?.write('\n');
      drawn = false;
    },
  };
}

function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}
