/** `RevisionHistory` of every cluster in a SQLite file, from the same rows of pods that all sums are read from. */
import type { Database } from 'better-sqlite3';
import { HOUR, type TimeRange } from '../../domain/interval.js';
import { REVISION_LABEL, revisionOf } from '../../domain/releases/revision.js';
import { epochSeconds } from '../../domain/units.js';
import {
  MAX_REVISION_HOURS,
  type Revision,
  type RevisionHistory,
  type RevisionHour,
  type RevisionHoursQuery,
  type WorkloadName,
} from '../../ports/revision-history.js';
import { decodePodBlock } from '../pod-block.js';
import { PodSums, type PodSum } from '../pod-sums.js';
import { explaining } from './connection.js';
import { partition, readClusters, type Cluster, type Piece } from './history-partition.js';
import { sumPods } from './history-pods.js';

/** Whose pods an entity's rows are of. */
interface Owner extends WorkloadName {
  readonly revision: string;
  readonly cpuRequest: number | null;
}

interface OwnerRecord extends WorkloadName {
  readonly id: number;
  readonly pod: string;
  readonly label: string | null;
  readonly cpuRequest: number | null;
}

export class SqliteRevisionHistory implements RevisionHistory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async revisions(cluster: string, range: TimeRange): Promise<readonly Revision[]> {
    return this.#snapshot(cluster, [], (known) => {
      const sums = sumPods(this.#db, partition(this.#db, [known], range, null), 0);
      const owners = new Owners(this.#db, null).of(sums.entities);
      const found = new Map<string, Revision>();
      for (const { entityId, first, last } of sums.sums()) {
        const owner = owners.get(entityId);
        if (!owner) continue;
        const { namespace, workload, workloadType, revision } = owner;
        const key = JSON.stringify([namespace, workload, workloadType, revision]);
        const before = found.get(key);
        found.set(key, {
          namespace,
          workload,
          workloadType,
          revision,
          first: epochSeconds(Math.min(first, before?.first ?? first)),
          last: epochSeconds(Math.max(last, before?.last ?? last)),
        });
      }
      return [...found.values()].toSorted(
        (a, b) => compareNames(a, b) || a.first - b.first || compare(a.revision, b.revision),
      );
    });
  }

  async revisionHours(query: RevisionHoursQuery): Promise<readonly RevisionHour[]> {
    const { cluster, range, workloads } = query;
    if (range.to - range.from > MAX_REVISION_HOURS * HOUR) {
      throw new RangeError(`more than ${MAX_REVISION_HOURS} hours were asked for at once`);
    }
    const wanted = new Set(workloads.map(nameOf));
    return this.#snapshot(cluster, [], (known) => {
      const { hour, usage } = partition(this.#db, [known], range, HOUR);
      const owners = new Owners(this.#db, wanted);
      const byHour = new Map<number, PodSums>();
      for (const piece of hour) this.#add(byHour, 'hour', piece, known);
      for (const piece of usage) this.#add(byHour, 'usage', piece, known);
      return [...byHour]
        .toSorted(([a], [b]) => a - b)
        .flatMap(([start, sums]) => linesOf(start, sums, owners));
    });
  }

  #add(byHour: Map<number, PodSums>, grain: 'hour' | 'usage', piece: Piece, { step }: Cluster): void {
    const sql = `SELECT start, block FROM pod_${grain} WHERE cluster_id = ? AND start >= ? AND start < ? ORDER BY start`;
    const blocks = this.#db.prepare<[number, number, number], { start: number; block: Buffer }>(sql);
    for (const { start, block } of blocks.iterate(piece.clusterId, piece.from, piece.to)) {
      const at = start - (start % HOUR);
      const sums = byHour.get(at) ?? new PodSums();
      byHour.set(at, sums);
      if (grain === 'usage') sums.addBlock(decodePodBlock(block, step), start);
      else sums.addRollup(block, start);
    }
  }

  /** Everything that `read` reads is of one state of the file; `empty` where there is no such cluster. */
  #snapshot<T>(cluster: string, empty: T, read: (known: Cluster) => T): T {
    return explaining(this.#db.name, () =>
      this.#db.transaction(() => {
        const [known] = readClusters(this.#db, [cluster]);
        return known ? read(known) : empty;
      })(),
    );
  }
}

/** Whose rows are whose, looked up once for each entity; only pods whose revision is visible have an owner here. */
class Owners {
  readonly #db: Database;
  readonly #wanted: ReadonlySet<string> | null;
  readonly #met = new Map<number, Owner | null>();

  /** @param wanted names of workloads; null: all */
  constructor(db: Database, wanted: ReadonlySet<string> | null) {
    this.#db = db;
    this.#wanted = wanted;
  }

  of(entities: readonly number[]): ReadonlyMap<number, Owner> {
    this.#meet(entities.filter((id) => !this.#met.has(id)));
    const owners = new Map<number, Owner>();
    for (const id of entities) {
      const owner = this.#met.get(id);
      if (owner) owners.set(id, owner);
    }
    return owners;
  }

  #meet(ids: readonly number[]): void {
    if (ids.length === 0) return;
    const sql = `SELECT e.id, s.name namespace, w.name workload, w.type workloadType, e.pod,
        e.cpu_request cpuRequest, json_extract(l.json, '$."${REVISION_LABEL}"') label
      FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value
      CROSS JOIN namespace s ON s.id = e.namespace_id CROSS JOIN workload w ON w.id = e.workload_id
      CROSS JOIN label_set l ON l.id = e.label_set_id
      WHERE e.kind = 'pod'`;
    for (const id of ids) this.#met.set(id, null);
    const records = this.#db.prepare<[string], OwnerRecord>(sql).iterate(JSON.stringify(ids));
    for (const { id, pod, label, ...named } of records) {
      if (this.#wanted && !this.#wanted.has(nameOf(named))) continue;
      const revision = revisionOf({ ...named, pod, label: label ?? '' });
      if (revision !== '') this.#met.set(id, { ...named, revision });
    }
  }
}

function linesOf(start: number, sums: PodSums, known: Owners): readonly RevisionHour[] {
  const owners = known.of(sums.entities);
  const lines = new Map<string, Mutable<RevisionHour>>();
  for (const sum of sums.sums(new Set(owners.keys()))) {
    const owner = owners.get(sum.entityId)!;
    const key = JSON.stringify([owner.namespace, owner.workload, owner.workloadType, owner.revision]);
    let line = lines.get(key);
    if (!line) lines.set(key, (line = emptyHour(owner, start)));
    addTo(line, sum, owner);
  }
  return [...lines].toSorted(([a], [b]) => compare(a, b)).map(([, line]) => line);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const emptyHour = (
  { namespace, workload, workloadType, revision }: Owner,
  start: number,
): Mutable<RevisionHour> => ({
  namespace,
  workload,
  workloadType,
  revision,
  hour: epochSeconds(start),
  podSeconds: 0,
  cpuSeconds: 0,
  cpuRequestSeconds: 0,
  receivedBytes: 0,
  transmittedBytes: 0,
  energy: 0,
  operational: 0,
  embodied: 0,
});

function addTo(line: Mutable<RevisionHour>, sum: PodSum, { cpuRequest }: Owner): void {
  const seconds = Number(sum.of('milliseconds')) / 1000;
  line.podSeconds += seconds;
  line.cpuSeconds += Number(sum.of('cpuMicroseconds')) / 1e6;
  line.cpuRequestSeconds += (cpuRequest ?? 0) * seconds;
  line.receivedBytes += Number(sum.of('received'));
  line.transmittedBytes += Number(sum.of('transmitted'));
  line.energy += Number(sum.of('energy'));
  line.operational += Number(sum.of('operational'));
  line.embodied += Number(sum.of('embodied'));
}

const nameOf = ({ namespace, workload, workloadType }: WorkloadName): string =>
  `${namespace}\u0000${workloadType}\u0000${workload}`;

const compareNames = (a: WorkloadName, b: WorkloadName): number =>
  compare(a.namespace, b.namespace) ||
  compare(a.workload, b.workload) ||
  compare(a.workloadType, b.workloadType);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
