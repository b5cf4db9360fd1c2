/** What cannot be connected to is said in a sentence that names the database, the reason and the fix, and never the password. */
import { describe, expect, it } from '@jest/globals';
import { seconds } from '../../domain/units.js';
import { STEP } from '../../ports/testing/results.js';
import { freePort } from '../../../../test/servers/prometheus.js';
import { openHistory, openLedger, type PostgresOptions } from '../factory.js';
import { openDatabase, postgresName } from './connection.js';
import { makePostgresStore } from './testing/store.js';

const AT = 'postgres://greenkube:canary-secret@127.0.0.1';
const optionsOf = (connectionString: string, over: Partial<PostgresOptions> = {}): PostgresOptions => ({
  type: 'postgres',
  connectionString,
  schema: 'public',
  sslMode: 'disable',
  poolMaxSize: 2,
  statementTimeout: seconds(5),
  ...over,
});
const refusal = async (options: PostgresOptions): Promise<string> =>
  openLedger({ ...options, cluster: 'c', step: STEP }).then(
    () => 'opened',
    (error: Error) => error.message,
  );

describe('a database that cannot be used', () => {
  it.each<[string, (url: URL, port: number) => void, Partial<PostgresOptions>, RegExp]>([
    [
      'no server',
      (url, port) => (url.port = String(port)),
      {},
      /cannot be reached; check that it runs and DB_CONNECTION/,
    ],
    [
      'no such user',
      (url) => (url.username = 'nobody'),
      {},
      /refuses the user or the password; check DB_CONNECTION/,
    ],
    ['a wrong password', (url) => (url.password = 'canary-secret'), {}, /refuses the user or the password/],
    [
      'no such database',
      (url) => (url.pathname = '/none'),
      {},
      /has no such database; create it or name another/,
    ],
    ['no TLS', () => undefined, { sslMode: 'require' }, /does not offer TLS; set DB_SSL_MODE=disable/],
    [
      'no authority',
      (url) => url.searchParams.set('sslrootcert', '/none.pem'),
      { sslMode: 'verify-full' },
      /cannot read \/none\.pem/,
    ],
  ])('says so: %s', async (_, change, over, expected) => {
    const store = await makePostgresStore();
    const url = new URL(store.options.connectionString);
    change(url, await freePort());
    const message = await refusal({ ...store.options, connectionString: url.toString(), ...over });
    expect(message).toMatch(expected);
    expect(message).toContain('PostgreSQL 127.0.0.1');
    expect(message).not.toContain('canary-secret');
    await store.remove();
  });

  it('is called by its server, name and schema', () => {
    expect(postgresName(optionsOf(`${AT}/green`))).toBe('PostgreSQL 127.0.0.1:5432/green schema public');
    expect(() => postgresName(optionsOf('postgres://a:b#c@h:x/d'))).toThrow(/is not a URL; write special/);
  });

  it('is not there for a reader before a writer has made it', async () => {
    const store = await makePostgresStore();
    await expect(openHistory({ ...store.options, schema: 'nowhere', step: STEP })).rejects.toThrow(
      /is not migrated yet; start the exporter on it once/,
    );
    await store.remove();
  });

  it('holds intervals of another step', async () => {
    const store = await makePostgresStore();
    const ledger = await store.openLedger('c', seconds(60));
    await ledger.commit(
      {
        interval: { start: 0 as never, step: seconds(60) },
        state: 'impossible',
        coverage: 0 as never,
        partialReasons: ['no-data'],
        currency: 'USD',
        calculationVersion: 1,
        revision: 'none',
        nodes: [],
        rows: [],
        containers: [],
      },
      1 as never,
    );
    await ledger.close();
    await expect(store.openLedger('c')).rejects.toThrow(
      /holds intervals of 60 s for cluster c, and the step is now 300 s/,
    );
    await store.remove();
  });
});

describe('a statement', () => {
  it('that takes too long is stopped by the server', async () => {
    const store = await makePostgresStore();
    const database = openDatabase({ ...store.options, statementTimeout: seconds(0.2) });
    await expect(database.rows('SELECT pg_sleep(5)')).rejects.toThrow(
      /took too long .* DB_STATEMENT_TIMEOUT_MS/,
    );
    expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    await store.remove();
  });
});
