/**
 * Keys that are checked but have no effect in this version, so that a configuration can be written once. The documentation
 * marks them and setting one warns. Whoever builds the feature takes its line out.
 */
import { ROWS, type Key } from './table.js';

const GROUPS = new Set(['Kubernetes', 'Analysis']);

const KEYS = new Set<Key>([
  'OPENCOST_API_URL',
  'OPENCOST_VERIFY_CERTS',
  'CALIBRATE',
  'DB_CONNECTION_STRING',
  'DB_SCHEMA',
  'DB_SSL_MODE',
  'DB_POOL_MAX_SIZE',
  'DB_STATEMENT_TIMEOUT_MS',
  'ELASTICSEARCH_HOSTS',
  'ELASTICSEARCH_USER',
  'ELASTICSEARCH_PASSWORD',
  'ELASTICSEARCH_API_KEY',
  'ELASTICSEARCH_VERIFY_CERTS',
  'ELASTICSEARCH_INDEX_PREFIX',
]);

export const NOT_YET: ReadonlySet<Key> = new Set([
  ...KEYS,
  ...ROWS.filter(({ group }) => GROUPS.has(group)).map(({ key }) => key),
]);
