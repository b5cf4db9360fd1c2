/** The one place that knows which databases there are. */
import { isValidStep } from '../domain/interval.js';
import type { Seconds } from '../domain/units.js';
import type { FactorStore } from '../ports/factor-store.js';
import type { History } from '../ports/history.js';
import type { Ledger } from '../ports/ledger.js';
import { openReader, openWriter } from './sqlite/connection.js';
import { SqliteFactorStore } from './sqlite/factor-store.js';
import { schemaVersion } from './sqlite/migrations.js';
import { SqliteHistory } from './sqlite/history.js';
import { SqliteLedger } from './sqlite/ledger.js';

export interface HistoryOptions {
  readonly type: 'sqlite';
  /** Path of the database file. */
  readonly path: string;
  readonly step: Seconds;
}

export interface LedgerOptions extends HistoryOptions {
  readonly cluster: string;
}

export interface Stores {
  /** Closing it closes all of them. */
  readonly ledger: Ledger;
  readonly factors: FactorStore;
}

/**
 * Everything that is written for one cluster; created and migrated where needed. Refused while another process holds it.
 * @throws DatabaseError naming the file and what to do
 */
export async function openStores(options: LedgerOptions): Promise<Stores> {
  checkStep(options.step);
  const writer = openWriter(options.path);
  try {
    const ledger = new SqliteLedger(writer, options.cluster, options.step);
    return { ledger, factors: new SqliteFactorStore(writer.db) };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** The ledger alone. @throws DatabaseError as `openStores` does */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  return (await openStores(options)).ledger;
}

/**
 * Reading what ledgers of any cluster have written to the file; open the ledger first, it creates and migrates.
 * @throws DatabaseError naming the file and what to do
 */
export async function openHistory(options: HistoryOptions): Promise<History> {
  checkStep(options.step);
  return new SqliteHistory(openReader(options.path), options.step);
}

export interface Migrated {
  /** Version of the schema before; 0: there was no database. */
  readonly before: number;
  readonly after: number;
}

/**
 * Create a database or bring it up to date. Refused while another process holds it.
 * @throws DatabaseError naming the file and what to do
 */
export async function migrateDatabase(path: string): Promise<Migrated> {
  const writer = openWriter(path);
  try {
    return { before: writer.schemaBefore, after: schemaVersion(writer.db) };
  } finally {
    writer.close();
  }
}

function checkStep(step: Seconds): void {
  if (!isValidStep(step)) throw new RangeError(`step ${step} s does not divide one hour`);
}
