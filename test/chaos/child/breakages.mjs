/** Writers that break a promise of the ledger, each in one way, made from the real one by meddling with its statements. */

/** What has been done in a transaction so far becomes durable, before what belongs to it. */
const SPLIT = 'COMMIT; BEGIN IMMEDIATE';

export const breakages = {
  /** Rows and counters in one transaction, the mark in the next: killed in between, the interval is counted again. */
  'mark-later': {
    rewrite: (sql) =>
      sql.replace(/^\s*INSERT INTO (pod|namespace|node)_usage /, 'INSERT OR REPLACE INTO $1_usage '),
    before: (sql, exec) => sql.startsWith('INSERT INTO interval ') && exec(SPLIT),
  },
  /** The interval in one transaction, its hour and day in the next: killed in between, they are never added up. */
  'seals-later': {
    before: (sql, exec) => sql.startsWith('SELECT count(*) FROM interval ') && exec(SPLIT),
  },
  /** A better answer is added to what is held instead of taking its place. */
  adds: {
    swallows: (sql) => sql.startsWith('SELECT block FROM pod_usage '),
  },
};
