/** Storing the records of an archive in databases that speak SQL. Nothing that is there is lowered or made older. */
import type { ArchivedAmount, ArchivedCounter, ArchivedRecord, Document, Whole } from '../ports/archive.js';
import { documentOf, say, type Dialogue, type Target } from './archive-dialogue.js';

/** Larger of what is there and what comes. */
const raise = (columns: readonly string[]) =>
  columns.map((c) => `${c} = greatest(k.${c}, excluded.${c})`).join(', ');

const WORKLOAD = `(SELECT w.id FROM workload w JOIN namespace s ON s.id = w.namespace_id
  WHERE s.cluster_id = $1 AND s.name = $2 AND w.name = $3 AND w.type = $4)`;
const NODE = '(SELECT id FROM node WHERE cluster_id = $1 AND name = $2)';
const NEXT_ORDINAL = `(SELECT coalesce(max(k.ordinal) + 1, 0) FROM workload_counter k
  JOIN workload w ON w.id = k.workload_id JOIN namespace s ON s.id = w.namespace_id WHERE s.cluster_id = $1)`;
const SUMS = ['last_seen', 'operational', 'operational_shown', 'embodied', 'embodied_shown'] as const;

const big = (value: Whole): bigint => BigInt(value);
/** @param settled whether the truth is known as well as what has been shown of it */
const pair = ([truth, shown]: ArchivedAmount, settled: boolean): [bigint, bigint] => [
  settled ? big(truth) : 0n,
  big(shown),
];

/** @param settled false: raise only what is shown; the truth comes with the intervals */
export function* putCounter(to: Target, record: ArchivedCounter, settled: boolean): Dialogue<void> {
  if (record.record === 'workload') yield* putWorkload(to, record, settled);
  else if (record.record === 'node') yield* putNode(to, record, settled);
  else yield* putTotals(to, record, settled);
}

function* putWorkload(
  { clusterId, countersNameCluster }: Target,
  w: Extract<ArchivedCounter, { record: 'workload' }>,
  settled: boolean,
): Dialogue<void> {
  const name = [clusterId, w.namespace, w.workload, w.workloadType] as const;
  yield* say(
    'INSERT INTO namespace (cluster_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    clusterId,
    w.namespace,
  );
  yield* say(
    `INSERT INTO workload (namespace_id, name, type)
     VALUES ((SELECT id FROM namespace WHERE cluster_id = $1 AND name = $2), $3, $4) ON CONFLICT DO NOTHING`,
    ...name,
  );
  const also = countersNameCluster ? ['cluster_id, ', '$1, '] : ['', ''];
  yield* say(
    `INSERT INTO workload_counter AS k (workload_id, ${also[0]!}ordinal, ${SUMS.join(', ')})
     VALUES (${WORKLOAD}, ${also[1]!}${NEXT_ORDINAL}, $5, $6, $7, $8, $9)
     ON CONFLICT (workload_id) DO UPDATE SET ${raise(SUMS)}`,
    ...[...name, w.lastSeen, ...pair(w.operational, settled), ...pair(w.embodied, settled)],
  );
  for (const { method, millijoules } of w.energy) {
    yield* say(
      `INSERT INTO workload_energy AS k (workload_id, method, energy, energy_shown) VALUES (${WORKLOAD}, $5, $6, $7)
       ON CONFLICT (workload_id, method) DO UPDATE SET ${raise(['energy', 'energy_shown'])}`,
      ...[...name, method, ...pair(millijoules, settled)],
    );
  }
  for (const { currency, nano } of w.cost) {
    yield* say('INSERT INTO currency (code) VALUES ($1) ON CONFLICT DO NOTHING', currency);
    yield* say(
      `INSERT INTO workload_cost AS k (workload_id, currency_id, cost, cost_shown)
       VALUES (${WORKLOAD}, (SELECT id FROM currency WHERE code = $5), $6, $7)
       ON CONFLICT (workload_id, currency_id) DO UPDATE SET ${raise(['cost', 'cost_shown'])}`,
      ...[...name, currency, ...pair(nano, settled)],
    );
  }
}

function* putNode(
  { clusterId }: Target,
  n: Extract<ArchivedCounter, { record: 'node' }>,
  settled: boolean,
): Dialogue<void> {
  const name = [clusterId, n.node] as const;
  yield* nameNode(clusterId, n.node);
  yield* say(
    `INSERT INTO node_counter AS k (node_id, ${SUMS.join(', ')}) VALUES (${NODE}, $3, $4, $5, $6, $7)
     ON CONFLICT (node_id) DO UPDATE SET ${raise(SUMS)}`,
    ...[...name, n.lastSeen, ...pair(n.operational, settled), ...pair(n.embodied, settled)],
  );
  for (const { part, method, millijoules } of n.energy) {
    yield* say(
      `INSERT INTO node_energy AS k (node_id, part, method, energy, energy_shown) VALUES (${NODE}, $3, $4, $5, $6)
       ON CONFLICT (node_id, part, method) DO UPDATE SET ${raise(['energy', 'energy_shown'])}`,
      ...[...name, part, method, ...pair(millijoules, settled)],
    );
  }
}

const nameNode = (clusterId: number, node: string) =>
  say('INSERT INTO node (cluster_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', clusterId, node);

function* putTotals(
  { clusterId }: Target,
  { intervals, restated }: Extract<ArchivedCounter, { record: 'totals' }>,
  settled: boolean,
): Dialogue<void> {
  for (const [reason, emissions] of Object.entries(restated)) {
    yield* say(
      `INSERT INTO restated AS k (cluster_id, reason, emissions) VALUES ($1, $2, $3)
       ON CONFLICT (cluster_id, reason) DO UPDATE SET ${raise(['emissions'])}`,
      ...[clusterId, reason, big(emissions)],
    );
  }
  // Commits count as they come; only then is it known how many there were before.
  if (!settled) return;
  const sets = ['complete', 'partial', 'impossible'].map((s, i) => `${s} = greatest(${s}, $${i + 2})`);
  const { complete, partial, impossible } = intervals;
  yield* say(`UPDATE cluster SET ${sets.join(', ')} WHERE id = $1`, clusterId, complete, partial, impossible);
}

type Of<K extends ArchivedRecord['record']> = Extract<ArchivedRecord, { record: K }>;

export function* putRecord(to: Target, record: ArchivedRecord): Dialogue<void> {
  switch (record.record) {
    case 'workload':
    case 'node':
    case 'totals':
      return yield* putCounter(to, record, false);
    case 'intensity':
      return yield* putIntensity(record);
    case 'embodied':
      return yield* putEmbodied(record);
    case 'restatement':
      return yield* putRestatement(to, record);
    case 'recommendation':
      return yield* putRecommendation(to, record);
    case 'event':
      return yield* putEvent(to, record);
    case 'scan':
      return yield* putScan(to, record);
    case 'booking':
    case 'saving':
    case 'finding':
    case 'note':
      return yield* putSimple(to, record);
  }
}

const newer = (columns: readonly string[], by: string) =>
  `DO UPDATE SET ${columns.map((c) => `${c} = excluded.${c}`).join(', ')} WHERE excluded.${by} > k.${by}`;

function* putIntensity(r: Of<'intensity'>): Dialogue<void> {
  yield* say(
    `INSERT INTO intensity AS k (grid_zone, hour, source, value, provisional, fetched_at, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (grid_zone, hour, source)
     ${newer(['value', 'provisional', 'fetched_at', 'changed_at'], 'fetched_at')}`,
    ...[r.gridZone, r.hour, r.source, r.value, r.provisional, r.fetchedAt, r.changedAt],
  );
}

function* putEmbodied(r: Of<'embodied'>): Dialogue<void> {
  yield* say(
    `INSERT INTO embodied AS k (source, provider, instance_type, total, lo, hi, closest_match, fetched_at, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, provider, instance_type)
     ${newer(['total', 'lo', 'hi', 'closest_match', 'fetched_at', 'changed_at'], 'fetched_at')}`,
    ...[r.source, r.provider, r.instanceType, r.total, r.band.lo, r.band.hi, r.closestMatch],
    ...[r.fetchedAt, r.changedAt],
  );
}

function* putRestatement({ clusterId }: Target, r: Of<'restatement'>): Dialogue<void> {
  yield* nameNode(clusterId, r.node);
  yield* say(
    `INSERT INTO restatement (start, node_id, at, reason, old_emissions, new_emissions, old_factor, new_factor, old_source,
       new_source) VALUES ($3, ${NODE}, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
    ...[clusterId, r.node, r.start, r.at, r.reason, r.oldEmissions, r.newEmissions],
    ...[r.oldFactor, r.newFactor, r.oldSource, r.newSource],
  );
}

interface KnownRecommendation {
  readonly type: string;
  readonly status: string;
  readonly firstSeen: number;
  readonly target: { readonly namespace: string; readonly workload: string; readonly node: string };
  readonly realised: { readonly verdict: string } | null;
}

/** Of two lives of one recommendation the one that began earlier counts: it knows what an owner has said of it. */
export const isOlderLife = (record: Of<'recommendation'>, held: Document | null): boolean =>
  held === null || Number(record.recommendation['firstSeen']) < Number(held['firstSeen']);

function* putRecommendation(to: Target, record: Of<'recommendation'>): Dialogue<void> {
  const { clusterId, cluster } = to;
  const key = [clusterId, record.id] as const;
  const [held] = yield* say('SELECT body FROM recommendation WHERE cluster_id = $1 AND id = $2', ...key);
  if (!isOlderLife(record, held ? documentOf(held['body']) : null)) return;
  const { type, status, target, realised } = record.recommendation as unknown as KnownRecommendation;
  const body = JSON.stringify({ ...record.recommendation, cluster });
  yield* say('DELETE FROM recommendation WHERE cluster_id = $1 AND id = $2', ...key);
  yield* say(
    `INSERT INTO recommendation (cluster_id, id, type, status, namespace, workload, node, verdict, body, baseline)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    ...[
      ...key,
      type,
      status,
      target.namespace,
      target.workload,
      target.node,
      realised?.verdict ?? null,
      body,
    ],
    record.baseline && JSON.stringify(record.baseline),
  );
}

/** A change of status is told from others by when it was, and from what to what. */
export const eventKey = (event: Document): string =>
  JSON.stringify([event['id'], event['at'], event['from'], event['to']]);

function* putEvent({ clusterId, cluster }: Target, { event }: Of<'event'>): Dialogue<void> {
  const [id, at] = [String(event['id']), Number(event['at'])];
  const held = yield* say(
    'SELECT body FROM recommendation_event WHERE cluster_id = $1 AND id = $2 AND at = $3',
    ...[clusterId, id, at],
  );
  if (held.some((row) => eventKey(documentOf(row['body'])) === eventKey(event))) return;
  const { namespace } = event['target'] as { readonly namespace: string };
  yield* say(
    'INSERT INTO recommendation_event (cluster_id, id, at, namespace, body) VALUES ($1, $2, $3, $4, $5)',
    ...[clusterId, id, at, namespace, JSON.stringify({ ...event, cluster })],
  );
}

function* putScan({ clusterId, cluster }: Target, { scan }: Of<'scan'>): Dialogue<void> {
  const [held] = yield* say('SELECT body FROM recommendation_scan WHERE cluster_id = $1', clusterId);
  if (held && Number(documentOf(held['body'])['at']) >= Number(scan['at'])) return;
  yield* say('DELETE FROM recommendation_scan WHERE cluster_id = $1', clusterId);
  const body = JSON.stringify({ ...scan, cluster });
  yield* say('INSERT INTO recommendation_scan (cluster_id, body) VALUES ($1, $2)', clusterId, body);
}

function* putSimple(
  { clusterId }: Target,
  r: Of<'booking'> | Of<'saving'> | Of<'finding'> | Of<'note'>,
): Dialogue<void> {
  switch (r.record) {
    case 'booking':
      yield* say(
        `INSERT INTO saving (cluster_id, id, start, energy, emissions, cost, currency) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING`,
        ...[clusterId, r.id, r.start, r.millijoules, r.micrograms, r.nanoCurrency, r.currency],
      );
      return;
    case 'saving':
      yield* say(
        `INSERT INTO saving_shown AS k (cluster_id, namespace, type, unit, amount) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (cluster_id, namespace, type, unit) DO UPDATE SET ${raise(['amount'])}`,
        ...[clusterId, r.namespace, r.type, r.unit, big(r.amount)],
      );
      return;
    case 'finding':
      yield* say(
        `INSERT INTO finding AS k (cluster_id, kind, subject, at, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (cluster_id, kind, subject) ${newer(['at', 'body'], 'at')}`,
        ...[clusterId, r.kind, r.subject, r.at, JSON.stringify(r.body)],
      );
      return;
    case 'note':
      yield* say(
        'INSERT INTO note (cluster_id, key, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        ...[clusterId, r.key, r.value],
      );
  }
}
