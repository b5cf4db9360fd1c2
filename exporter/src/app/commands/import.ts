/** `greenkube import`: what `greenkube export` wrote, into the configured database. Run again it goes on where it was. */
import { importLines, type Imported } from '../../pipeline/archive.js';
import type { ArchiveHead } from '../../pipeline/archive-lines.js';
import type { Archive } from '../../ports/archive.js';
import { openStores } from '../../repositories/factory.js';
import { single } from '../cli/options.js';
import { mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { createProgress } from '../progress.js';
import { asFailure, readArchive } from './archive-file.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';

export async function runImport(context: CommandContext): Promise<number> {
  const { options, config, mode, stdout } = context;
  const file = single(options, 'input-file');
  if (file === undefined) throw new Mistakes([NO_FILE]);
  const { step } = config.time;
  const stores = await openStores({ ...databaseOf(config, mode), cluster: mode.cluster, step });
  try {
    const { written, held, kept } = await store(await stores.openArchive(), file, context);
    const left =
      kept > 0
        ? `; ${kept} are left as they are: more is in the file, but single intervals of that time can no longer be replaced`
        : '';
    stdout.write(
      `${written} intervals of ${file} are now in cluster ${mode.cluster}, ${held} were there before${left}\n`,
    );
    return EXIT_OK;
  } finally {
    await stores.ledger.close();
  }
}

const NO_FILE = mistake('--input-file', {
  wrong: 'is missing',
  rule: 'it names what greenkube export wrote',
  fix: 'for example --input-file=greenkube.ndjson.gz',
});

async function store(archive: Archive, file: string, context: CommandContext): Promise<Imported> {
  const { config, mode, signal, stderr, stderrIsTerminal, clock } = context;
  const progress = createProgress({
    label: 'importing',
    terminal: stderrIsTerminal ? stderr : null,
    line: (message) => stderr.write(`${message}\n`),
    now: () => clock.now(),
  });
  const onProgress = ({ written, held, kept }: Imported, head: ArchiveHead) => {
    progress.update(written + held + kept, head.intervals);
    if (signal.aborted)
      throw new CommandFailure(`stopped after ${written} intervals; run it again for the rest`);
  };
  const onHead = (head: ArchiveHead) => {
    checkStep(file, head, config.time.step);
  };
  try {
    return await importLines(readArchive(file), { archive, cluster: mode.cluster, onHead, onProgress });
  } catch (error) {
    throw asFailure(error, `cannot import ${file}`);
  } finally {
    progress.end();
  }
}

function checkStep(file: string, head: ArchiveHead, step: number): void {
  if (head.step === step) return;
  throw new CommandFailure(
    `${file} has intervals of ${head.step} s and the step is ${step} s; set STEP=${head.step}s`,
  );
}
