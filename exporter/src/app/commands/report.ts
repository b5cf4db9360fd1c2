/** `greenkube report`: read the database file beside the exporter, print or write a report, judge it. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seconds, type Seconds } from '../../domain/units.js';
import { encodeReport } from '../../exposition/report/encode.js';
import { parseRange } from '../../pipeline/query-range.js';
import type { ReportStep } from '../../pipeline/report-buckets.js';
import { openReport, REPORT_FORMATS, type Report, type ReportHead } from '../../pipeline/report.js';
import { GROUP_KEYS, type Filters, type GroupKey, type History } from '../../ports/history.js';
import { openHistory } from '../../repositories/factory.js';
import type { OUTPUTS } from '../cli/commands.js';
import { judge, parseCondition, type Condition } from '../cli/fail-on.js';
import { EXIT_THRESHOLD } from '../cli/help.js';
import { single, type Options } from '../cli/options.js';
import { mistake, quote, type Mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';
import { tableOf } from './report-table.js';

type Output = (typeof OUTPUTS)[number];

interface Asked {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  readonly step: ReportStep | null;
  readonly output: Output;
  readonly file: string | null;
  readonly conditions: readonly Condition[];
}

/** @returns 0, or 3 when a condition of --fail-on is met */
export async function runReport(context: CommandContext): Promise<number> {
  const { options, config, mode, clock } = context;
  const asked = readOptions(context);
  const history = await openHistory({ ...databaseOf(config, mode), step: config.time.step });
  try {
    const ledgerStep = await stepOf(history, config.time.step);
    const [last, from, to] = ['last', 'from', 'to'].map((name) => single(options, name));
    const range = parseRange({ last, from, to }, clock.now(), ledgerStep);
    const report = await openReport(history, { ...asked, range, ledgerStep });
    await write(report, asked, context);
    return verdict(asked.conditions, report.head, context);
  } finally {
    await history.close();
  }
}

/** The step that the file was written with; the configured one may be of another exporter. */
async function stepOf(history: History, configured: Seconds): Promise<Seconds> {
  const steps = (await history.clusters()).map(({ step }) => step);
  return steps.length === 0 ? configured : seconds(Math.max(...steps));
}

function readOptions({ options, stdoutIsTerminal }: CommandContext): Asked {
  const judged = (options['fail-on'] ?? []).map(parseCondition);
  const file = single(options, 'output-file') ?? null;
  const output = outputOf(options, file);
  const keys = (options['by'] ?? ['namespace']).flatMap((list) => list.split(','));
  const mistakes: Mistake[] = [
    ...judged.filter((c): c is Mistake => 'message' in c),
    ...keys.filter((key) => !isGroupKey(key)).map(unknownKey),
    ...(output === 'parquet' && file === null && stdoutIsTerminal ? [BINARY] : []),
  ];
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  const filters = Object.fromEntries(
    ['cluster', 'namespace', 'workload', 'node'].map((name) => [name, options[name] ?? []]),
  );
  return {
    by: [...new Set(keys as GroupKey[])],
    filters,
    step: (single(options, 'step') ?? null) as ReportStep | null,
    output,
    file,
    conditions: judged.filter((c): c is Condition => 'metric' in c),
  };
}

function outputOf(options: Options, file: string | null): Output {
  const named = single(options, 'output') ?? REPORT_FORMATS.find((format) => file?.endsWith(`.${format}`));
  return (named ?? 'table') as Output;
}

const isGroupKey = (key: string): boolean =>
  (GROUP_KEYS as readonly string[]).includes(key) || /^label:./.test(key);

const unknownKey = (key: string): Mistake =>
  mistake('--by', {
    wrong: 'has a key that is not known',
    got: quote(key),
    rule: `must be ${GROUP_KEYS.join(', ')} or label:NAME`,
    fix: 'for example --by=namespace,workload',
  });

const BINARY = mistake('--output', {
  wrong: 'would write Parquet to a terminal',
  rule: 'it is not text',
  fix: 'add --output-file=report.parquet',
});

async function write(report: Report, { output, file }: Asked, { stdout }: CommandContext): Promise<void> {
  const chunks =
    output === 'table' ? [Buffer.from(await tableOf(report))] : encodeReport(report, output).chunks;
  if (file === null) await toStream(chunks, stdout);
  else await toFile(chunks, file);
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A reader that has seen enough (`| head`) ends the writing, not the command. */
async function toStream(chunks: Chunks, stdout: Writable): Promise<void> {
  await pipeline(Readable.from(chunks), stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Whole or not at all: written beside its place and moved there at the end. */
async function toFile(chunks: Chunks, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(partial));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandFailure(`cannot write ${file}: ${message}`, { cause: error });
  }
}

function verdict(conditions: readonly Condition[], head: ReportHead, { stderr }: CommandContext): number {
  let met = false;
  for (const condition of conditions) {
    const result = judge(condition, head);
    if (result.state === 'unknown') {
      throw new CommandFailure(
        `--fail-on=${condition.text} cannot be judged: nothing is known of it in the range`,
      );
    }
    if (result.state === 'met') stderr.write(`--fail-on=${condition.text} is met: ${result.figure}\n`);
    met ||= result.state === 'met';
  }
  return met ? EXIT_THRESHOLD : EXIT_OK;
}
