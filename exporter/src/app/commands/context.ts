/** What every command is given; main.ts makes it from the process. */
import type { Writable } from 'node:stream';
import type { Clock } from '../../ports/clock.js';
import { DatabaseError } from '../../repositories/errors.js';
import { QueryProblem } from '../../pipeline/query-range.js';
import type { Config, Mistake } from '../config.js';
import { EXIT_MISTAKE } from '../cli/help.js';
import type { Options } from '../cli/options.js';
import type { Mode } from '../mode.js';

export interface CommandContext {
  readonly config: Config;
  readonly mode: Mode;
  readonly options: Options;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly clock: Clock;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;

/** What a person wrote that cannot be: one line each, exit code 2. */
export class Mistakes extends Error {
  override readonly name = 'Mistakes';

  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(({ message }) => message).join('\n'));
  }
}

/** Ends a command with a sentence for people, exit code 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** Runs a command and says on standard error why it failed. What nobody foresaw is thrown on. */
export async function guarded(
  context: CommandContext,
  run: (c: CommandContext) => Promise<number>,
): Promise<number> {
  try {
    return await run(context);
  } catch (error) {
    const lines = error instanceof QueryProblem ? new Mistakes([mistakeOf(error)]) : error;
    const known =
      lines instanceof Mistakes || lines instanceof CommandFailure || lines instanceof DatabaseError;
    if (!known) throw error;
    context.stderr.write(`${lines.message}\n`);
    return lines instanceof Mistakes ? EXIT_MISTAKE : EXIT_FAILED;
  }
}

/** A parameter of the API is an option of the same name here. */
function mistakeOf({ parameter, message, fix }: QueryProblem): Mistake {
  return { key: `--${parameter}`, message: `--${parameter}: ${message} ${fix}` };
}
