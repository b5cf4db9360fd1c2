/** `greenkube migrate`: create the database or bring it up to date, and say what was done. */
import { migrateDatabase } from '../../repositories/factory.js';
import { EXIT_OK, type CommandContext } from './context.js';

export async function runMigrate({ mode, stdout }: CommandContext): Promise<number> {
  const path = mode.databasePath;
  const { before, after } = await migrateDatabase(path);
  const what =
    before === after
      ? `is up to date, schema version ${after}`
      : before === 0
        ? `created with schema version ${after}`
        : `migrated from schema version ${before} to ${after}`;
  stdout.write(`${path} ${what}\n`);
  return EXIT_OK;
}
