/** From options to stores. */
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { seconds, type Seconds } from '../../domain/units.js';
import type { Archive } from '../../ports/archive.js';
import type { FactorStore } from '../../ports/factor-store.js';
import type { ComparisonHistory } from '../../ports/comparison.js';
import type { History } from '../../ports/history.js';
import type { Ledger } from '../../ports/ledger.js';
import type { OutlookHistory } from '../../ports/outlook-history.js';
import type { Restating } from '../../ports/restating.js';
import { DatabaseError } from '../errors.js';
import type { Waiting, WaitingReason } from '../waiting.js';
import { openDatabase, type Database, type PostgresOptions } from './connection.js';
import { PostgresFactorStore } from './factor-store.js';
import { PostgresFindingsStore } from './findings.js';
import { PostgresHistory } from './history.js';
import { PostgresComparison } from './history-comparison.js';
import { Lease } from './lease.js';
import { PostgresLedger } from './ledger.js';
import { migrate, MIGRATIONS, schemaVersion } from './migrations.js';
import { postgresOutlookHistory } from './outlook-history.js';
import { PostgresRecommendationStore } from './recommendation-store.js';
import { PostgresRevisionHistory } from './revision-history.js';
import { PostgresUsageProfiles } from './usage-profiles.js';
import { Writer } from './writer.js';

interface WriterOptions extends PostgresOptions {
  readonly cluster: string;
  readonly step: Seconds;
}

/** Replicas must find out within three steps that the writer stands still, and not take a slow minute for it. */
const LEASE_SECONDS = { least: 5, most: 60 };
/** Those who wait ask so often within the duration of the lease. */
const ASKS = 4;
const ASK_MS = 5000;

export interface PostgresOutlookStores {
  readonly findings: PostgresFindingsStore;
  readonly history: PostgresHistory;
  readonly revisions: PostgresRevisionHistory;
  readonly profiles: PostgresUsageProfiles;
  readonly recommendations: PostgresRecommendationStore;
}

export interface PostgresStores {
  readonly ledger: Ledger & Restating;
  readonly openArchive: () => Promise<Archive>;
  readonly factors: FactorStore;
  readonly comparison: ComparisonHistory;
  readonly outlook: PostgresOutlookStores;
  readonly lost: AbortSignal;
}

export async function openPostgresStores(options: WriterOptions, waiting?: Waiting): Promise<PostgresStores> {
  const database = openDatabase(options);
  try {
    const { lease, clusterId } = await acquire(database, options, waiting);
    const writer = new Writer(database, clusterId, lease);
    const ledger = new PostgresLedger(writer, options.step);
    return {
      ledger,
      openArchive: async () => {
        const { PostgresArchive } = await import('./archive.js');
        return new PostgresArchive(writer, options.cluster, options.step, ledger);
      },
      factors: new PostgresFactorStore(database),
      comparison: new PostgresComparison(database),
      outlook: {
        findings: new PostgresFindingsStore(writer, options.cluster),
        history: new PostgresHistory(database, options.step),
        revisions: new PostgresRevisionHistory(database),
        profiles: new PostgresUsageProfiles(database, clusterId, options.step),
        recommendations: new PostgresRecommendationStore(writer),
      },
      lost: lease.lost,
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

export async function openPostgresHistory(
  options: PostgresOptions & { readonly step: Seconds },
): Promise<History & ComparisonHistory> {
  return openMigrated(options, (database) => new PostgresHistory(database, options.step));
}

export async function openPostgresOutlookHistory(options: PostgresOptions): Promise<OutlookHistory> {
  return openMigrated(options, postgresOutlookHistory);
}

async function openMigrated<T>(options: PostgresOptions, make: (database: Database) => T): Promise<T> {
  const database = openDatabase(options);
  try {
    if ((await schemaVersion(database, database.name)) < MIGRATIONS.length) {
      throw new DatabaseError(
        'older',
        `${database.name} is not migrated yet; start the exporter on it once, or run greenkube migrate`,
      );
    }
    return make(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

export async function migratePostgres(options: PostgresOptions): Promise<{ before: number; after: number }> {
  const database = openDatabase(options);
  try {
    return { before: await migrate(database, options.schema), after: MIGRATIONS.length };
  } finally {
    await database.close();
  }
}

interface Acquired {
  readonly lease: Lease;
  readonly clusterId: number;
}

/** @throws DatabaseError "locked" when another writes and there is no waiting, or the waiting was given up */
async function acquire(database: Database, options: WriterOptions, waiting?: Waiting): Promise<Acquired> {
  const duration = leaseSeconds(options);
  const holder = `${hostname()}/${randomBytes(3).toString('hex')}`;
  for (let told = ''; ;) {
    const tried = await tryOnce(database, options, { duration, holder, patient: waiting !== undefined });
    if ('lease' in tried) return tried;
    if (!waiting || waiting.signal.aborted) throw heldBy(database, options, tried);
    const reason = JSON.stringify(tried);
    if (reason !== told) waiting.onWaiting(tried);
    told = reason;
    await delay(Math.min(ASK_MS, (duration * 1000) / ASKS), undefined, { signal: waiting.signal }).catch(
      () => undefined,
    );
  }
}

async function tryOnce(
  database: Database,
  options: WriterOptions,
  how: { readonly duration: Seconds; readonly holder: string; readonly patient: boolean },
): Promise<Acquired | WaitingReason> {
  try {
    await migrate(database, options.schema);
    const clusterId = await registerCluster(database, options);
    const { cluster } = options;
    const lease = await Lease.acquire({ database, clusterId, cluster, ...how });
    return typeof lease === 'string' ? { kind: 'held', holder: lease } : { lease, clusterId };
  } catch (error) {
    if (!how.patient || !(error instanceof DatabaseError) || !PASSING.has(error.problem)) throw error;
    return { kind: 'unreachable', message: error.message };
  }
}

/** What may be otherwise in a moment. */
const PASSING: ReadonlySet<DatabaseError['problem']> = new Set(['unreachable', 'unwritable', 'failed']);

function heldBy(database: Database, { cluster }: WriterOptions, reason: WaitingReason): DatabaseError {
  if (reason.kind === 'unreachable') return new DatabaseError('unreachable', reason.message);
  return new DatabaseError(
    'locked',
    `${database.name}: ${reason.holder} writes for cluster ${cluster}; only one may: stop that one, or name another cluster`,
  );
}

function leaseSeconds({ step, leaseFor }: WriterOptions): Seconds {
  const { least, most } = LEASE_SECONDS;
  return leaseFor ?? seconds(Math.min(most, Math.max(least, step)));
}

async function registerCluster(database: Database, { cluster, step }: WriterOptions): Promise<number> {
  return database.transaction(async (session) => {
    await session.rows('INSERT INTO cluster (name, step) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      cluster,
      step,
    ]);
    const [found] = await session.rows<{ id: number; step: number; used: boolean }>(
      'SELECT id, step, complete + partial + impossible > 0 AS used FROM cluster WHERE name = $1 FOR UPDATE',
      [cluster],
    );
    if (found!.used && found!.step !== step) {
      throw new DatabaseError(
        'other-step',
        `${database.name} holds intervals of ${found!.step} s for cluster ${cluster}, and the step is now ${step} s; ` +
          'keep the step or name another cluster or schema',
      );
    }
    await session.rows('UPDATE cluster SET step = $2 WHERE id = $1 AND step <> $2', [found!.id, step]);
    for (const table of ['lease', 'heartbeat']) {
      await session.rows(`INSERT INTO ${table} (cluster_id) VALUES ($1) ON CONFLICT DO NOTHING`, [found!.id]);
    }
    return found!.id;
  });
}
