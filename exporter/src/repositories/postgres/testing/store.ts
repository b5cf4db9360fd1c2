import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, jest } from '@jest/globals';
import pg from 'pg';
import { startPostgres, UNSAFE_AND_FAST, type PostgresServer } from '../../../../../test/servers/postgres.js';
import { seconds, type Seconds } from '../../../domain/units.js';
import { STEP } from '../../../ports/testing/results.js';
import type { LedgerStore } from '../../../ports/testing/store.js';
import { openHistory, openStores, type PostgresOptions, type Stores } from '../../factory.js';

export interface PostgresStore extends LedgerStore {
  readonly options: PostgresOptions;
  /** Everything that is written for a cluster. */
  openStores(cluster?: string, step?: Seconds): Promise<Stores>;
  /** As superuser, in the store's schema. */
  readonly admin: pg.Client;
}

let running: Promise<{
  readonly server: PostgresServer;
  readonly admin: pg.Client;
  readonly folder: string;
}> | null = null;
let schemas = 0;
/** Schemas that are empty again: making one takes longer than emptying one. */
const spare: string[] = [];

/** The one server of a test file, started when it is first asked for. */
export async function testServer() {
  running ??= begin();
  return running;
}

async function begin() {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-postgres-'));
  const server = await startPostgres({ dir: folder, settings: UNSAFE_AND_FAST });
  const admin = new pg.Client({ connectionString: server.adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  return { server, admin, folder };
}

/** A server answers in milliseconds, but not on a machine that is busy with everything else. */
jest.setTimeout(60_000);

beforeAll(async () => {
  await testServer();
});

afterAll(async () => {
  if (!running) return;
  const { server, admin, folder } = await running;
  await admin.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A store in a schema of its own. @param fresh one that never held anything, not even tables of days */
export async function makePostgresStore({ fresh = false } = {}): Promise<PostgresStore> {
  const { server, admin } = await testServer();
  const schema = (fresh ? undefined : spare.pop()) ?? `s${schemas++}`;
  const options: PostgresOptions = {
    type: 'postgres',
    connectionString: server.url,
    schema,
    sslMode: 'disable',
    poolMaxSize: 4,
    statementTimeout: seconds(20),
  };
  const open: { close(): Promise<void> }[] = [];
  const stores = async (cluster = 'c', step: Seconds = STEP): Promise<Stores> => {
    const opened = await openStores({ ...options, cluster, step });
    open.push(opened.ledger);
    return opened;
  };
  return {
    options,
    admin,
    openStores: stores,
    openLedger: async (cluster, step = STEP) => (await stores(cluster, step)).ledger,
    openHistory: async (step = STEP) => {
      const history = await openHistory({ ...options, step });
      open.push(history);
      return history;
    },
    remove: async () => {
      for (const opened of open) await opened.close().catch(() => undefined);
      // A test that opened nothing has not made it.
      if (open.length === 0) return;
      await empty(admin, schema);
      spare.push(schema);
    },
  };
}

/** Without the checks of references, so that the order does not matter; TRUNCATE would make new files. */
async function empty(admin: pg.Client, schema: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> 'greenkube_schema'`,
    [schema],
  );
  const statements = [
    "SET session_replication_role = 'replica'",
    ...rows.map(({ name }) => `DELETE FROM ${name}`),
    'RESET session_replication_role',
  ];
  await admin.query(statements.join('; '));
}
