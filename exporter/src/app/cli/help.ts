/** The help texts, from the table of commands and the table of keys. */
import { flagHelp } from '../config.js';
import { COMMANDS, type Command } from './commands.js';

/** Exit code after a mistake in the configuration or on the command line. */
export const EXIT_MISTAKE = 2;

const EXIT_CODES = `Exit codes:
  0  done, or stopped by SIGTERM or SIGINT
  1  failed while running
  ${EXIT_MISTAKE}  a mistake in the configuration or on the command line; nothing was started`;

const lines = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n');

export function generalHelp(): string {
  const commands = COMMANDS.map(({ name, summary }) => `${name.padEnd(14)} ${summary}`);
  return `greenkube: energy, CO2e and cost of Kubernetes workloads

Usage: greenkube [command] [--key=value ...]

Commands:
${lines(commands)}

Every key of docs/config.md is a flag, an environment variable and a line of .env: API_PORT is --api-port.
"greenkube help serve" lists them. -h, --help and -V, --version work with every command.

Examples:
${lines(COMMANDS.filter(({ configured }) => configured).flatMap(({ examples }) => examples.slice(0, 1)))}

${EXIT_CODES}
`;
}

export function commandHelp({ name, details, examples, configured }: Command): string {
  const flags = configured
    ? `\nFlags and defaults (values and meaning in docs/config.md):\n\n${flagHelp()}\n`
    : '';
  return `Usage: greenkube ${name}${configured ? ' [--key=value ...]' : ''}

${details}
${flags}
Examples:
${lines(examples)}

${EXIT_CODES}
`;
}
