import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommand } from '../cli.js';
import { COMMANDS } from './commands.js';

const NAMES = COMMANDS.map(({ name }) => name).join(', ');

const parse = (line: string) => parseCommand(line.split(' ').filter((word) => word !== ''));
const messages = (line: string) => {
  const result = parse(line);
  return result.ok ? [] : result.mistakes.map(({ message }) => message);
};

describe('commands and flags', () => {
  it.each([
    ['', 'serve', {}],
    ['serve', 'serve', {}],
    ['--api-port=9000', 'serve', { API_PORT: '9000' }],
    ['--api-port 9000 serve', 'serve', { API_PORT: '9000' }],
    ['serve --cluster-name a --step=1m', 'serve', { CLUSTER_NAME: 'a', STEP: '1m' }],
    ['serve --prometheus-query-range-step 1m', 'serve', { PROMETHEUS_QUERY_RANGE_STEP: '1m' }],
    ['serve --api-token-file /run/token', 'serve', { API_TOKEN_FILE: '/run/token' }],
    ['serve --prometheus-extra-matchers=cluster="a"', 'serve', { PROMETHEUS_EXTRA_MATCHERS: 'cluster="a"' }],
    ['--price-cpu-core-hour -1', 'serve', { PRICE_CPU_CORE_HOUR: '-1' }],
    ['--calibrate', 'serve', { CALIBRATE: 'true' }],
    ['--calibrate --step 1m', 'serve', { CALIBRATE: 'true', STEP: '1m' }],
    ['--calibrate false', 'serve', { CALIBRATE: 'false' }],
    ['--calibrate check-config', 'check-config', { CALIBRATE: 'true' }],
    ['demo', 'demo', { DEMO: 'on' }],
    ['demo --demo=ON --demo-seed 7', 'demo', { DEMO: 'on', DEMO_SEED: '7' }],
    ['check-config --step=7m', 'check-config', { STEP: '7m' }],
    ['version', 'version', {}],
    ['--version', 'version', {}],
    ['serve -V', 'version', {}],
  ])('%s', (line, command, flags) =>
    expect(parse(line)).toEqual({ ok: true, command, flags, options: {}, argument: '' }),
  );

  it('keeps any value of a flag as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(parseCommand([`--cluster-name=${value}`])).toMatchObject({ flags: { CLUSTER_NAME: value } });
      }),
    );
  });

  it('never throws', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--api-port', '--demo=off', 'demo', 'help', '-h', '--', '--x'),
    );
    fc.assert(fc.property(fc.array(word), (argv) => expect(typeof parseCommand(argv).ok).toBe('boolean')));
  });
});

describe('mistakes', () => {
  it.each([
    ['sevre', `command: is not known (got "sevre"): must be ${NAMES}; did you mean serve?`],
    ['summarise', `command: is not known (got "summarise"): must be ${NAMES}; see greenkube --help`],
    ['serve now', 'command line: has an unexpected word (got "now"): nothing may stand here; remove it'],
    ['--api-prot=1', '--api-prot: is not a known key: every flag must be a key; did you mean --api-port?'],
    ['--api-prot 1', '--api-prot: is not a known key: every flag must be a key; did you mean --api-port?'],
    ['-p=1', '--p: is not a known key: every flag must be a key; did you mean --pue?'],
    ['--api-port', '--api-port: has no value: write --api-port=VALUE or --api-port VALUE; add the value'],
    [
      '--api-port --step=1m',
      '--api-port: has no value: write --api-port=VALUE or --api-port VALUE; add the value',
    ],
    ['--api-port=', '--api-port: has no value: write --api-port=VALUE or --api-port VALUE; add the value'],
    ['--step=1m --step=2m', '--step: is given twice: each flag may be there once; remove one of them'],
    [
      'demo --demo=off',
      '--demo: contradicts the command demo (got "off"): demo means --demo=on; remove --demo or use the command serve',
    ],
    [
      'version --step=1m',
      'command line: has an unexpected word (got "--step"): nothing may stand here; remove it',
    ],
    ['help srve', `command: is not known (got "srve"): must be ${NAMES}; did you mean serve?`],
  ])('%s', (line, message) => expect(messages(line)).toEqual([message]));

  it('are said all at once', () => {
    expect(messages('sevre --api-prot=1 --step=1m --step=2m')).toHaveLength(3);
  });

  it('never show the value of an unknown flag', () => {
    expect(messages('--api-tokens=canary').join()).not.toContain('canary');
  });
});

/** The arguments that a shell makes of a line that calls greenkube. */
function wordsOf(line: string): string[] {
  const script = `greenkube() { for w; do printf '%s\\0' "$w"; done; }; ${line.replace(/ > .*/, '')}`;
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1);
}

describe('options of commands', () => {
  it.each([
    ['report --last=7d', { last: ['7d'] }, {}],
    ['report --last 7d --by pod --by node', { last: ['7d'], by: ['pod', 'node'] }, {}],
    ['report --step=week --db-path=x', { step: ['week'] }, { DB_PATH: 'x' }],
    ['--step=week report', { step: ['week'] }, {}],
    ['report --prometheus-query-range-step=1m', {}, { PROMETHEUS_QUERY_RANGE_STEP: '1m' }],
    ['serve --step=1m', {}, { STEP: '1m' }],
    ['report --fail-on=cost>=1 --namespace=a', { 'fail-on': ['cost>=1'], namespace: ['a'] }, {}],
  ])('%s', (line, options, flags) => expect(parse(line)).toMatchObject({ ok: true, options, flags }));

  it('take their argument', () => {
    expect(parse('completion zsh')).toMatchObject({ command: 'completion', argument: 'zsh' });
    expect(parse('completion --help')).toMatchObject({ command: 'help' });
  });

  it.each([
    [
      'report --lst=7d',
      '--lst: is not known: every flag must be an option of the command or a key; did you mean --last?',
    ],
    ['report --last', '--last: has no value: write --last=VALUE or --last VALUE; add the value'],
    ['report --last=1d --last=2d', '--last: is given twice: each flag may be there once; remove one of them'],
    [
      'report --step=weak',
      '--step: has a value that is not known (got "weak"): must be raw, hour, day, week, month, year; did you mean week?',
    ],
    [
      'serve --fail-on=cost>1',
      '--fail-on: is no option of serve: it is one of report, recommend; remove it, or use one of these commands',
    ],
    [
      'completion',
      'command line: ends after completion: one of bash, zsh, fish must follow; for example greenkube completion bash',
    ],
    [
      'completion bsh',
      'SHELL: has a value that is not known (got "bsh"): must be bash, zsh, fish; did you mean bash?',
    ],
    ['report now', 'command line: has an unexpected word (got "now"): nothing may stand here; remove it'],
  ])('%s', (line, message) => expect(messages(line)).toEqual([message]));

  it('are all in the help of their command, with choices and defaults', () => {
    for (const command of COMMANDS) {
      const result = parse(`help ${command.name}`);
      const text = result.ok ? (result.helpText ?? '') : '';
      for (const option of command.options) {
        expect(text).toContain(`--${option.name}=${option.value}`);
        expect(text).toContain(option.help);
        for (const choice of option.choices ?? []) expect(text).toContain(choice);
      }
    }
  });
});

describe('help', () => {
  const textOf = (line: string) => {
    const result = parse(line);
    if (!result.ok || result.helpText === undefined) throw new Error(`no help for ${line}`);
    return result.helpText;
  };

  it('in general names every command and the exit codes', () => {
    for (const line of ['--help', '-h', 'help']) {
      const text = textOf(line);
      for (const { name } of COMMANDS) expect(text).toContain(`\n  ${name} `);
      expect(text).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
    }
  });

  it('of a command shows its flags and examples that parse', () => {
    expect(textOf('help serve')).toBe(textOf('serve --help'));
    expect(textOf('serve --help')).toContain('--prometheus-url');
    for (const { examples } of COMMANDS) {
      for (const example of examples) {
        const result = parseCommand(wordsOf(example));
        expect(result.ok ? [] : result.mistakes).toEqual([]);
      }
    }
  });

  it('comes before everything but mistakes', () => {
    expect(parse('demo --demo-days=3 --help')).toMatchObject({ command: 'help', flags: {} });
    expect(parse('demo --demo-dasy=3 --help').ok).toBe(false);
  });
});
