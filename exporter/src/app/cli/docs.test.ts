import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderCommandDocs } from '../cli.js';
import { COMMANDS } from './commands.js';

const FILE = new URL('../../../../docs/commands.md', import.meta.url);

describe('docs/commands.md', () => {
  it('is what the table of commands says; run `pnpm gen` after a change', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(renderCommandDocs());
  });

  it('has every command, option and example', () => {
    const text = renderCommandDocs();
    for (const { name, options, examples } of COMMANDS) {
      expect(text).toContain(`\n## ${name}\n`);
      for (const option of options) expect(text).toContain(`| \`--${option.name}=`);
      for (const example of examples) expect(text).toContain(`\n${example}\n`);
    }
  });
});
