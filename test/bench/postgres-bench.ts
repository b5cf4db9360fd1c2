/**
 * The ledger on a real PostgreSQL with its defaults: `node test/dist/test/bench/postgres-bench.js` after `pnpm build` and
 * `tsc -p test/bench/tsconfig.json`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Seconds } from '../../exporter/src/domain/units.js';
import type { PostgresOptions } from '../../exporter/src/repositories/factory.js';
import { startPostgres } from '../servers/postgres.js';
import { DAY, measureLedger, MONTH_DAYS } from './ledger-bench.js';

const SCHEMA = 'bench';

async function sizes(admin: pg.Client): Promise<ReadonlyMap<string, number>> {
  await admin.query('VACUUM ANALYZE');
  const found = new Map<string, number>();
  for (const [grain, table] of [
    ['intervals', 'pod_usage'],
    ['hours', 'pod_hour'],
    ['days', 'pod_day'],
  ] as const) {
    const { rows } = await admin.query<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname ~ ('^' || $2 || '(_[0-9]+)?$')`,
      [SCHEMA, table],
    );
    found.set(grain, Number(rows[0]!.bytes));
  }
  return found;
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

const folder = mkdtempSync(join(tmpdir(), 'greenkube-postgres-bench-'));
const server = await startPostgres({ dir: folder });
const admin = new pg.Client({ connectionString: server.adminUrl });
await admin.connect();
const options: PostgresOptions = {
  type: 'postgres',
  connectionString: server.url,
  schema: SCHEMA,
  sslMode: 'disable',
  poolMaxSize: 10,
  statementTimeout: 60 as Seconds,
};
try {
  const { rows } = await admin.query<{ version: string }>('SELECT version()');
  await measureLedger({
    server: rows[0]!.version,
    options,
    manyOptions: { ...options, schema: 'many', poolMaxSize: 2 },
    commitGoal: 1,
    sizes: () => sizes(admin),
    repeatDay: () => repeatDay(admin),
  });
} finally {
  await admin.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
