/**
 * How a commit becomes the truth. Elasticsearch writes one document at a time, so everything that a commit consists of is written
 * first, under a generation of its own that nobody reads; then one document, the head of the cluster, is replaced, and with it
 * the generation counts. The head is replaced only by whoever read its last version, and whoever takes the lease replaces it
 * first: a writer that was paused finds another head and can no longer commit.
 *
 * The head carries the days that the commit changed; they are copied to documents of their own afterwards, and again by whoever
 * opens the journal, so that nothing is lost where the copy was not made. A copy that comes too late loses by its generation.
 */
import type { IntervalState } from '../../domain/model.js';
import { DatabaseError } from '../errors.js';
import type { Connection, Version } from './connection.js';
import type { Lease } from './lease.js';
import type { Manifest, ManifestDocument } from './manifest.js';
import { headId, manifestId } from './names.js';

/** A generation is a token times this and a number within its tenure; it stays below 2^53. */
const PER_TENURE = 2 ** 24;
/** So many ended tenures and failed generations are kept in mind; a request that is older is no longer under way. */
const REMEMBERED = 200;

export interface Head {
  readonly step: number;
  readonly token: number;
  /** Of the last commit. */
  readonly gen: number;
  /** Tenures that have ended, each with its last commit. */
  readonly ended: readonly (readonly [token: number, gen: number])[];
  /** Commits that failed in a tenure that went on. */
  readonly voided: readonly number[];
  /** Commits by the state in which they left an interval. */
  readonly intervals: Readonly<Record<IntervalState, number>>;
  /** How many workloads have joined. */
  readonly workloads: number;
  /** Absolute changes of emissions by reason, micrograms. */
  readonly restated: Readonly<Record<string, string>>;
  /** Starts of the first interval that is known and not dropped, and of the last one. */
  readonly first: number | null;
  readonly last: number | null;
  /** Days before this have been dropped. */
  readonly droppedTo: number;
  /** Days that the last commit changed. */
  readonly changed: readonly ManifestDocument[];
}

export interface HeadDocument {
  readonly body: Head;
}

const newHead = (step: number, token: number): Head => ({
  ...{ step, token, gen: 0, ended: [], voided: [], workloads: 0, restated: {}, droppedTo: 0, changed: [] },
  intervals: { complete: 0, partial: 0, impossible: 0 },
  first: null,
  last: null,
});

/** Whether a commit of this generation has counted. */
export function isCommitted(head: Head, gen: number): boolean {
  if (head.voided.includes(gen)) return false;
  const token = Math.floor(gen / PER_TENURE);
  if (token === head.token) return gen <= head.gen;
  const ended = head.ended.find(([t]) => t === token);
  return ended === undefined || gen <= ended[1];
}

export const isUsed = ({ intervals: i }: Head): boolean => i.complete + i.partial + i.impossible > 0;

/** What a commit changes of the head besides the days. */
export type HeadChange = Partial<
  Pick<Head, 'intervals' | 'workloads' | 'restated' | 'first' | 'last' | 'droppedTo'>
>;

export class Journal {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #lease: Lease;
  #head: Head;
  #version: Version;
  #sequence = 0;
  /** Days of the last commit that are not copied yet. */
  #uncopied: readonly ManifestDocument[] = [];

  private constructor(connection: Connection, cluster: string, lease: Lease, head: Head, version: Version) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#lease = lease;
    this.#head = head;
    this.#version = version;
    this.#uncopied = head.changed;
  }

  /** Fences off whoever wrote before. @throws DatabaseError "other-step", "fenced" */
  static async open(connection: Connection, cluster: string, step: number, lease: Lease): Promise<Journal> {
    const { state } = connection.names;
    const id = headId(cluster);
    for (;;) {
      const found = await connection.get<HeadDocument>(state, id);
      const before = found?.source.body ?? newHead(step, lease.token);
      if (before.token > lease.token) throw lease.giveUp();
      checkStep(connection, cluster, before, step);
      const ended = found ? [...before.ended, [before.token, before.gen] as const].slice(-REMEMBERED) : [];
      const head: Head = { ...before, step, token: lease.token, ended };
      const condition = found
        ? ({ kind: 'unchanged', version: found.version } as const)
        : ({ kind: 'new' } as const);
      const version = await connection.put(state, id, headDocument(cluster, head), condition);
      if (version) return new Journal(connection, cluster, lease, head, version);
    }
  }

  get head(): Head {
    return this.#head;
  }

  /** Of the next commit; every attempt has its own. */
  nextGeneration(): number {
    return this.#head.token * PER_TENURE + ++this.#sequence;
  }

  /** Whether a commit of this generation has counted. */
  isCommitted(gen: number): boolean {
    return isCommitted(this.#head, gen);
  }

  /**
   * Make a generation count. @param voided generations of this tenure that have failed since the last commit
   * @throws DatabaseError "fenced" when another process writes; "failed" when it is not known whether it counts: reload
   */
  async commit(
    gen: number,
    changed: readonly Manifest[],
    change: HeadChange,
    voided: readonly number[],
  ): Promise<void> {
    this.#lease.assertHeld();
    // Days that change again need no copy in between.
    await this.settle(changed.map((m) => m.day));
    const documents = changed.map((m) => m.encode(this.#cluster));
    const head: Head = {
      ...this.#head,
      ...change,
      gen,
      voided: [...this.#head.voided, ...voided].slice(-REMEMBERED),
      changed: documents,
    };
    this.#version = await this.#replace(head);
    this.#head = head;
    this.#uncopied = documents;
  }

  /** Copy what the last commit changed to where it stays. @param but days that need not be */
  async settle(but: readonly number[] = []): Promise<void> {
    const { state } = this.#connection.names;
    for (const document of this.#uncopied) {
      if (but.includes(document.day)) continue;
      const id = manifestId(this.#cluster, document.day);
      await this.#connection.put(state, id, { ...document }, { kind: 'newest', generation: document.gen });
    }
    this.#uncopied = [];
  }

  /** Find out what counts after a failure. */
  async reload(): Promise<void> {
    const found = await this.#connection.get<HeadDocument>(
      this.#connection.names.state,
      headId(this.#cluster),
    );
    if (!found || found.source.body.token !== this.#head.token) throw this.#lease.giveUp();
    this.#head = found.source.body;
    this.#version = found.version;
    this.#uncopied = this.#head.changed;
  }

  /** Still the writer, as far as can be told: for what is written beside the head. */
  async assertWriter(): Promise<void> {
    this.#lease.assertHeld();
    const found = await this.#connection.get<HeadDocument>(
      this.#connection.names.state,
      headId(this.#cluster),
    );
    if (found?.source.body.token !== this.#head.token) throw this.#lease.giveUp();
  }

  async #replace(head: Head): Promise<Version> {
    const { state } = this.#connection.names;
    const id = headId(this.#cluster);
    let failure: DatabaseError | null = null;
    try {
      const condition = { kind: 'unchanged', version: this.#version } as const;
      const version = await this.#connection.put(state, id, headDocument(this.#cluster, head), condition);
      if (version) return version;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      failure = error;
    }
    const found = await this.#connection.get<HeadDocument>(state, id);
    if (!found || found.source.body.token !== head.token) throw this.#lease.giveUp();
    if (found.source.body.gen === head.gen) return found.version;
    throw failure ?? new DatabaseError('failed', `${this.#connection.label}: an earlier commit came in late`);
  }
}

const headDocument = (cluster: string, body: Head) => ({ cluster, what: 'head', body });

function checkStep(connection: Connection, cluster: string, head: Head, step: number): void {
  if (!isUsed(head) || head.step === step) return;
  throw new DatabaseError(
    'other-step',
    `${connection.label} holds intervals of ${head.step} s for cluster ${cluster}, and the step is now ${step} s; ` +
      'keep the step or choose another ELASTICSEARCH_INDEX_PREFIX',
  );
}
