/** Opening the indices: prepared where they are not there yet, held by one writer for each cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Seconds } from '../../domain/units.js';
import type { Archive } from '../../ports/archive.js';
import type { ComparisonHistory } from '../../ports/comparison.js';
import type { FactorStore } from '../../ports/factor-store.js';
import type { Ledger } from '../../ports/ledger.js';
import type { FindingsStore } from '../../ports/findings.js';
import type { OutlookHistory } from '../../ports/outlook-history.js';
import type { RecommendationStore } from '../../ports/recommendations.js';
import type { RevisionHistory } from '../../ports/revision-history.js';
import type { UsageProfiles } from '../../ports/usage-profile.js';
import type { Restating } from '../../ports/restating.js';
import { DatabaseError } from '../errors.js';
import type { Waiting } from '../waiting.js';
import { Connection, type ElasticsearchOptions } from './connection.js';
import { ElasticsearchFactorStore } from './factor-store.js';
import { ElasticsearchHistory } from './history.js';
import { ElasticsearchFindingsStore } from './findings.js';
import { HistoryState } from './history-state.js';
import { Journal } from './journal.js';
import { DEFAULT_LEASE_SECONDS, Lease } from './lease.js';
import { ElasticsearchLedger } from './ledger.js';
import { elasticsearchOutlookHistory } from './outlook-history.js';
import { ElasticsearchRecommendationStore } from './recommendation-store.js';
import { RecordWriter } from './record-store.js';
import { ElasticsearchRevisionHistory } from './revision-history.js';
import { ElasticsearchUsageProfiles } from './usage-profiles.js';
import { prepare, register, SCHEMA_VERSION, schemaVersion } from './templates.js';

export interface ElasticsearchStores {
  /** Closing it closes all of them. */
  readonly ledger: Ledger & Restating;
  readonly openArchive: () => Promise<Archive>;
  readonly factors: FactorStore;
  readonly comparison: ComparisonHistory;
  readonly outlook: ElasticsearchOutlookStores;
  /** Aborted when another process has taken over the writing. */
  readonly lost: AbortSignal;
}

export interface ElasticsearchOutlookStores {
  readonly findings: FindingsStore;
  readonly history: ElasticsearchHistory;
  readonly revisions: RevisionHistory;
  readonly profiles: UsageProfiles;
  readonly recommendations: RecommendationStore;
}

interface Own {
  readonly cluster: string;
  readonly step: Seconds;
}

/** @param waiting what to do while another process writes for the cluster; absent: refuse. @throws DatabaseError */
export async function openElasticsearchStores(
  options: ElasticsearchOptions & Own,
  waiting?: Waiting,
): Promise<ElasticsearchStores> {
  const told = waiting && onceEach(waiting);
  for (;;) {
    try {
      return await openOnce(options, told);
    } catch (error) {
      if (!told || told.signal.aborted || !isPassing(error)) throw error;
      told.onWaiting({ kind: 'unreachable', message: error.message });
      await delay(ASK_MS, undefined, { signal: told.signal }).catch(() => undefined);
    }
  }
}

const ASK_MS = 5000;
/** What may be otherwise in a moment. */
const isPassing = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && ['unreachable', 'unwritable', 'failed'].includes(error.problem);

/** Tells of a reason when it is not the one before. */
function onceEach({ signal, onWaiting }: Waiting): Waiting {
  let last = '';
  return {
    signal,
    onWaiting: (reason) => {
      if (JSON.stringify(reason) !== last) onWaiting(reason);
      last = JSON.stringify(reason);
    },
  };
}

async function openOnce(
  options: ElasticsearchOptions & Own,
  waiting?: Waiting,
): Promise<ElasticsearchStores> {
  const { cluster, step, leaseSeconds = DEFAULT_LEASE_SECONDS } = options;
  const connection = new Connection(options);
  let lease: Lease | null = null;
  try {
    await prepare(connection);
    lease = await Lease.acquire(connection, cluster, leaseSeconds * 1000, waiting);
    const journal = await Journal.open(connection, cluster, step, lease);
    await register(connection, (registry) => ({
      ...registry,
      clusters: [...new Set([...registry.clusters, cluster])].sort(),
    }));
    const ledger = await ElasticsearchLedger.open({ connection, cluster, step, lease, journal });
    const history = new ElasticsearchHistory(connection, step);
    const factors = new ElasticsearchFactorStore(connection);
    const records = new RecordWriter(connection, ledger, cluster);
    const openArchive = async () => {
      const { ElasticsearchArchive } = await import('./archive.js');
      return new ElasticsearchArchive({ connection, ledger, records });
    };
    const outlook = outlookStores(connection, records, history, { cluster, step });
    return { ledger, openArchive, factors, comparison: history, outlook, lost: lease.lost };
  } catch (error) {
    await lease?.abandon();
    await connection.close();
    throw error;
  }
}

function outlookStores(
  connection: Connection,
  records: RecordWriter,
  history: ElasticsearchHistory,
  { cluster, step }: Own,
): ElasticsearchOutlookStores {
  const state = new HistoryState(connection);
  return {
    findings: new ElasticsearchFindingsStore(records),
    history,
    revisions: new ElasticsearchRevisionHistory(connection, state),
    profiles: new ElasticsearchUsageProfiles(connection, state, cluster, step),
    recommendations: new ElasticsearchRecommendationStore(records),
  };
}

/** @throws DatabaseError "missing" when no ledger has been opened there */
export async function openElasticsearchHistory(
  options: ElasticsearchOptions & { readonly step: Seconds },
): Promise<ElasticsearchHistory> {
  return reading(options, (connection) => new ElasticsearchHistory(connection, options.step));
}

/** @throws DatabaseError "missing" when no ledger has been opened there */
export async function openElasticsearchOutlook(options: ElasticsearchOptions): Promise<OutlookHistory> {
  return reading(options, elasticsearchOutlookHistory);
}

async function reading<T>(options: ElasticsearchOptions, make: (connection: Connection) => T): Promise<T> {
  const connection = new Connection(options);
  try {
    if ((await schemaVersion(connection)) > 0) return make(connection);
    throw new DatabaseError(
      'missing',
      `${connection.label} are not there yet; the exporter creates them when it starts`,
    );
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Create what is not there, or bring it up to date. @throws DatabaseError */
export async function migrateElasticsearch(
  options: ElasticsearchOptions,
): Promise<{ before: number; after: number }> {
  const connection = new Connection(options);
  try {
    const { before } = await prepare(connection);
    return { before, after: SCHEMA_VERSION };
  } finally {
    await connection.close();
  }
}
