/** `greenkube export`: all that the database holds of a cluster, in a file that any kind of database can import. */
import { epochSeconds } from '../../domain/units.js';
import { exportLines, planExport } from '../../pipeline/archive.js';
import { instant } from '../../pipeline/figures.js';
import { parseInstant } from '../../pipeline/query-range.js';
import { openStores } from '../../repositories/factory.js';
import { single } from '../cli/options.js';
import { mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { createProgress } from '../progress.js';
import { writeArchive } from './archive-file.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';

export async function runExport(context: CommandContext): Promise<number> {
  const { options, config, mode, stdout } = context;
  const file = single(options, 'output-file');
  if (file === undefined) throw new Mistakes([NO_FILE]);
  const range = rangeOf(context);
  const { step } = config.time;
  const { cluster } = mode;
  const { ledger, openArchive } = await openStores({ ...databaseOf(config, mode), cluster, step });
  try {
    const archive = await openArchive();
    const plan = await planExport({ ledger, archive }, range);
    const { done, end } = reporting(context, plan.intervals);
    try {
      await writeArchive(file, exportLines({ archive, ledger }, { cluster, step }, plan, done));
    } finally {
      end();
    }
    const [first] = plan.units;
    const from = first ? `, from ${instant(first.start)}` : '';
    stdout.write(`${plan.intervals} intervals of ${cluster} in ${file}${from}${summedOnly(plan)}\n`);
    return EXIT_OK;
  } finally {
    await ledger.close();
  }
}

function summedOnly({ units, cut }: Awaited<ReturnType<typeof planExport>>): string {
  const summed = units.reduce((sum, u) => (u.grain === 'interval' ? sum : sum + u.intervals), 0);
  const held = summed > 0 ? `; ${summed} of them as sums of hours and days, as the database holds them` : '';
  const left =
    cut > 0
      ? `; ${cut} are left out: the hour or day of which only the sum is held reaches beyond the range`
      : '';
  return `${held}${left}`;
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

function reporting({ stderr, stderrIsTerminal, clock, signal }: CommandContext, intervals: number) {
  const progress = createProgress({
    label: 'exporting',
    terminal: stderrIsTerminal ? stderr : null,
    line: (message) => stderr.write(`${message}\n`),
    now: () => clock.now(),
  });
  return {
    done: (count: number) => {
      if (signal.aborted) throw new CommandFailure('stopped; nothing was written');
      progress.update(count, intervals);
    },
    end: () => {
      progress.end();
    },
  };
}
