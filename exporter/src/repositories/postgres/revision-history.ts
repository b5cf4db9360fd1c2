/** `RevisionHistory` of every cluster in a PostgreSQL schema, from the same rows of pods that all sums are read from. */
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
import type { Session } from './connection.js';
import { Parameters, parts, rowsOf } from './history-parts.js';
import { seenIn } from './rollup-tables.js';

interface PodName extends WorkloadName {
  readonly pod: string;
  readonly label: string;
}

/** What of a pod's row is added up, as it is in hours; the same of an interval's row. */
const MEASURES = {
  milliseconds: 'round(u.seconds * 1e3)::bigint',
  cpu_microseconds: 'u.cpu',
  received: 'u.received',
  transmitted: 'u.transmitted',
  energy: 'u.energy',
  operational: 'u.operational',
  embodied: 'u.embodied',
} as const;

interface HourRecord extends PodName, Readonly<Record<keyof typeof MEASURES, number>> {
  readonly hour: number;
  readonly cpuRequest: number | null;
}

const NAMES = `s.name AS namespace, w.name AS workload, w.type AS "workloadType", e.pod,
  coalesce(l.json::json ->> '${REVISION_LABEL}', '') AS label`;
const JOINS = `JOIN entity e ON e.id = u.entity_id AND e.kind = 'pod'
  JOIN label_set l ON l.id = e.label_set_id JOIN workload w ON w.id = e.workload_id JOIN namespace s ON s.id = w.namespace_id`;

export class PostgresRevisionHistory implements RevisionHistory {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async revisions(cluster: string, range: TimeRange): Promise<readonly Revision[]> {
    const parameters = new Parameters();
    const rows = rowsOf('pod', null, (table) => {
      const [first, last] = seenIn(table);
      return ['u.entity_id', `${first} AS first`, `${last} AS last`];
    });
    const records = await this.#session.rows<PodName & { readonly first: number; readonly last: number }>(
      `WITH ${parts(parameters, range, null, [cluster])}
       SELECT ${NAMES}, min(u.first) AS first, max(u.last) AS last FROM (${rows}) u ${JOINS} GROUP BY 1, 2, 3, 4, 5`,
      parameters.values,
    );
    const found = new Map<string, Revision>();
    for (const { pod, label, first, last, ...name } of records) {
      const revision = revisionOf({ ...name, pod, label });
      if (revision === '') continue;
      const key = JSON.stringify([name.namespace, name.workload, name.workloadType, revision]);
      const before = found.get(key);
      found.set(key, {
        ...name,
        revision,
        first: epochSeconds(Math.min(first, before?.first ?? first)),
        last: epochSeconds(Math.max(last, before?.last ?? last)),
      });
    }
    return [...found.values()].toSorted(
      (a, b) => compareNames(a, b) || a.first - b.first || compare(a.revision, b.revision),
    );
  }

  async revisionHours({ cluster, range, workloads }: RevisionHoursQuery): Promise<readonly RevisionHour[]> {
    if (range.to - range.from > MAX_REVISION_HOURS * HOUR) {
      throw new RangeError(`more than ${MAX_REVISION_HOURS} hours were asked for at once`);
    }
    const parameters = new Parameters();
    const columns = Object.entries(MEASURES);
    const rows = rowsOf('pod', HOUR, (table) => [
      'u.entity_id',
      ...columns.map(([name, sql]) => `${table === 'pod_usage' ? sql : `u.${name}`} AS ${name}`),
    ]);
    const head = parts(parameters, range, HOUR, [cluster]);
    const wanted = (['namespace', 'workload', 'workloadType'] as const).map((name) =>
      parameters.add(
        workloads.map((w) => w[name]),
        'text[]',
      ),
    );
    const records = await this.#session.rows<HourRecord>(
      `WITH ${head}
       SELECT u.bucket AS hour, ${NAMES}, nullif(e.cpu_request, -1) AS "cpuRequest",
         ${columns.map(([c]) => `sum(u.${c})::float8 AS ${c}`).join(', ')}
       FROM (${rows}) u ${JOINS} WHERE (s.name, w.name, w.type) IN (SELECT * FROM unnest(${wanted.join(', ')}))
       GROUP BY 1, 2, 3, 4, 5, 6, 7`,
      parameters.values,
    );
    return linesOf(records);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function linesOf(records: readonly HourRecord[]): RevisionHour[] {
  const lines = new Map<string, Mutable<RevisionHour>>();
  for (const record of records) {
    const { namespace, workload, workloadType, hour } = record;
    const revision = revisionOf(record);
    if (revision === '') continue;
    const key = JSON.stringify([hour, namespace, workload, workloadType, revision]);
    let line = lines.get(key);
    if (!line) {
      line = { ...EMPTY, namespace, workload, workloadType, revision, hour: epochSeconds(hour) };
      lines.set(key, line);
    }
    addTo(line, record);
  }
  return [...lines.values()].toSorted(
    (a, b) => a.hour - b.hour || compareNames(a, b) || compare(a.revision, b.revision),
  );
}

const EMPTY = {
  podSeconds: 0,
  cpuSeconds: 0,
  cpuRequestSeconds: 0,
  receivedBytes: 0,
  transmittedBytes: 0,
  energy: 0,
  operational: 0,
  embodied: 0,
};

function addTo(line: Mutable<RevisionHour>, record: HourRecord): void {
  const seconds = record.milliseconds / 1000;
  line.podSeconds += seconds;
  line.cpuSeconds += record.cpu_microseconds / 1e6;
  line.cpuRequestSeconds += (record.cpuRequest ?? 0) * seconds;
  line.receivedBytes += record.received;
  line.transmittedBytes += record.transmitted;
  line.energy += record.energy;
  line.operational += record.operational;
  line.embodied += record.embodied;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const compareNames = (a: WorkloadName, b: WorkloadName): number =>
  compare(a.namespace, b.namespace) ||
  compare(a.workload, b.workload) ||
  compare(a.workloadType, b.workloadType);
