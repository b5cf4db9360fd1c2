/** What a transaction of the ledger is decided from, and what it is to change. */
import type { CounterChange, CounterStore } from './counters.js';
import type { Days } from './days.js';
import type { Head, HeadChange } from './journal.js';
import type { Manifest } from './manifest.js';
import type { Bucket } from './prune.js';
import type { Seals } from './seals.js';

/** What one commit is about to change. */
export interface Draft {
  readonly gen: number;
  readonly changed: readonly Manifest[];
  readonly head: HeadChange;
  readonly counters?: CounterChange;
  readonly garbage?: readonly Bucket[];
}

/** What a transaction is decided from. */
export interface LedgerState {
  readonly head: Head;
  readonly days: Days;
  readonly counters: CounterStore;
  readonly seals: Seals;
  /** A search that sees all that this writer has written. */
  readonly visibly: <T>(search: () => Promise<T>) => Promise<T>;
  readonly show: (gen: number) => Promise<void>;
}

export interface Amendment<T> {
  readonly answer: T;
  readonly draft: ((gen: number) => Promise<Omit<Draft, 'gen'>>) | null;
}
