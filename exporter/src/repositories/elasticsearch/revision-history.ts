/** `RevisionHistory` of every cluster, from the same rows of pods that all sums are read from. */
import { HOUR, type TimeRange } from '../../domain/interval.js';
import { REVISION_LABEL, revisionOf, type RevisedPod } from '../../domain/releases/revision.js';
import { epochSeconds } from '../../domain/units.js';
import {
  MAX_REVISION_HOURS,
  type Revision,
  type RevisionHistory,
  type RevisionHour,
  type RevisionHoursQuery,
  type WorkloadName,
} from '../../ports/revision-history.js';
import { composite, type Bucket } from './composite.js';
import type { Connection } from './connection.js';
import { queryFor } from './facts.js';
import { seenIn } from './history-inventory.js';
import { withDocuments, type HistoryState } from './history-state.js';
import { compare } from './record-store.js';

const NAMES = ['namespace', 'workload', 'workload_type', 'pod'] as const;
const LABEL = `labels.${REVISION_LABEL}`;
const OPTIONAL: readonly string[] = [LABEL];
const SUMS = ['milliseconds', 'cpu', 'received', 'transmitted', 'energy', 'operational', 'embodied'];
const REALS = ['cpu_request_seconds'];

export class ElasticsearchRevisionHistory implements RevisionHistory {
  readonly #connection: Connection;
  readonly #state: HistoryState;

  constructor(connection: Connection, state: HistoryState) {
    this.#connection = connection;
    this.#state = state;
  }

  async revisions(cluster: string, range: TimeRange): Promise<readonly Revision[]> {
    const parts = await this.#state.partition(await this.#state.used([cluster]), range, null);
    const found = new Map<string, Revision>();
    for (const { names, first, last } of await seenIn(this.#connection, parts, 'pod', [...NAMES, LABEL], {
      only: { kind: 'pod' },
      optional: OPTIONAL,
    })) {
      const name = nameOf(names);
      const revision = revisionOf(name);
      if (revision === '') continue;
      const { namespace, workload, workloadType } = name;
      const key = JSON.stringify([namespace, workload, workloadType, revision]);
      const before = found.get(key);
      found.set(key, {
        ...{ namespace, workload, workloadType, revision },
        first: epochSeconds(Math.min(first, before?.first ?? first)),
        last: epochSeconds(Math.max(last, before?.last ?? last)),
      });
    }
    return [...found.values()].sort(
      (a, b) => compareNames(a, b) || a.first - b.first || compare(a.revision, b.revision),
    );
  }

  async revisionHours({ cluster, range, workloads }: RevisionHoursQuery): Promise<readonly RevisionHour[]> {
    if (range.to - range.from > MAX_REVISION_HOURS * HOUR) {
      throw new RangeError(`more than ${MAX_REVISION_HOURS} hours were asked for at once`);
    }
    const wanted = new Set(workloads.map(keyOf));
    const parts = await this.#state.partition(await this.#state.used([cluster]), range, HOUR);
    const lines = new Map<string, Writable<RevisionHour>>();
    const only = { kind: 'pod', workload: [...new Set(workloads.map((w) => w.workload))] };
    if (workloads.length === 0) return [];
    for (const [grain, pieces] of withDocuments(parts)) {
      const buckets = composite(this.#connection, {
        ...{ index: this.#connection.names.allFacts(grain), query: queryFor('pod', pieces, only) },
        sources: [
          { name: 'hour', seconds: HOUR },
          ...NAMES.map((field) => ({ name: field, field })),
          { name: LABEL, field: LABEL, optional: true },
        ],
        ...{ sums: SUMS, reals: REALS },
      });
      for await (const bucket of buckets) addLine(lines, bucket, wanted);
    }
    return [...lines.values()].sort(
      (a, b) => a.hour - b.hour || compareNames(a, b) || compare(a.revision, b.revision),
    );
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function addLine(
  lines: Map<string, Writable<RevisionHour>>,
  { key, sums, reals }: Bucket,
  wanted: ReadonlySet<string>,
): void {
  const name = nameOf([...NAMES, LABEL].map((n) => String(key.get(n))));
  const revision = revisionOf(name);
  if (revision === '' || !wanted.has(keyOf(name))) return;
  const { namespace, workload, workloadType } = name;
  const hour = epochSeconds(Number(key.get('hour')));
  const id = JSON.stringify([hour, namespace, workload, workloadType, revision]);
  const line = lines.get(id) ?? { ...NOTHING, hour, namespace, workload, workloadType, revision };
  lines.set(id, line);
  const [milliseconds, cpu, received, transmitted, energy, operational, embodied] = sums.map(Number) as [
    ...[number, number, number, number],
    ...[number, number, number],
  ];
  line.podSeconds += milliseconds / 1000;
  line.cpuSeconds += cpu / 1e6;
  line.cpuRequestSeconds += reals[0]!;
  line.receivedBytes += received;
  line.transmittedBytes += transmitted;
  line.energy += energy;
  line.operational += operational;
  line.embodied += embodied;
}

const NOTHING = {
  ...{ podSeconds: 0, cpuSeconds: 0, cpuRequestSeconds: 0 },
  ...{ receivedBytes: 0, transmittedBytes: 0, energy: 0, operational: 0, embodied: 0 },
};

/** @param names values of `NAMES` and of the label */
function nameOf(names: readonly string[]): RevisedPod & WorkloadName {
  const [namespace, workload, workloadType, pod, label] = names as [string, string, string, string, string];
  return { namespace, workload, workloadType, pod, label };
}

const keyOf = ({ namespace, workload, workloadType }: WorkloadName): string =>
  JSON.stringify([namespace, workload, workloadType]);

const compareNames = (a: WorkloadName, b: WorkloadName): number =>
  compare(a.namespace, b.namespace) ||
  compare(a.workload, b.workload) ||
  compare(a.workloadType, b.workloadType);
