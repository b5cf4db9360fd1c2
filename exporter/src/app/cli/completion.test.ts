import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { completionScript } from './completion.js';
import { COMMANDS, SHELLS } from './commands.js';

/** What bash would offer at the end of a line. Words are split as bash does it: "=" is one of its own. */
function offered(line: string): string[] {
  const words = line.split(/(=)| /).filter((word) => word !== undefined);
  const script = `${completionScript('bash')}
compopt() { :; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_greenkube
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it.each(SHELLS)('of %s names every command and option', (shell) => {
    const script = completionScript(shell);
    for (const { name, options } of COMMANDS) {
      expect(script).toContain(name);
      for (const option of options)
        expect(script).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}=`);
    }
    expect(script).toContain(shell === 'fish' ? '-l db-path' : '--db-path=');
  });

  it.each([
    ['greenkube ', COMMANDS.map(({ name }) => name)],
    ['greenkube re', ['report', 'recommend']],
    ['greenkube report --st', ['--step=']],
    ['greenkube report --step=', ['raw', 'hour', 'day', 'week', 'month', 'year']],
    ['greenkube report --step=w', ['week']],
    ['greenkube report --step w', ['week']],
    ['greenkube report --last=7d --output=c', ['csv']],
    ['greenkube --api-po', ['--api-port=']],
    ['greenkube completion z', ['zsh']],
    ['greenkube help back', ['backfill']],
    ['greenkube report --output-file=', []],
  ])('bash completes "%s"', (line, words) => expect(offered(line)).toEqual(words));
});
