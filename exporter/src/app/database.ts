import type { DatabaseOptions } from '../repositories/factory.js';
import type { Config } from './config.js';
import type { Mode } from './mode.js';

/** Where history is kept, as the repositories want it; the only place where the secrets of a database are revealed. */
export function databaseOf({ database }: Config, { databasePath }: Mode): DatabaseOptions {
  const { postgres, elasticsearch } = database;
  if (database.type === 'elasticsearch') {
    const { hosts, basic, apiKey, verifyCerts, indexPrefix } = elasticsearch;
    return {
      ...{ type: 'elasticsearch', hosts, verifyCerts, prefix: indexPrefix },
      ...(basic && { basic: { username: basic.username, password: basic.password.reveal() } }),
      ...(apiKey && { apiKey: apiKey.reveal() }),
    };
  }
  if (database.type !== 'postgres') return { type: 'sqlite', path: databasePath };
  return {
    type: 'postgres',
    connectionString: postgres.connectionString!.reveal(),
    schema: postgres.schema,
    sslMode: postgres.sslMode,
    poolMaxSize: postgres.poolMaxSize,
    statementTimeout: postgres.statementTimeout,
  };
}
