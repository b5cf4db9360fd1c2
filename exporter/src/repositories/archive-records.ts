/** Reading the records of an archive from databases that speak SQL. */
import type { Method } from '../domain/model.js';
import type { ArchivedAmount, ArchivedRecord, Document, Whole } from '../ports/archive.js';
import { documentOf, say, type Dialogue, type Row, type Target, type Value } from './archive-dialogue.js';
import { wholeOf } from './archive-form.js';

const number = (value: Value | undefined): number => Number(value);
const orNull = (value: Value | undefined): number | null => (value == null ? null : Number(value));
const text = (value: Value | undefined): string => String(value);
const whole = (value: Value | undefined): Whole => wholeOf(value as bigint | number | string);
const amount = (row: Row, name: string): ArchivedAmount => [whole(row[name]), whole(row[`${name}_shown`])];
const OF_WORKLOAD = `JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id
  WHERE s.cluster_id = $1`;
const OF_NODE = 'JOIN node d ON d.id = k.node_id WHERE d.cluster_id = $1';

function* workloads({ clusterId }: Target): Dialogue<ArchivedRecord[]> {
  const rows = yield* say(
    `SELECT k.workload_id AS id, s.name AS namespace, w.name AS workload, w.type, k.last_seen AS seen, k.operational,
       k.operational_shown, k.embodied, k.embodied_shown FROM workload_counter k ${OF_WORKLOAD} ORDER BY k.ordinal`,
    clusterId,
  );
  const energy = byId(
    yield* say(
      `SELECT k.workload_id AS id, k.method, k.energy, k.energy_shown FROM workload_energy k ${OF_WORKLOAD} ORDER BY 1, 2`,
      clusterId,
    ),
  );
  const cost = byId(
    yield* say(
      `SELECT k.workload_id AS id, c.code, k.cost, k.cost_shown FROM workload_cost k
       JOIN currency c ON c.id = k.currency_id ${OF_WORKLOAD} ORDER BY 1, 2`,
      clusterId,
    ),
  );
  return rows.map((row) => ({
    record: 'workload',
    namespace: text(row['namespace']),
    workload: text(row['workload']),
    workloadType: text(row['type']),
    lastSeen: number(row['seen']),
    operational: amount(row, 'operational'),
    embodied: amount(row, 'embodied'),
    energy: of(energy, row).map((e) => ({
      method: text(e['method']) as Method,
      millijoules: amount(e, 'energy'),
    })),
    cost: of(cost, row).map((e) => ({ currency: text(e['code']), nano: amount(e, 'cost') })),
  }));
}

function* nodes({ clusterId }: Target): Dialogue<ArchivedRecord[]> {
  const rows = yield* say(
    `SELECT k.node_id AS id, d.name AS node, k.last_seen AS seen, k.operational, k.operational_shown, k.embodied, k.embodied_shown
     FROM node_counter k ${OF_NODE} ORDER BY d.name`,
    clusterId,
  );
  const energy = byId(
    yield* say(
      `SELECT k.node_id AS id, k.part, k.method, k.energy, k.energy_shown FROM node_energy k ${OF_NODE} ORDER BY 1, 2, 3`,
      clusterId,
    ),
  );
  return rows.map((row) => ({
    record: 'node',
    node: text(row['node']),
    lastSeen: number(row['seen']),
    operational: amount(row, 'operational'),
    embodied: amount(row, 'embodied'),
    energy: of(energy, row).map((e) => ({
      part: text(e['part']) as 'pods' | 'system' | 'idle',
      method: text(e['method']) as Method,
      millijoules: amount(e, 'energy'),
    })),
  }));
}

function byId(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const id = number(row['id']);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return groups;
}
const of = (groups: ReadonlyMap<number, readonly Row[]>, row: Row) => groups.get(number(row['id'])) ?? [];

function* totals({ clusterId }: Target): Dialogue<ArchivedRecord[]> {
  const [found] = yield* say('SELECT complete, partial, impossible FROM cluster WHERE id = $1', clusterId);
  const restated = yield* say(
    'SELECT reason, emissions FROM restated WHERE cluster_id = $1 ORDER BY reason',
    clusterId,
  );
  const [complete, partial, impossible] = ['complete', 'partial', 'impossible'].map((s) => number(found![s]));
  return [
    {
      record: 'totals',
      intervals: { complete: complete!, partial: partial!, impossible: impossible! },
      restated: Object.fromEntries(restated.map((r) => [text(r['reason']), whole(r['emissions'])])),
    },
  ];
}

interface Kind {
  readonly select: string;
  /** Whether the statement asks for one cluster. */
  readonly own: boolean;
  readonly toRecord: (row: Row) => ArchivedRecord;
}

const KINDS: readonly Kind[] = [
  {
    own: false,
    select: 'SELECT * FROM intensity ORDER BY grid_zone, hour, source',
    toRecord: (r) => ({
      record: 'intensity',
      gridZone: text(r['grid_zone']),
      hour: number(r['hour']),
      source: text(r['source']),
      value: number(r['value']),
      provisional: number(r['provisional']) === 1,
      fetchedAt: number(r['fetched_at']),
      changedAt: number(r['changed_at']),
    }),
  },
  {
    own: false,
    select: 'SELECT * FROM embodied ORDER BY source, provider, instance_type',
    toRecord: (r) => ({
      record: 'embodied',
      source: text(r['source']),
      provider: text(r['provider']),
      instanceType: text(r['instance_type']),
      total: orNull(r['total']),
      band: { lo: number(r['lo']), hi: number(r['hi']) },
      closestMatch: text(r['closest_match']),
      fetchedAt: number(r['fetched_at']),
      changedAt: number(r['changed_at']),
    }),
  },
  {
    own: true,
    select: `SELECT k.*, d.name AS node FROM restatement k ${OF_NODE} ORDER BY k.start, d.name, k.at, k.reason`,
    toRecord: (r) => ({
      record: 'restatement',
      start: number(r['start']),
      node: text(r['node']),
      at: number(r['at']),
      reason: text(r['reason']),
      oldEmissions: number(r['old_emissions']),
      newEmissions: number(r['new_emissions']),
      oldFactor: number(r['old_factor']),
      newFactor: number(r['new_factor']),
      oldSource: text(r['old_source']),
      newSource: text(r['new_source']),
    }),
  },
  {
    own: true,
    select: 'SELECT id, body, baseline FROM recommendation WHERE cluster_id = $1 ORDER BY id',
    toRecord: (r) => ({
      record: 'recommendation',
      id: text(r['id']),
      recommendation: documentOf(r['body']),
      baseline: r['baseline'] == null ? null : (JSON.parse(text(r['baseline'])) as Document),
    }),
  },
  {
    own: true,
    select: 'SELECT body FROM recommendation_event WHERE cluster_id = $1 ORDER BY at, number',
    toRecord: (r) => ({ record: 'event', event: documentOf(r['body']) }),
  },
  {
    own: true,
    select: 'SELECT * FROM saving WHERE cluster_id = $1 ORDER BY id, start',
    toRecord: (r) => ({
      record: 'booking',
      id: text(r['id']),
      start: number(r['start']),
      millijoules: number(r['energy']),
      micrograms: number(r['emissions']),
      nanoCurrency: orNull(r['cost']),
      currency: text(r['currency']),
    }),
  },
  {
    own: true,
    select: 'SELECT * FROM saving_shown WHERE cluster_id = $1 ORDER BY namespace, type, unit',
    toRecord: (r) => ({
      record: 'saving',
      namespace: text(r['namespace']),
      type: text(r['type']),
      unit: text(r['unit']),
      amount: whole(r['amount']),
    }),
  },
  {
    own: true,
    select: 'SELECT body FROM recommendation_scan WHERE cluster_id = $1',
    toRecord: (r) => ({ record: 'scan', scan: documentOf(r['body']) }),
  },
  {
    own: true,
    select: 'SELECT kind, subject, at, body FROM finding WHERE cluster_id = $1 ORDER BY kind, subject',
    toRecord: (r) => ({
      record: 'finding',
      kind: text(r['kind']),
      subject: text(r['subject']),
      at: number(r['at']),
      body: JSON.parse(text(r['body'])) as unknown,
    }),
  },
  {
    own: true,
    select: 'SELECT key, value FROM note WHERE cluster_id = $1 ORDER BY key',
    toRecord: (r) => ({ record: 'note', key: text(r['key']), value: text(r['value']) }),
  },
];

/** One dialogue for each kind, so that only one kind is in memory at once. */
export const readers: readonly ((of: Target) => Dialogue<ArchivedRecord[]>)[] = [
  ...[workloads, nodes, totals],
  ...KINDS.map(
    ({ select, own, toRecord }) =>
      function* (of: Target): Dialogue<ArchivedRecord[]> {
        const rows = yield* say(select, ...(own ? [of.clusterId] : []));
        return rows.map(toRecord);
      },
  ),
];
