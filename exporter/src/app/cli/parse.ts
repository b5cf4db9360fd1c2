/** The command line: one command and flags named after the keys of configuration. */
import { closest, distance } from 'fastest-levenshtein';
import { flagName, isBooleanFlag, meaningOf, mistake, quote, unknownName, type Mistake } from '../config.js';
import { COMMANDS, commandOf, type Command } from './commands.js';
import { commandHelp, generalHelp } from './help.js';

export type ParsedCommand =
  | {
      readonly ok: true;
      readonly command: Command['name'];
      /** By key or NAME_FILE in capitals, as `loadConfig` takes them. */
      readonly flags: Readonly<Record<string, string>>;
      /** Set when the command is "help". */
      readonly helpText?: string;
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

interface Words {
  readonly positional: string[];
  readonly flags: Map<string, string>;
  readonly mistakes: Mistake[];
}

const isFlag = (word: string | undefined): boolean => word !== undefined && /^--?[a-z]/i.test(word);
const keyOf = (flag: string): string => flag.replace(/^--?/, '').replaceAll('-', '_').toUpperCase();

/** `argv` without the program and the script, as `process.argv.slice(2)`. Says all that is wrong at once. */
export function parseCommand(argv: readonly string[]): ParsedCommand {
  const asked = (short: string, long: string) => argv.includes(short) || argv.includes(long);
  const rest = argv.filter((word) => !['-h', '--help', '-V', '--version'].includes(word));
  const { positional, flags, mistakes } = sortWords(rest);
  const [name = 'serve', ...extra] = positional;
  const command = commandOf(name);
  if (command === undefined) mistakes.push(unknownCommand(name));
  else if (command.name === 'help') return help(extra, flags, mistakes);
  else mistakes.push(...extra.map(unexpected), ...decidedByCommand(command, flags));
  if (mistakes.length > 0 || command === undefined) return { ok: false, mistakes };
  if (asked('-h', '--help')) {
    return {
      ok: true,
      command: 'help',
      flags: {},
      helpText: positional.length === 0 ? generalHelp() : commandHelp(command),
    };
  }
  if (asked('-V', '--version')) return { ok: true, command: 'version', flags: {} };
  return { ok: true, command: command.name, flags: { ...Object.fromEntries(flags), ...command.sets } };
}

function help(topics: readonly string[], flags: Words['flags'], mistakes: readonly Mistake[]): ParsedCommand {
  const [topic, ...extra] = topics;
  const command = topic === undefined ? null : commandOf(topic);
  const wrong = [
    ...mistakes,
    ...[...flags.keys()].map((key) => unexpected(flagName(key))),
    ...extra.map(unexpected),
    ...(command === undefined ? [unknownCommand(topic!)] : []),
  ];
  if (wrong.length > 0) return { ok: false, mistakes: wrong };
  return { ok: true, command: 'help', flags: {}, helpText: command ? commandHelp(command) : generalHelp() };
}

function sortWords(argv: readonly string[]): Words {
  const words: Words = { positional: [], flags: new Map(), mistakes: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (!isFlag(word)) {
      words.positional.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const key = keyOf(equals === -1 ? word : word.slice(0, equals));
    if (!isKnown(key, words.mistakes)) {
      if (equals === -1 && argv[i + 1] !== undefined && !isFlag(argv[i + 1])) i++;
      continue;
    }
    const next = argv[i + 1];
    const takesNext =
      equals === -1 && next !== undefined && !isFlag(next) && (!isBooleanFlag(key) || isBoolean(next));
    const value =
      equals !== -1 ? word.slice(equals + 1) : takesNext ? next : isBooleanFlag(key) ? 'true' : '';
    if (takesNext) i++;
    addFlag(words, key, value);
  }
  return words;
}

const isBoolean = (word: string): boolean => /^(?:true|false)$/i.test(word);

function isKnown(key: string, mistakes: Mistake[]): boolean {
  if (meaningOf(key) !== undefined) return true;
  mistakes.push(unknownName(key, { where: 'the command line', write: flagName }));
  return false;
}

function addFlag({ flags, mistakes }: Words, key: string, value: string): void {
  const flag = flagName(key);
  if (value === '') {
    mistakes.push(
      mistake(flag, {
        wrong: 'has no value',
        rule: `write ${flag}=VALUE or ${flag} VALUE`,
        fix: 'add the value',
      }),
    );
  } else if (flags.has(key)) {
    mistakes.push(
      mistake(flag, {
        wrong: 'is given twice',
        rule: 'each flag may be there once',
        fix: 'remove one of them',
      }),
    );
  } else {
    flags.set(key, value);
  }
}

function decidedByCommand({ name, sets, configured }: Command, flags: Words['flags']): readonly Mistake[] {
  if (!configured) return [...flags.keys()].map((key) => unexpected(flagName(key)));
  return Object.entries(sets)
    .filter(([key, value]) => flags.has(key) && flags.get(key)!.toLowerCase() !== value)
    .map(([key, value]) =>
      mistake(flagName(key), {
        wrong: `contradicts the command ${name}`,
        got: quote(flags.get(key)!),
        rule: `${name} means ${flagName(key)}=${value}`,
        fix: `remove ${flagName(key)} or use the command serve`,
      }),
    );
}

function unknownCommand(name: string): Mistake {
  const names = COMMANDS.map((command) => command.name as string);
  const near = closest(name, names);
  const fix = distance(name, near) <= 3 ? `did you mean ${near}?` : 'see greenkube --help';
  return mistake('command', {
    wrong: 'is not known',
    got: quote(name),
    rule: `must be ${names.join(', ')}`,
    fix,
  });
}

function unexpected(word: string): Mistake {
  const rule = 'nothing may stand here';
  return mistake('command line', {
    wrong: 'has an unexpected word',
    got: quote(word),
    rule,
    fix: 'remove it',
  });
}
