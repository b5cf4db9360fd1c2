import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../domain/units.js';
import { createProgress } from './progress.js';

function observed(onTerminal: boolean) {
  const drawn: string[] = [];
  const lines: string[] = [];
  const time = { now: 0 };
  const progress = createProgress({
    label: 'collecting',
    terminal: onTerminal ? { write: (text) => void drawn.push(text) } : null,
    line: (message) => void lines.push(message),
    now: () => epochSeconds(time.now),
  });
  return { drawn, lines, time, progress };
}

describe('progress', () => {
  it('redraws one line on a terminal and leaves it when it ends', () => {
    const { drawn, lines, progress } = observed(true);
    progress.update(1, 4);
    progress.update(4, 4);
    progress.end();
    progress.end();
    expect(drawn).toEqual([
      '\r[########......................] collecting 1/4 intervals (25 %)\u001b[K',
      '\r[##############################] collecting 4/4 intervals (100 %)\u001b[K',
      '\n',
    ]);
    expect(lines).toEqual([]);
  });

  it('writes a line every ten seconds where nobody looks, and always the last', () => {
    const { drawn, lines, time, progress } = observed(false);
    for (let i = 0; i <= 25; i++) {
      time.now = i;
      progress.update(i, 25);
    }
    progress.end();
    expect(lines.map((l) => l.split(' ')[1])).toEqual(['0/25', '10/25', '20/25', '25/25']);
    expect(drawn).toEqual([]);
  });
});
