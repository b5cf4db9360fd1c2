/** The table of commands. To add one, add a row here and its case to main. */

export interface Command {
  readonly name: 'serve' | 'demo' | 'check-config' | 'help' | 'version';
  readonly summary: string;
  /** Keys that the command itself decides; a flag that says otherwise is a mistake. */
  readonly sets: Readonly<Record<string, string>>;
  /** Whether it takes the flags of configuration. */
  readonly configured: boolean;
  readonly details: string;
  readonly examples: readonly string[];
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'serve',
    summary: 'collect, keep and serve; the default when no command is given',
    sets: {},
    configured: true,
    details:
      'Collects what is due, newest first, then live, and serves /metrics and the API until it is told to stop.',
    examples: [
      'greenkube serve --prometheus-url=http://prometheus:9090',
      'PROMETHEUS_URL=http://prometheus:9090 API_TOKEN_FILE=/run/secrets/token greenkube',
    ],
  },
  {
    name: 'demo',
    summary: 'the same on an invented cluster, without Prometheus',
    sets: { DEMO: 'on' },
    configured: true,
    details: 'Serves an invented cluster with days of history; the same seed gives the same cluster.',
    examples: ['greenkube demo', 'greenkube demo --demo-seed=7 --demo-days=30 --api-port=9000'],
  },
  {
    name: 'check-config',
    summary: 'print the configuration in effect, or everything wrong with it',
    sets: {},
    configured: true,
    details:
      'Prints every key with its value and where it comes from, secrets redacted. Connects to nothing.',
    examples: ['greenkube check-config', 'greenkube check-config --step=7m'],
  },
  {
    name: 'help',
    summary: 'this text, or that of a command',
    sets: {},
    configured: false,
    details: 'Prints the help of a command.',
    examples: ['greenkube help serve'],
  },
  {
    name: 'version',
    summary: 'print the version',
    sets: {},
    configured: false,
    details: 'Prints the version.',
    examples: ['greenkube version'],
  },
];

export const commandOf = (name: string): Command | undefined =>
  COMMANDS.find((command) => command.name === name);
