/** `greenkube export`: the intervals that the database holds with their rows, in a file that any kind of database can import. */
import { epochSeconds } from '../../domain/units.js';
import { instant } from '../../pipeline/figures.js';
import { parseInstant } from '../../pipeline/query-range.js';
import { openStores, type Stores } from '../../repositories/factory.js';
import { single } from '../cli/options.js';
import { mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { createProgress } from '../progress.js';
import { writeArchive, type ArchivedInterval } from './archive-file.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';

export async function runExport(context: CommandContext): Promise<number> {
  const { options, config, mode, stdout } = context;
  const file = single(options, 'output-file');
  if (file === undefined) throw new Mistakes([NO_FILE]);
  const { step } = config.time;
  const { ledger } = await openStores({ ...databaseOf(config, mode), cluster: mode.cluster, step });
  try {
    const range = rangeOf(context);
    const marks = await ledger.marks(range);
    const head = { greenkube: 'export', version: 1, cluster: mode.cluster, step } as const;
    const found = { sumsOnly: 0 };
    const intervals = read(ledger, marks, found, context);
    const count = await writeArchive(file, { ...head, intervals: marks.length }, intervals);
    const rest =
      found.sumsOnly > 0
        ? `; ${found.sumsOnly} more are held as sums of hours or days only and are not in it`
        : '';
    const first = marks[found.sumsOnly];
    stdout.write(
      `${count} intervals of ${mode.cluster} in ${file}${first ? `, from ${instant(first.start)}` : ''}${rest}\n`,
    );
    return EXIT_OK;
  } finally {
    await ledger.close();
  }
}

const NO_FILE = mistake('--output-file', {
  wrong: 'is missing',
  rule: 'an export is a file',
  fix: 'for example --output-file=greenkube.ndjson.gz',
});

function rangeOf({ options, clock }: CommandContext) {
  const [from, to] = ['from', 'to'].map((name) => single(options, name));
  return {
    from: from === undefined ? epochSeconds(0) : parseInstant('from', from),
    to: to === undefined ? clock.now() : parseInstant('to', to),
  };
}

async function* read(
  ledger: Stores['ledger'],
  marks: Awaited<ReturnType<Stores['ledger']['marks']>>,
  found: { sumsOnly: number },
  { stderr, stderrIsTerminal, clock, signal }: CommandContext,
): AsyncGenerator<ArchivedInterval> {
  const progress = createProgress({
    label: 'exporting',
    terminal: stderrIsTerminal ? stderr : null,
    line: (message) => stderr.write(`${message}\n`),
    now: () => clock.now(),
  });
  try {
    for (const [n, { start, committedAt }] of marks.entries()) {
      if (signal.aborted) throw new CommandFailure('stopped; nothing was written');
      const result = await ledger.interval(start);
      if (result) yield { committedAt, result };
      else found.sumsOnly++;
      progress.update(n + 1, marks.length);
    }
  } finally {
    progress.end();
  }
}
