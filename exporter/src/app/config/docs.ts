/** docs/config.md, from the table of keys. */
import { OWN_PREFIXES, RETIRED } from './names.js';
import { flagName } from './sources.js';
import { ROWS, type Row } from './table.js';

/** A comma-separated list in lines of at most 110 characters. */
function wrap(items: readonly string[]): string {
  return items.reduce((text, item) => {
    const width = text.length - text.lastIndexOf('\n') + item.length;
    return `${text},${width > 108 ? '\n' : ' '}${item}`;
  });
}

const INTRO = `# Configuration

Every key below can be given in five ways; the first that is there wins:

1. a command-line flag: \`API_PORT\` is \`--api-port=9000\` or \`--api-port 9000\`
2. a file that holds the value: \`API_TOKEN_FILE=/run/secrets/token\` (a newline at its end is dropped; keys whose own name ends
   in \`_FILE\` are paths already)
3. the environment: \`API_PORT=9000\`
4. a file \`.env\` in the working directory
5. the default

\`greenkube check-config\` prints every key with its value and where it came from. Mistakes are all said at once, and the process
exits with code 2. An empty value is the same as none. Durations are those of Prometheus (\`30s\`, \`5m\`, \`1h30m\`, \`30d\`).

A name that is not a key is refused: always on the command line and in \`.env\`; in the environment when it starts with
${wrap(OWN_PREFIXES.map((prefix) => `\`${prefix}\``))}. The variables that Kubernetes makes for services are left alone.
`;

const FILES = `## Files

JSON, read and checked at the start; an unknown field is a mistake.

\`ZONE_MAP_FILE\`: from \`provider/region\`, region or availability zone to a zone of Electricity Maps.

\`\`\`json
{ "onprem/paris": "FR", "eu-west-3": "FR" }
\`\`\`

\`POWER_PROFILES_FILE\`: from instance type (\`m5.xlarge\`) or family (\`m5\`), either after its provider (\`aws/m5\`) or alone, or \`*\`
for every node, to watts per vCPU without load and at full load. \`{"low", "central", "high"}\` says how far a figure may be off; a plain
number has no uncertainty. \`memoryGbPerVcpu\` is the memory per vCPU whose power the figures include, the power of memory above it is
added; without it the figures stand for the whole node.

\`\`\`json
{
  "m5": {
    "idle": { "low": 0.9, "central": 1.1, "high": 1.3 },
    "full": 4.2,
    "memoryGbPerVcpu": 4,
    "source": "own meter",
    "year": 2025
  }
}
\`\`\`

\`NODE_PRICES_FILE\`: prices of capacity, in \`CURRENCY\`. A row without provider or region holds for all.

\`\`\`json
{
  "currency": "USD",
  "rows": [
    { "provider": "aws", "region": "eu-west-3", "instanceType": "m5.large", "cpuCoreHour": 0.031, "ramGbHour": 0.004 }
  ]
}
\`\`\`

\`BUDGETS_FILE\`: budgets of a namespace, of all pods with some labels (of \`POD_LABELS\`), or of the whole cluster, in grams of CO2e,
kWh or \`CURRENCY\`, for each day, ISO week or month. Days begin at midnight of \`timeZone\`, UTC unless given.

\`\`\`json
{
  "budgets": [
    { "name": "shop", "namespace": "shop", "co2eGrams": 50000, "period": "month", "timeZone": "Europe/Paris" },
    { "name": "payments team", "labels": { "team": "payments" }, "kwh": 40, "period": "week" },
    { "name": "all", "cluster": true, "cost": 90, "period": "day" }
  ]
}
\`\`\`

\`SCI_FILE\`: the unit of work of a workload, for Software Carbon Intensity. The query is PromQL and gives the units of one hour as one
series; \`$window\` stands for that hour. It is asked of \`PROMETHEUS_URL\`.

\`\`\`json
{
  "workloads": [
    {
      "namespace": "shop",
      "workload": "web",
      "unit": "request",
      "query": "sum(increase(http_requests_total{namespace=\\"shop\\", service=\\"web\\"}[$window]))"
    }
  ]
}
\`\`\`
`;

/** Within a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function defaultOf({ default: fallback, defaultNote, secret }: Row): string {
  if (defaultNote !== '') return cell(defaultNote);
  return fallback === null ? (secret ? 'none' : 'not set') : `\`${fallback}\``;
}

function rowOf(row: Row): string {
  const aliases = row.aliases.map((alias) => ` Also \`${alias}\`.`).join('');
  const secret = row.secret ? ' Secret.' : '';
  return `| \`${row.key}\` | ${defaultOf(row)} | ${cell(row.type.rule)} | ${cell(row.help)}${aliases}${secret} |`;
}

function groupOf(group: string): string {
  const rows = ROWS.filter((row) => row.group === group).map(rowOf);
  return [`## ${group}`, '', '| key | default | value | meaning |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

function retired(): string {
  const rows = Object.entries(RETIRED).map(([key, fix]) => `| \`${key}\` | ${cell(fix)} |`);
  const intro = 'The other names of GreenKube 0.2 mean what they meant. These are refused:';
  return [
    '## Coming from GreenKube 0.2',
    '',
    intro,
    '',
    '| key | what to do |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The whole of docs/config.md, ending in one newline. */
export function renderConfigDocs(): string {
  const groups = [...new Set(ROWS.map(({ group }) => group))];
  const note =
    '<!-- Generated from exporter/src/app/config; change the table there and run `pnpm gen`. -->\n';
  return [note, INTRO, ...groups.map(groupOf), FILES, retired()].join('\n');
}

/** The flag of every key. */
export const flagNames = (): readonly string[] => ROWS.map(({ key }) => flagName(key));

/** Lines of help for these flags. */
export function flagHelp(): string {
  const groups = [...new Set(ROWS.map(({ group }) => group))];
  const line = (row: Row) =>
    `  ${flagName(row.key).padEnd(38)} ${row.defaultNote || (row.default ?? 'not set')}`;
  return groups
    .map((group) => [`${group}:`, ...ROWS.filter((row) => row.group === group).map(line)].join('\n'))
    .join('\n\n');
}
