/** `greenkube backfill`: collect a past range in this process, then end. The same calculation as live, over another range. */
import { countIn, type TimeRange } from '../../domain/interval.js';
import { epochSeconds } from '../../domain/units.js';
import { instant } from '../../pipeline/figures.js';
import { parseRange } from '../../pipeline/query-range.js';
import { DatabaseError } from '../../repositories/errors.js';
import { databaseName } from '../../repositories/factory.js';
import { single } from '../cli/options.js';
import { composeCollector, type Collector } from '../compose.js';
import { secretsOf } from '../config.js';
import { databaseOf } from '../database.js';
import { createLogger } from '../log.js';
import { createProgress } from '../progress.js';
import { systemStopwatch } from '../system.js';
import { CommandFailure, EXIT_OK, type CommandContext } from './context.js';

/** @returns 0 when all of the range that the source holds was tried */
export async function runBackfill(context: CommandContext): Promise<number> {
  const { options, config, clock, stdout } = context;
  const [last, from, to] = ['last', 'from', 'to'].map((name) => single(options, name));
  const asked =
    last === undefined && from === undefined && to === undefined ? { last: '30d' } : { last, from, to };
  const range = parseRange(asked, clock.now(), config.time.step);
  const collector = await openCollector(context, range);
  try {
    const held = await heldBySource(collector, range, context.signal);
    const count = await collect(collector, held, context);
    const done = count === 0 ? 'nothing was left to collect' : `${count} intervals collected`;
    stdout.write(`${instant(held.from)} to ${instant(held.to)}: ${done}\n`);
    return EXIT_OK;
  } finally {
    await collector.close();
  }
}

async function openCollector(context: CommandContext, { from, to }: TimeRange): Promise<Collector> {
  const { config, mode, clock } = context;
  const log = createLogger({ ...config.log, level: 'silent', secrets: secretsOf(config) });
  try {
    return await composeCollector(config, mode, { clock, stopwatch: systemStopwatch, log });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.problem !== 'locked') throw error;
    throw new CommandFailure(
      `${await databaseName(databaseOf(config, mode))} is held by a running exporter, which alone may write to it; ask it instead, with the operator token: ` +
        `POST /api/v1/backfill?from=${instant(from)}&to=${instant(to)}`,
      { cause: error },
    );
  }
}

/** What is older than the source's memory would only be noted as impossible. */
async function heldBySource(
  { source }: Collector,
  range: TimeRange,
  signal: AbortSignal,
): Promise<TimeRange> {
  const oldest = await source.oldest(range.from, signal);
  if (!oldest.ok) throw new CommandFailure(`${source.name} does not answer: ${oldest.message}`);
  if (oldest.value === null || oldest.value >= range.to) {
    throw new CommandFailure(
      `${source.name} holds nothing from ${instant(range.from)} to ${instant(range.to)}; name a later range`,
    );
  }
  return { from: epochSeconds(Math.max(range.from, oldest.value)), to: range.to };
}

async function collect(
  { cycle, source }: Collector,
  range: TimeRange,
  context: CommandContext,
): Promise<number> {
  const { config, clock, signal, stderr, stderrIsTerminal } = context;
  const progress = createProgress({
    label: 'collecting',
    terminal: stderrIsTerminal ? stderr : null,
    line: (message) => stderr.write(`${message}\n`),
    now: () => clock.now(),
  });
  const chunks = await cycle.incomplete(range);
  const total = chunks.reduce((sum, chunk) => sum + countIn(chunk, config.time.step), 0);
  let done = 0;
  try {
    for (const chunk of chunks) {
      const outcome = await cycle.collect([chunk], signal);
      done += outcome.committed;
      progress.update(done, total);
      if (outcome.state === 'unavailable')
        throw new CommandFailure(`${source.name} does not answer: ${outcome.message}; ${kept(done, total)}`);
      if (outcome.state === 'stopped') throw new CommandFailure(`stopped; ${kept(done, total)}`);
    }
  } finally {
    progress.end();
  }
  return done;
}

const kept = (done: number, total: number): string =>
  `${done} of ${total} intervals are kept, run it again for the rest`;
