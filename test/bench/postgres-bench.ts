/** The ledger on a real PostgreSQL with its defaults. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Seconds } from '../../exporter/src/domain/units.js';
import type { PostgresOptions } from '../../exporter/src/repositories/factory.js';
import { startPostgres } from '../servers/postgres.js';
import { DAY, measureLedger, MONTH_DAYS, type LedgerFigures, type Say, type Sizes } from './ledger-bench.js';

export interface PostgresResult extends LedgerFigures {
  readonly kind: 'postgres';
}

const SCHEMA = 'bench';
const OPTIONS: Omit<PostgresOptions, 'connectionString'> = {
  type: 'postgres',
  schema: SCHEMA,
  sslMode: 'disable',
  poolMaxSize: 10,
  statementTimeout: 60 as Seconds,
};

async function sizes(admin: pg.Client): Promise<Sizes> {
  await admin.query('VACUUM ANALYZE');
  const bytesOf = async (table: string): Promise<number> => {
    const { rows } = await admin.query<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname ~ ('^' || $2 || '(_[0-9]+)?$')`,
      [SCHEMA, table],
    );
    return Number(rows[0]!.bytes);
  };
  return {
    intervals: await bytesOf('pod_usage'),
    hours: await bytesOf('pod_hour'),
    days: await bytesOf('pod_day'),
  };
}

const DAY_TABLES = ['interval_mark', 'hour_seal', 'day_seal', 'pod_day', 'node_day', 'namespace_day'];
const TIMES = new Set(['start', 'first_start', 'last_start']);

async function repeatDay(admin: pg.Client): Promise<void> {
  await admin.query(`SET search_path = ${SCHEMA}`);
  for (const table of DAY_TABLES) {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [table],
    );
    const values = rows.map(({ name }) => {
      if (TIMES.has(name)) return `t.${name} - k.n * ${DAY}`;
      return table === 'hour_seal' && (name === 'raw' || name === 'held') ? 'false' : `t.${name}`;
    });
    await admin.query(
      `INSERT INTO ${table} SELECT ${values.join(', ')} FROM ${table} t, generate_series(1, ${MONTH_DAYS - 1}) k (n)`,
    );
  }
  await admin.query('ANALYZE');
}

export async function runPostgresBench(say: Say): Promise<PostgresResult> {
  const folder = mkdtempSync(join(tmpdir(), 'greenkube-postgres-bench-'));
  const server = await startPostgres({ dir: folder });
  const admin = new pg.Client({ connectionString: server.adminUrl });
  try {
    await admin.connect();
    const options = { ...OPTIONS, connectionString: server.url };
    const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
    const figures = await measureLedger(
      {
        server: `PostgreSQL ${rows[0]!.server_version}`,
        options,
        manyOptions: { ...options, schema: 'many', poolMaxSize: 2 },
        sizes: () => sizes(admin),
        repeatDay: () => repeatDay(admin),
      },
      say,
    );
    return { kind: 'postgres', ...figures };
  } finally {
    await admin.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
