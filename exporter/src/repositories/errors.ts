/** What can be wrong with a database, so that the program can tell a person what to do about it. */
export type DatabaseProblem =
  | 'missing'
  | 'locked' // another process writes to it
  | 'corrupt'
  | 'unwritable'
  | 'foreign' // a database of another program
  | 'newer' // written by a later version
  | 'older' // not yet migrated; only a reader sees this
  | 'other-step'
  | 'unreachable' // no connection, or it was lost
  | 'denied' // user, password, database or certificate
  | 'fenced' // another process writes for the cluster now
  | 'failed'; // the database refused a statement: disk full, I/O error

/** A database that cannot be used; the message names it and says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly problem: DatabaseProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A result that breaks a law of the ledger. Storing it would make every later sum wrong, so it is refused whole. */
export class InvalidResultError extends Error {
  override readonly name = 'InvalidResultError';
}
