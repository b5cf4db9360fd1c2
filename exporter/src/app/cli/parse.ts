/** The command line: one command, its own options, and flags named after the keys of configuration. */
import { closest, distance } from 'fastest-levenshtein';
import { flagName, isBooleanFlag, meaningOf, mistake, quote, unknownName, type Mistake } from '../config.js';
import { COMMANDS, commandOf, type Command, type CommandName } from './commands.js';
import { commandHelp, generalHelp } from './help.js';
import type { Option, Options } from './options.js';

export type ParsedCommand =
  | {
      readonly ok: true;
      readonly command: CommandName;
      /** By key or NAME_FILE in capitals, as `loadConfig` takes them. */
      readonly flags: Readonly<Record<string, string>>;
      readonly options: Options;
      /** The word after the command, of a command that takes one; "" where there is none. */
      readonly argument: string;
      /** Set when the command is "help". */
      readonly helpText?: string;
    }
  /** `flags` are those that were understood, so that what is wrong with their values can be said in the same breath. */
  | {
      readonly ok: false;
      readonly mistakes: readonly Mistake[];
      readonly flags: Readonly<Record<string, string>>;
    };

/** A flag as it was written: its name without dashes in lower case, "" for a value that is missing. */
interface Word {
  readonly name: string;
  readonly value: string;
}

const isFlag = (word: string | undefined): boolean => word !== undefined && /^--?[a-z]/i.test(word);
const keyOf = (name: string): string => name.replaceAll('-', '_').toUpperCase();

/** `argv` without the program and the script, as `process.argv.slice(2)`. Says all that is wrong at once. */
export function parseCommand(argv: readonly string[]): ParsedCommand {
  const asked = (short: string, long: string) => argv.includes(short) || argv.includes(long);
  const rest = argv.filter((word) => !['-h', '--help', '-V', '--version'].includes(word));
  const { positional, words } = sortWords(rest);
  const [name = 'serve', ...extra] = positional;
  const command = commandOf(name);
  const mistakes: Mistake[] = [];
  const { flags, options } = judgeWords(words, command, mistakes);
  const help = asked('-h', '--help');
  if (command === undefined) mistakes.push(unknownCommand(name));
  else mistakes.push(...judgeArgument(command, extra, help), ...decidedByCommand(command, flags));
  if (mistakes.length > 0 || command === undefined) {
    return { ok: false, mistakes, flags: command?.configured === false ? {} : Object.fromEntries(flags) };
  }
  if (command.name === 'help' || help) {
    const topic = command.name === 'help' ? extra[0] : positional[0];
    return { ...of('help'), helpText: topic === undefined ? generalHelp() : commandHelp(commandOf(topic)!) };
  }
  if (asked('-V', '--version')) return of('version');
  return {
    ...of(command.name),
    flags: { ...Object.fromEntries(flags), ...command.sets },
    options: Object.fromEntries(options),
    argument: extra[0] ?? '',
  };
}

const of = (command: CommandName) => ({ ok: true, command, flags: {}, options: {}, argument: '' }) as const;

function sortWords(argv: readonly string[]): { positional: string[]; words: Word[] } {
  const positional: string[] = [];
  const words: Word[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (!isFlag(word)) {
      positional.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = (equals === -1 ? word : word.slice(0, equals)).replace(/^--?/, '').toLowerCase();
    const next = argv[i + 1];
    const boolean = isBooleanFlag(keyOf(name));
    const takesNext = equals === -1 && next !== undefined && !isFlag(next) && (!boolean || isBoolean(next));
    if (takesNext) i++;
    words.push({
      name,
      value: equals !== -1 ? word.slice(equals + 1) : takesNext ? next : boolean ? 'true' : '',
    });
  }
  return { positional, words };
}

const isBoolean = (word: string): boolean => /^(?:true|false)$/i.test(word);

interface Judged {
  readonly flags: Map<string, string>;
  readonly options: Map<string, readonly string[]>;
}

function judgeWords(words: readonly Word[], command: Command | undefined, mistakes: Mistake[]): Judged {
  const [flags, options] = [new Map<string, string>(), new Map<string, readonly string[]>()];
  for (const word of words) {
    const option = command?.options.find(({ name }) => name === word.name);
    const key = keyOf(word.name);
    const flag = flagName(key);
    const given = option ? options.get(option.name) : flags.get(key);
    const wrong =
      option || meaningOf(key)
        ? word.value === ''
          ? noValue(flag)
          : given !== undefined && !option?.repeatable
            ? givenTwice(flag)
            : notAChoice(flag, option?.choices, word.value)
        : unknownFlag(key, command);
    if (wrong) mistakes.push(wrong);
    else if (option) options.set(option.name, [...(options.get(option.name) ?? []), word.value]);
    else flags.set(key, word.value);
  }
  return { flags, options };
}

const noValue = (flag: string): Mistake =>
  mistake(flag, {
    wrong: 'has no value',
    rule: `write ${flag}=VALUE or ${flag} VALUE`,
    fix: 'add the value',
  });

const givenTwice = (flag: string): Mistake =>
  mistake(flag, {
    wrong: 'is given twice',
    rule: 'each flag may be there once',
    fix: 'remove one of them',
  });

function notAChoice(name: string, choices: readonly string[] | undefined, value: string): Mistake | null {
  if (choices === undefined || choices.includes(value)) return null;
  return mistake(name, {
    wrong: 'has a value that is not known',
    got: quote(value),
    rule: `must be ${choices.join(', ')}`,
    fix: didYouMean(value, choices) ?? `for example ${choices[0]!}`,
  });
}

/** Options of this command are guessed before the keys of configuration, which are many. */
function unknownFlag(key: string, command: Command | undefined): Mistake {
  const flag = flagName(key);
  const owners = COMMANDS.filter(({ options }) => options.some((option) => `--${option.name}` === flag));
  const rule = 'every flag must be an option of the command or a key';
  if (owners.length > 0 && command) {
    return mistake(flag, {
      wrong: `is no option of ${command.name}`,
      rule: `it is one of ${owners.map(({ name }) => name).join(', ')}`,
      fix: 'remove it, or use one of these commands',
    });
  }
  const near = didYouMean(flag, command?.options.map((option: Option) => `--${option.name}`) ?? [], 2);
  return near === null
    ? unknownName(key, { where: 'the command line', write: flagName })
    : mistake(flag, { wrong: 'is not known', rule, fix: near });
}

function judgeArgument({ name, argument }: Command, extra: readonly string[], help: boolean): Mistake[] {
  const [word, ...more] = argument === null ? [undefined, ...extra] : extra;
  const mistakes = more.filter((w) => w !== undefined).map(unexpected);
  if (argument === null) return mistakes;
  if (name === 'help') {
    return word === undefined || commandOf(word) ? mistakes : [...mistakes, unknownCommand(word)];
  }
  if (word === undefined) return help ? mistakes : [...mistakes, noArgument(name, argument.choices ?? [])];
  const wrong = notAChoice(argument.name, argument.choices, word);
  return wrong ? [...mistakes, wrong] : mistakes;
}

const noArgument = (command: string, choices: readonly string[]): Mistake =>
  mistake('command line', {
    wrong: `ends after ${command}`,
    rule: `one of ${choices.join(', ')} must follow`,
    fix: `for example greenkube ${command} ${choices[0] ?? ''}`,
  });

function decidedByCommand(command: Command, flags: Judged['flags']): readonly Mistake[] {
  const { name, sets, configured } = command;
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
  return mistake('command', {
    wrong: 'is not known',
    got: quote(name),
    rule: `must be ${names.join(', ')}`,
    fix: didYouMean(name, names) ?? 'see greenkube --help',
  });
}

function didYouMean(text: string, known: readonly string[], most = 3): string | null {
  if (known.length === 0) return null;
  const near = closest(text, [...known]);
  return distance(text, near) <= most ? `did you mean ${near}?` : null;
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
