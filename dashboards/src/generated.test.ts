import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BOARDS, fileOf } from './index.js';

const GENERATED = join(import.meta.dirname, '../generated');

describe('the files in generated/', () => {
  it('are those of the dashboards, no more and no fewer', () => {
    expect(readdirSync(GENERATED).sort()).toEqual(BOARDS.map(({ name }) => `${name}.json`).sort());
  });

  it.each(BOARDS.map((board) => [board.name, board] as const))(
    'say of %s what the code says',
    (name, board) => {
      expect(readFileSync(join(GENERATED, `${name}.json`), 'utf8')).toBe(fileOf(board));
    },
  );
});
