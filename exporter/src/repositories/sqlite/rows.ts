/** Rows of one interval, from their block and the names that it refers to. */
import type { Database } from 'better-sqlite3';
import type { Row } from '../../domain/model.js';
import type { Seconds } from '../../domain/units.js';
import { decodePodBlock, type PodBlock } from '../pod-block.js';
import { toRow, type EntityRecord, type RowFigures } from '../records.js';
import { ENTITY_COLUMNS, ENTITY_JOINS } from './records.js';

/** Rows in the order in which they were committed. @param wanted which to read; all when left out */
export function readRows(
  db: Database,
  clusterId: number,
  start: number,
  step: Seconds,
  wanted: (entity: EntityRecord) => boolean = () => true,
): Row[] {
  const bytes = db
    .prepare<[number, number], Buffer>('SELECT block FROM pod_usage WHERE cluster_id = ? AND start = ?')
    .pluck()
    .get(clusterId, start);
  if (!bytes) return [];
  const block = decodePodBlock(bytes, step);
  const sql = `SELECT ${ENTITY_COLUMNS} FROM json_each(?) j CROSS JOIN entity e ON e.id = j.value ${ENTITY_JOINS}`;
  const entities = new Map<number, EntityRecord>();
  for (const e of db.prepare<[string], EntityRecord>(sql).iterate(JSON.stringify(Array.from(block.entity)))) {
    if (wanted(e)) entities.set(e.id, e);
  }
  const rows: Row[] = [];
  for (let i = 0; i < block.entity.length; i++) {
    const entity = entities.get(block.entity[i]!);
    if (entity) rows.push(toRow(entity, figuresOf(block, i)));
  }
  return rows;
}

function figuresOf(block: PodBlock, i: number): RowFigures {
  const cost = block.cost[i]!;
  return {
    seconds: block.seconds[i]!,
    energy: block.energy[i]!,
    dynamic: block.dynamic[i]!,
    storage: block.storage[i]!,
    operational: block.operational[i]!,
    embodied: block.embodied[i]!,
    cost: Number.isNaN(cost) ? null : cost,
    cpu: block.cpu[i]!,
    memory: block.memory[i]!,
    received: block.received[i]!,
    transmitted: block.transmitted[i]!,
    read: block.read[i]!,
    written: block.written[i]!,
    restarts: block.restarts[i]!,
  };
}
