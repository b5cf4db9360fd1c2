/** The table of commands. To add one, add a row here, a file in app/commands and a line in main; then run `pnpm gen`. */
import { RECOMMENDATION_TYPES, STATUSES } from '../../domain/recommendations/model.js';
import { REPORT_STEPS } from '../../pipeline/report-buckets.js';
import { FILTER_OPTIONS, rangeOptions, type Option } from './options.js';

export const COMMAND_NAMES = [
  'serve',
  'demo',
  'report',
  'recommend',
  'backfill',
  'migrate',
  'export',
  'import',
  'explain',
  'check-config',
  'completion',
  'help',
  'version',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** A word that stands after the command. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  /** Absent: any word. */
  readonly choices?: readonly string[];
}

export interface Command {
  readonly name: CommandName;
  readonly summary: string;
  /** Keys that the command itself decides; a flag that says otherwise is a mistake. */
  readonly sets: Readonly<Record<string, string>>;
  /** Whether it takes the flags of configuration. */
  readonly configured: boolean;
  /** Take precedence over the flags of configuration of the same name. */
  readonly options: readonly Option[];
  /** Null: nothing may stand after the command. */
  readonly argument: Argument | null;
  readonly details: string;
  readonly examples: readonly string[];
}

const PLAIN = { sets: {}, configured: true, options: [], argument: null } as const;

export const OUTPUTS = ['table', 'json', 'csv', 'parquet'] as const;
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const REPORT_OPTIONS: readonly Option[] = [
  ...rangeOptions('24h'),
  {
    name: 'by',
    value: 'KEYS',
    help: 'group by cluster, namespace, workload, pod, node, zone, provider, label:NAME; a comma list',
    default: 'namespace',
    repeatable: true,
  },
  {
    name: 'step',
    value: 'PERIOD',
    help: 'one row a period: raw is the step of the ledger, weeks are ISO weeks, all of UTC',
    choices: REPORT_STEPS,
    default: 'the whole range',
  },
  ...FILTER_OPTIONS,
  {
    name: 'output',
    value: 'FORMAT',
    help: 'a table for people, or a file for programs',
    choices: OUTPUTS,
    default: 'the ending of --output-file, else table',
  },
  { name: 'output-file', value: 'FILE', help: 'write to this file', default: 'standard output' },
  {
    name: 'fail-on',
    value: 'CONDITION',
    help: "end with exit code 3 when the total is so: 'co2e_grams>1000'; may be repeated",
    repeatable: true,
  },
];

const RECOMMEND_OPTIONS: readonly Option[] = [
  ...FILTER_OPTIONS,
  {
    name: 'type',
    value: 'TYPE',
    help: 'only this type of recommendation; may be repeated',
    choices: RECOMMENDATION_TYPES,
    repeatable: true,
  },
  {
    name: 'status',
    value: 'STATUS',
    help: 'only this status; may be repeated',
    choices: STATUSES,
    default: 'active',
    repeatable: true,
  },
  {
    name: 'output',
    value: 'FORMAT',
    help: 'a table for people, or text for programs; patches are in the JSON',
    choices: ['table', 'json', 'csv'],
    default: 'table',
  },
  {
    name: 'fail-on',
    value: 'CONDITION',
    help: "end with exit code 3 when it is so: 'co2e_grams_per_year>1000'; may be repeated",
    repeatable: true,
  },
];

export const COMMANDS: readonly Command[] = [
  {
    ...PLAIN,
    name: 'serve',
    summary: 'collect, keep and serve; the default when no command is given',
    details:
      'Collects what is due, newest first, then live, and serves /metrics and the API until it is told to stop.',
    examples: [
      'greenkube serve --prometheus-url=http://prometheus:9090',
      'PROMETHEUS_URL=http://prometheus:9090 API_TOKEN_FILE=/run/secrets/token greenkube',
    ],
  },
  {
    ...PLAIN,
    name: 'demo',
    summary: 'the same on an invented cluster, without Prometheus',
    sets: { DEMO: 'on' },
    details: 'Serves an invented cluster with days of history; the same seed gives the same cluster.',
    examples: ['greenkube demo', 'greenkube demo --demo-seed=7 --demo-days=30 --api-port=9000'],
  },
  {
    ...PLAIN,
    name: 'report',
    summary: 'energy, CO2e and cost of a range, as a table or a file',
    options: REPORT_OPTIONS,
    details: `Reads the database file directly, also while the exporter runs. Figures have their band (low to high).

Metrics of --fail-on: energy_joules, co2e_grams, co2e_operational_grams, co2e_embodied_grams, cost (of each currency), coverage,
estimated_ratio; operators > >= < <=. They are those of the total of the range. What is not known cannot be judged: exit code 1.`,
    examples: [
      'greenkube report --last=7d',
      'greenkube report --last=30d --by=workload --namespace=shop --step=week',
      'greenkube report --from=2026-01-01T00:00:00Z --to=2027-01-01T00:00:00Z --step=month --output-file=2026.parquet',
      "greenkube report --last=24h --namespace=shop --fail-on='co2e_grams>1000'",
    ],
  },
  {
    ...PLAIN,
    name: 'recommend',
    summary: 'what could be saved, how, and how much of it can be had',
    options: RECOMMEND_OPTIONS,
    details: `Reads the database directly, also while the exporter runs: what its last scan found. It scans when an hour is whole, or when told to with
POST /api/v1/recommendations/scan.

Metrics of --fail-on: count, co2e_grams_per_year, cost_per_year (both claimed), realisable_co2e_grams_per_year,
realisable_cost_per_year; operators > >= < <=. They are those of what is listed; realisable ones are those of the whole cluster. What is
not known cannot be judged: exit code 1.`,
    examples: [
      'greenkube recommend',
      'greenkube recommend --namespace=shop --type=RIGHTSIZING_CPU --output=json',
      "greenkube recommend --namespace=shop --fail-on='co2e_grams_per_year>5000'",
    ],
  },
  {
    ...PLAIN,
    name: 'backfill',
    summary: 'collect a past range now, and end',
    options: rangeOptions('30d'),
    details: `Collects from the configured source every interval of the range that is not yet known complete. While an exporter holds the
database this is refused: ask that one with POST /api/v1/backfill.`,
    examples: [
      'greenkube backfill --last=30d --prometheus-url=http://prometheus:9090',
      'greenkube backfill --from=2026-01-01T00:00:00Z --to=2026-01-08T00:00:00Z --demo=on --demo-days=365',
    ],
  },
  {
    ...PLAIN,
    name: 'migrate',
    summary: 'create the database, or bring it up to date',
    details: 'Says from which version of the schema to which. The exporter does the same when it starts.',
    examples: ['greenkube migrate', 'greenkube migrate --db-path=/var/lib/greenkube/greenkube.db'],
  },
  {
    ...PLAIN,
    name: 'export',
    summary: 'write all that is held of a cluster to a file, for another database',
    options: [
      {
        name: 'output-file',
        value: 'FILE',
        help: 'write to this file, compressed when its name ends with .gz',
      },
      {
        name: 'from',
        value: 'TIME',
        help: 'start of the range: RFC 3339 or epoch seconds',
        default: 'the oldest',
      },
      { name: 'to', value: 'TIME', help: 'end of the range, exclusive', default: 'now' },
    ],
    details:
      'Holds single intervals where the database has them, the sums of hours and days where it has those alone, counters, restatements, ' +
      'recommendations with what they saved, findings and factors: see "Moving a database" below. Of an hour or a day of which only ' +
      'the sum is held, the whole or nothing lies in a range. Stop the exporter first: the database is held meanwhile.',
    examples: ['greenkube export --output-file=greenkube.ndjson.gz'],
  },
  {
    ...PLAIN,
    name: 'import',
    summary: 'store what greenkube export wrote in the configured database',
    options: [{ name: 'input-file', value: 'FILE', help: 'what greenkube export wrote' }],
    details:
      'Sums come out the same to the last bit in every kind of database. When it is stopped or killed, run it again: what is there is not stored ' +
      'twice, and nothing of which more is known is replaced. Stop the exporter first: the database is held meanwhile.',
    examples: [
      'DB_TYPE=postgres DB_CONNECTION_STRING=postgres://greenkube@db/greenkube greenkube import --input-file=greenkube.ndjson.gz',
    ],
  },
  {
    ...PLAIN,
    name: 'explain',
    summary: 'the formula of one figure with every factor, its source and its band',
    options: [
      {
        name: 'series',
        value: 'SERIES',
        help: 'a figure as Prometheus writes a series, or a metric of the API',
      },
      {
        name: 'time',
        value: 'TIME',
        help: 'an instant of the interval: RFC 3339 or epoch seconds',
        default: 'the newest known',
      },
      {
        name: 'output',
        value: 'FORMAT',
        help: 'text for people, or JSON',
        choices: ['text', 'json'],
        default: 'text',
      },
    ],
    details:
      'Reads the database file directly, also while the exporter runs. Answers what GET /api/v1/explain does.',
    examples: [
      `greenkube explain --series='greenkube_node_power_watts{node="n1"}'`,
      `greenkube explain --series='co2e_grams{namespace="shop"}' --time=2026-01-01T12:00:00Z --output=json`,
    ],
  },
  {
    ...PLAIN,
    name: 'check-config',
    summary: 'print the configuration in effect, or everything wrong with it',
    details:
      'Prints every key with its value and where it comes from, secrets redacted. Connects to nothing.',
    examples: ['greenkube check-config', 'greenkube check-config --step=7m'],
  },
  {
    ...PLAIN,
    name: 'completion',
    summary: 'print the completion script of a shell',
    configured: false,
    argument: { name: 'SHELL', help: 'the shell', choices: SHELLS },
    details: 'Prints a script for the shell to read; see the examples.',
    examples: [
      'greenkube completion bash > /etc/bash_completion.d/greenkube',
      'greenkube completion zsh > "${fpath[1]}/_greenkube"',
      'greenkube completion fish > ~/.config/fish/completions/greenkube.fish',
    ],
  },
  {
    ...PLAIN,
    name: 'help',
    summary: 'this text, or that of a command',
    configured: false,
    argument: { name: 'COMMAND', help: 'the command', choices: COMMAND_NAMES },
    details: 'Prints the help of a command.',
    examples: ['greenkube help serve'],
  },
  {
    ...PLAIN,
    name: 'version',
    summary: 'print the version',
    configured: false,
    details: 'Prints the version.',
    examples: ['greenkube version'],
  },
];

export const commandOf = (name: string): Command | undefined =>
  COMMANDS.find((command) => command.name === name);
