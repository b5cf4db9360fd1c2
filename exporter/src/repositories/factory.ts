/** The one place that knows which databases there are. */
import { isValidStep } from '../domain/interval.js';
import type { Seconds } from '../domain/units.js';
import type { Archive } from '../ports/archive.js';
import type { ComparisonHistory } from '../ports/comparison.js';
import type { FactorStore } from '../ports/factor-store.js';
import type { FindingsStore } from '../ports/findings.js';
import type { History } from '../ports/history.js';
import type { Ledger } from '../ports/ledger.js';
import type { OutlookHistory } from '../ports/outlook-history.js';
import type { RecommendationStore } from '../ports/recommendations.js';
import type { Restating } from '../ports/restating.js';
import type { RevisionHistory } from '../ports/revision-history.js';
import type { UsageProfiles } from '../ports/usage-profile.js';
import type { ElasticsearchOptions } from './elasticsearch/connection.js';
import type { PostgresOptions } from './postgres/connection.js';
import { openReader, openWriter } from './sqlite/connection.js';
import { SqliteFactorStore } from './sqlite/factor-store.js';
import { SqliteFindingsStore } from './sqlite/findings.js';
import { SqliteComparison } from './sqlite/history-comparison.js';
import { schemaVersion } from './sqlite/migrations.js';
import { SqliteHistory } from './sqlite/history.js';
import { SqliteLedger } from './sqlite/ledger.js';
import { sqliteOutlookHistory } from './sqlite/outlook-history.js';
import { SqliteRecommendationStore } from './sqlite/recommendation-store.js';
import { SqliteRevisionHistory } from './sqlite/revision-history.js';
import { SqliteUsageProfiles } from './sqlite/usage-profiles.js';
import type { Waiting } from './waiting.js';

export type { ElasticsearchOptions } from './elasticsearch/connection.js';
export type { PostgresOptions } from './postgres/connection.js';
export type { Waiting, WaitingReason } from './waiting.js';

/** The clients of the other databases take a third of a second to load; who does not use them does not wait for them. */
const postgres = () => import('./postgres/open.js');
const elasticsearch = () => import('./elasticsearch/open.js');

export interface SqliteOptions {
  readonly type: 'sqlite';
  /** Path of the database file. */
  readonly path: string;
}

/** Where history is kept; one entry for each kind of database. */
export type DatabaseOptions = SqliteOptions | PostgresOptions | ElasticsearchOptions;
export type HistoryOptions = DatabaseOptions & { readonly step: Seconds };
export type LedgerOptions = HistoryOptions & { readonly cluster: string };

export interface Stores {
  /** Closing it closes all of them. */
  readonly ledger: Ledger & Restating;
  readonly factors: FactorStore;
  /** All that the ledger holds, for moving it to another database; loaded when it is asked for, as no other start needs it. */
  readonly openArchive: () => Promise<Archive>;
  /** Of all clusters of the database. */
  readonly comparison: ComparisonHistory;
  /** What analyses of the past read and write; absent: this kind of database keeps no findings yet. */
  readonly outlook?: OutlookStores;
  /** Aborted when another process has taken over the writing; absent where none can. */
  readonly lost?: AbortSignal;
}

export interface OutlookStores {
  readonly findings: FindingsStore;
  readonly history: Pick<History, 'totals' | 'series'>;
  readonly revisions: RevisionHistory;
  readonly profiles: UsageProfiles;
  readonly recommendations: RecommendationStore;
}

/**
 * Everything that is written for one cluster; created and migrated where needed. Refused while another process holds it, unless
 * `waiting` says to wait for it.
 * @throws DatabaseError naming the database and what to do
 */
export async function openStores(options: LedgerOptions, waiting?: Waiting): Promise<Stores> {
  checkStep(options.step);
  switch (options.type) {
    case 'sqlite':
      return openSqliteStores(options);
    case 'postgres':
      return (await postgres()).openPostgresStores(options, waiting);
    case 'elasticsearch':
      return (await elasticsearch()).openElasticsearchStores(options, waiting);
  }
}

function openSqliteStores(options: SqliteOptions & LedgerOptions): Stores {
  const writer = openWriter(options.path);
  try {
    const ledger = new SqliteLedger(writer, options.cluster, options.step);
    const comparison = new SqliteComparison(writer.db);
    return {
      ledger,
      factors: new SqliteFactorStore(writer.db),
      openArchive: async () => {
        const { SqliteArchive } = await import('./sqlite/archive.js');
        return new SqliteArchive(writer, options.cluster, options.step, ledger);
      },
      comparison,
      outlook: {
        findings: new SqliteFindingsStore(writer.db, options.cluster),
        history: new SqliteHistory(writer.db, options.step),
        revisions: new SqliteRevisionHistory(writer.db),
        profiles: new SqliteUsageProfiles(writer.db, options.cluster, options.step),
        recommendations: new SqliteRecommendationStore(writer.db, options.cluster),
      },
    };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** The ledger alone. @throws DatabaseError as `openStores` does */
export async function openLedger(options: LedgerOptions): Promise<Ledger & Restating> {
  return (await openStores(options)).ledger;
}

/**
 * Reading what ledgers of any cluster have written; open the ledger first, it creates and migrates.
 * @throws DatabaseError naming the database and what to do
 */
export async function openHistory(options: HistoryOptions): Promise<History & ComparisonHistory> {
  checkStep(options.step);
  switch (options.type) {
    case 'sqlite':
      return new SqliteHistory(openReader(options.path), options.step);
    case 'postgres':
      return (await postgres()).openPostgresHistory(options);
    case 'elasticsearch':
      return (await elasticsearch()).openElasticsearchHistory(options);
  }
}

/**
 * Reading what analyses have found and what they read besides `History`; as `openHistory`.
 * @throws DatabaseError naming the database and what to do
 */
export async function openOutlookHistory(options: HistoryOptions): Promise<OutlookHistory> {
  switch (options.type) {
    case 'sqlite':
      return sqliteOutlookHistory(openReader(options.path));
    case 'postgres':
      return (await postgres()).openPostgresOutlookHistory(options);
    case 'elasticsearch':
      return (await elasticsearch()).openElasticsearchOutlook(options);
  }
}

export interface Migrated {
  /** Version of the schema before; 0: there was no database. */
  readonly before: number;
  readonly after: number;
}

/**
 * Create a database or bring it up to date. Refused while another process holds it.
 * @throws DatabaseError naming the database and what to do
 */
export async function migrateDatabase(options: DatabaseOptions): Promise<Migrated> {
  if (options.type === 'postgres') return (await postgres()).migratePostgres(options);
  if (options.type === 'elasticsearch') return (await elasticsearch()).migrateElasticsearch(options);
  const writer = openWriter(options.path);
  try {
    return { before: writer.schemaBefore, after: schemaVersion(writer.db) };
  } finally {
    writer.close();
  }
}

/** How a person would name the database; holds no secret. */
export async function databaseName(options: DatabaseOptions): Promise<string> {
  switch (options.type) {
    case 'sqlite':
      return options.path;
    case 'postgres':
      return (await import('./postgres/connection.js')).postgresName(options);
    case 'elasticsearch':
      return (await import('./elasticsearch/connection.js')).elasticsearchName(options);
  }
}

function checkStep(step: Seconds): void {
  if (!isValidStep(step)) throw new RangeError(`step ${step} s does not divide one hour`);
}
