import type { Connection } from './connection.js';
import { dayOf, Manifest, type ManifestDocument } from './manifest.js';
import { manifestId } from './names.js';

/** The days of a cluster as its writer sees them; those last used stay in memory. */
export class Days {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #kept = new Map<number, Manifest>();
  /** Days that have a document, each with what pruning asks of it. */
  readonly #known = new Map<number, DaySummary>();

  private constructor(connection: Connection, cluster: string) {
    this.#connection = connection;
    this.#cluster = cluster;
  }

  static async open(
    connection: Connection,
    cluster: string,
    changed: readonly ManifestDocument[],
  ): Promise<Days> {
    const days = new Days(connection, cluster);
    const { state } = connection.names;
    await connection.refresh(state);
    const body = {
      query: { bool: { filter: [{ term: { cluster } }, { term: { what: 'day' } }] } },
      _source: ['day', 'gen', 'seal', 'hours'],
    };
    for await (const { _source } of connection.searchAll<Omit<ManifestDocument, 'body'>>(state, body, [
      { day: 'asc' },
    ])) {
      days.#note(Manifest.decode({ ..._source, body: { marks: [] } }));
    }
    days.took(changed.map((document) => Manifest.decode(document)));
    return days;
  }

  /** Ascending. */
  get all(): readonly DaySummary[] {
    return [...this.#known.values()].sort((a, b) => a.day - b.day);
  }

  /** An empty one where nothing is known of the day. */
  async get(day: number): Promise<Manifest> {
    const kept = this.#kept.get(day);
    if (kept) {
      this.#keep(kept);
      return kept;
    }
    const id = manifestId(this.#cluster, day);
    const found = this.#known.has(day)
      ? await this.#connection.get<ManifestDocument>(this.#connection.names.state, id)
      : null;
    const manifest = found ? Manifest.decode(found.source) : new Manifest(day);
    this.#keep(manifest);
    return manifest;
  }

  of(time: number): Promise<Manifest> {
    return this.get(dayOf(time));
  }

  /** These are the truth now. */
  took(manifests: readonly Manifest[]): void {
    for (const manifest of manifests) {
      this.#note(manifest);
      this.#keep(manifest);
    }
  }

  #keep(manifest: Manifest): void {
    this.#kept.delete(manifest.day);
    this.#kept.set(manifest.day, manifest);
    if (this.#kept.size > DAYS_IN_MEMORY) this.#kept.delete(this.#kept.keys().next().value!);
  }

  #note(manifest: Manifest): void {
    const hours = manifest.sealedHours();
    this.#known.set(manifest.day, {
      day: manifest.day,
      whole: manifest.seal !== null,
      held: manifest.seal?.held === true,
      oldestRaw: hours.find(([, h]) => h.raw)?.[0] ?? null,
      hoursHeld: hours.some(([, h]) => h.held),
    });
  }
}

/** More than the thirty that a backfill looks back on. */
const DAYS_IN_MEMORY = 64;

export interface DaySummary {
  readonly day: number;
  readonly whole: boolean;
  readonly held: boolean;
  /** Start of its oldest whole hour of which the rows are there. */
  readonly oldestRaw: number | null;
  readonly hoursHeld: boolean;
}
