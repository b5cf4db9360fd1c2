/** Commands that do one thing and end, by name. */
import type { CommandName } from '../cli.js';
import { runBackfill } from './backfill.js';
import { guarded, type CommandContext } from './context.js';
import { runExplain } from './explain.js';
import { runExport } from './export.js';
import { runImport } from './import.js';
import { runMigrate } from './migrate.js';
import { runRecommend } from './recommend.js';
import { runReport } from './report.js';

type Run = (context: CommandContext) => Promise<number>;

const RUNS: Partial<Readonly<Record<CommandName, Run>>> = {
  report: runReport,
  recommend: runRecommend,
  backfill: runBackfill,
  migrate: runMigrate,
  export: runExport,
  import: runImport,
  explain: runExplain,
};

export type { CommandContext } from './context.js';

/** Null: it is not one of these. */
export function commandRunner(name: CommandName): Run | null {
  const run = RUNS[name];
  return run === undefined ? null : (context) => guarded(context, run);
}
