/** The help texts, from the table of commands and the table of keys. */
import { flagHelp } from '../config.js';
import { COMMANDS, type Command } from './commands.js';
import { optionFlag, type Option } from './options.js';

/** Exit code after a mistake in the configuration or on the command line. */
export const EXIT_MISTAKE = 2;
/** Exit code of `report` when a condition of --fail-on is met. */
export const EXIT_THRESHOLD = 3;

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done, or stopped by SIGTERM or SIGINT'],
  [1, 'failed while running'],
  [EXIT_MISTAKE, 'a mistake in the configuration or on the command line; nothing was started'],
  [EXIT_THRESHOLD, 'report: a threshold of --fail-on was passed'],
];

const lines = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n');
const exitCodes = () => `Exit codes:\n${lines(EXIT_CODES.map(([code, meaning]) => `${code}  ${meaning}`))}`;

export function generalHelp(): string {
  const commands = COMMANDS.map(({ name, summary }) => `${name.padEnd(14)} ${summary}`);
  return `greenkube: energy, CO2e and cost of Kubernetes workloads

Usage: greenkube [command] [--key=value ...]

Commands:
${lines(commands)}

Every key of docs/config.md is a flag, an environment variable and a line of .env: API_PORT is --api-port.
"greenkube help serve" lists them, "greenkube help report" the options of a command. -h, --help and -V, --version work with
every command.

Examples:
${lines(COMMANDS.filter(({ configured }) => configured).flatMap(({ examples }) => examples.slice(0, 1)))}

${exitCodes()}
`;
}

/** As it is called: the command, its argument and what may follow. */
export function usageOf({ name, argument, options, configured }: Command): string {
  const parts = [
    `greenkube ${name}`,
    argument === null ? '' : name === 'help' ? ` [${argument.name}]` : ` ${argument.name}`,
    options.length > 0 ? ' [--option=value ...]' : '',
    configured ? ' [--key=value ...]' : '',
  ];
  return parts.join('');
}

/** What an option takes, with its choices and its default. */
export function optionHelp({ help, choices, default: fallback }: Option): string {
  const among = choices ? `: ${choices.join(', ')}` : '';
  return `${help}${among}${fallback === undefined ? '' : ` (default: ${fallback})`}`;
}

export function commandHelp(command: Command): string {
  const { details, examples, configured, options, argument } = command;
  const written = options.map(
    (option) => `${`${optionFlag(option)}=${option.value}`.padEnd(24)} ${optionHelp(option)}`,
  );
  const parts = [
    `Usage: ${usageOf(command)}`,
    details,
    argument?.choices ? `${argument.name}: ${argument.choices.join(', ')}` : '',
    options.length > 0 ? `Options:\n${lines(written)}` : '',
    configured ? flagsOf(options) : '',
    `Examples:\n${lines(examples)}`,
    exitCodes(),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The flags are many: a command with options of its own points to them. */
function flagsOf(options: readonly Option[]): string {
  return options.length > 0
    ? 'Every key of configuration is a flag too: "greenkube help serve" lists them.'
    : `Flags and defaults (values and meaning in docs/config.md):\n\n${flagHelp()}`;
}
