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

/** The whole of docs/commands.md, ending in one newline. */
export function renderCommandDocs(): string {
  const note =
    '<!-- Generated from exporter/src/app/cli; change the table of commands there and run `pnpm gen`. -->\n';
  return [note, INTRO, ...COMMANDS.map(sectionOf), REPORT_FILES].join('\n');
}
