/** `greenkube migrate`: create the database or bring it up to date, and say what was done. */
import { databaseName, migrateDatabase } from '../../repositories/factory.js';
import { databaseOf } from '../database.js';
import { EXIT_OK, type CommandContext } from './context.js';

export async function runMigrate({ config, mode, stdout }: CommandContext): Promise<number> {
  const database = databaseOf(config, mode);
  const { before, after } = await migrateDatabase(database);
  const what =
    before === after
      ? `is up to date, schema version ${after}`
      : before === 0
        ? `created with schema version ${after}`
        : `migrated from schema version ${before} to ${after}`;
  stdout.write(`${await databaseName(database)} ${what}\n`);
  return EXIT_OK;
}
