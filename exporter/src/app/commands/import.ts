/** `greenkube import`: what `greenkube export` wrote, into the configured database. Run again it goes on where it was. */
import type { Stores } from '../../repositories/factory.js';
import { openStores } from '../../repositories/factory.js';
import { epochSeconds, type EpochSeconds } from '../../domain/units.js';
import { single } from '../cli/options.js';
import { mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { createProgress } from '../progress.js';
import { readArchive, type ArchiveHead, type ArchivedInterval } from './archive-file.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';

interface Counted {
  stored: number;
  held: number;
}

export async function runImport(context: CommandContext): Promise<number> {
  const { options, config, mode, stdout } = context;
  const file = single(options, 'input-file');
  if (file === undefined) throw new Mistakes([NO_FILE]);
  const { step } = config.time;
  const { ledger } = await openStores({ ...databaseOf(config, mode), cluster: mode.cluster, step });
  try {
    const { stored, held } = await store(ledger, file, context);
    stdout.write(
      `${stored} intervals of ${file} are now in cluster ${mode.cluster}, ${held} were there before\n`,
    );
    return EXIT_OK;
  } finally {
    await ledger.close();
  }
}

const NO_FILE = mistake('--input-file', {
  wrong: 'is missing',
  rule: 'it names what greenkube export wrote',
  fix: 'for example --input-file=greenkube.ndjson.gz',
});

async function store(ledger: Stores['ledger'], file: string, context: CommandContext): Promise<Counted> {
  const { config, signal, stderr, stderrIsTerminal, clock } = context;
  const progress = createProgress({
    label: 'importing',
    terminal: stderrIsTerminal ? stderr : null,
    line: (message) => stderr.write(`${message}\n`),
    now: () => clock.now(),
  });
  const counted = { stored: 0, held: 0 };
  const known = await knownBefore(ledger, clock.now());
  try {
    for await (const { head, interval } of readArchive(file)) {
      checkStep(file, head, config.time.step);
      if (signal.aborted)
        throw new CommandFailure(`stopped after ${counted.stored} intervals; run it again for the rest`);
      if (isHeld(known, interval)) counted.held++;
      else if ((await ledger.commit(interval.result, interval.committedAt)) === 'unchanged') counted.held++;
      else counted.stored++;
      progress.update(counted.stored + counted.held, head.intervals);
    }
  } finally {
    progress.end();
  }
  return counted;
}

/** By start: what a second run need not store again. */
async function knownBefore(
  ledger: Stores['ledger'],
  now: EpochSeconds,
): Promise<ReadonlyMap<number, string>> {
  const marks = await ledger.marks({ from: epochSeconds(0), to: now });
  return new Map(marks.map((mark) => [mark.start, keyOf(mark)]));
}

const isHeld = (known: ReadonlyMap<number, string>, { result }: ArchivedInterval): boolean =>
  known.get(result.interval.start) === keyOf(result);

const keyOf = ({
  state,
  coverage,
  revision,
}: Pick<ArchivedInterval['result'], 'state' | 'coverage' | 'revision'>) => `${state} ${coverage} ${revision}`;

function checkStep(file: string, head: ArchiveHead, step: number): void {
  if (head.step === step) return;
  throw new CommandFailure(
    `${file} has intervals of ${head.step} s and the step is ${step} s; set STEP=${head.step}s`,
  );
}
