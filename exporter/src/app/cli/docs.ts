/** docs/commands.md, from the table of commands. */
import { COMMANDS, type Command } from './commands.js';
import { EXIT_CODES, optionHelp, usageOf } from './help.js';
import { optionFlag } from './options.js';

/** Within a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function sectionOf(command: Command): string {
  const { name, summary, details, options, examples, configured } = command;
  const rows = options.map(
    (option) => `| \`${optionFlag(option)}=${option.value}\` | ${cell(optionHelp(option))} |`,
  );
  const table = rows.length > 0 ? ['| option | meaning |', '|---|---|', ...rows, ''] : [];
  const flags = configured ? ['Every key of [configuration](config.md) is a flag too.', ''] : [];
  return [
    `## ${name}`,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    '```',
    usageOf(command),
    '```',
    '',
    details,
    '',
    ...table,
    ...flags,
    '```sh',
    ...examples,
    '```',
    '',
  ].join('\n');
}

const INTRO = `# Commands

One program, \`greenkube\`: a command, its options, and the keys of configuration as flags. Results go to standard output, everything
else to standard error; progress is drawn where standard error is a terminal.

| exit code | meaning |
|---|---|
${EXIT_CODES.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`).join('\n')}
`;

const REPORT_FILES = `## Report files

\`greenkube report\` and \`GET /api/v1/report/export\` write the same files. Above the rows stand the range, the coverage, the share that is
estimated, the scopes of the GHG Protocol, the version of the calculation and the sources that must be attributed.

- **CSV**: lines that begin with \`#\` are no rows (\`pandas.read_csv(file, comment='#')\`). A cell that a spreadsheet would take for a
  formula, or that begins with an apostrophe, has an apostrophe put before it. An empty cell is not known; 0 is zero.
- **JSON**: one object, one row a line.
- **Parquet**: the same columns with times as timestamps; what stands above the rows is key-value metadata under \`greenkube.\`.

The SHA-256 of the rows stands below them. To verify it:

\`\`\`sh
grep -v '^#' report.csv | sha256sum
grep '^{"period"' report.json | sed 's/,$//' | sha256sum
\`\`\`

That of a Parquet file (\`greenkube.rows_sha256\`) is that of the JSON rows of the same report.
`;

const MOVING = `## Moving a database

\`greenkube export\` writes lines of JSON, \`greenkube import\` stores them in any kind of database. The lines of one ledger are the same
whichever database it is in, so that two exports can be compared with \`cmp\`. Whole numbers above 2^53 are written as text.

| what is held | carried | line |
|---|---|---|
| single intervals: rows of pods and nodes, meters, use by container, mark with its attempts and time of commit | yes | \`result\` |
| hours without their intervals: marks, sums of pods, namespaces and nodes with coverage and bands, the last row of each node, histograms of use by workload and container | yes | \`grain\`: hour |
| days without their hours: the same without histograms; of days that were dropped, the marks | yes | \`grain\`: day |
| hours and days whose intervals are held | made anew, to the same last bit | |
| counters of workloads and nodes: their truth, what was shown, the order in which workloads joined | yes; what is shown never falls | \`record\`: workload, node |
| number of commits by state, emissions restated by reason | yes | \`record\`: totals |
| intensities and embodied footprints that live sources have said, of all clusters | yes | \`record\`: intensity, embodied |
| restatements of intervals | yes | \`record\`: restatement |
| recommendations with their life and baseline, changes of status with reasons, booked savings, savings shown, the last scan | yes | \`record\`: recommendation, event, booking, saving, scan |
| findings: scores, budgets, outlooks, SCI, releases | yes | \`record\`: finding |
| notes of the ledger: first backfill, revisions seen, calibration, folded series | yes | \`record\`: note |
| prices | with the cost of each row; price sources are asked anew | |
| meters of intervals whose rows are gone | only of the last row of each node | |
| leases, generations, ids, indexes | made anew | |

An hour or a day is stored as a whole or not at all, and so is an interval; records are stored some hundred at once. Whatever ends an
import, run it again: it goes on. What is there stays where as much or more is known; where less is known it is replaced, unless
single intervals of that time have been pruned, which the last line of the command counts. A recommendation that is in both keeps the
life that began earlier. A line that cannot be stored is named by its number, and all lines before it are stored.

Elasticsearch adds the hours of a pod up by its name: what it exports of hours that were added up there has no uid, the mean request for
CPU of the hour, and for memory the largest of its workload (of days none). Imported into a cluster of another name, recommendations get
the ids that they have there.
`;

/** The whole of docs/commands.md, ending in one newline. */
export function renderCommandDocs(): string {
  const note =
    '<!-- Generated from exporter/src/app/cli; change the table of commands there and run `pnpm gen`. -->\n';
  return [note, INTRO, ...COMMANDS.map(sectionOf), MOVING, REPORT_FILES].join('\n');
}
