/** Nodes as a table, with the factors behind their figures and where each comes from. */
import type { DataFrame, Field } from '@grafana/data';
import type { NodeItem } from '../api/answers';
import { booleans, frame, numbers, strings, times, UNIT } from './fields';

type Column = (items: readonly NodeItem[]) => Field;

const text =
  (name: string, of: (node: NodeItem) => string): Column =>
  (items) =>
    strings(name, items.map(of));
const number =
  (name: string, of: (node: NodeItem) => number, unit?: string): Column =>
  (items) =>
    numbers(name, items.map(of), unit === undefined ? {} : { unit });
const time =
  (name: string, of: (node: NodeItem) => string): Column =>
  (items) =>
    times(name, items.map(of));
const flag =
  (name: string, of: (node: NodeItem) => boolean): Column =>
  (items) =>
    booleans(name, items.map(of));

const COLUMNS: readonly Column[] = [
  text('cluster', (n) => n.cluster),
  text('node', (n) => n.name),
  text('instance_type', (n) => n.instance_type),
  text('cloud_provider', (n) => n.cloud_provider),
  text('region', (n) => n.region),
  text('zone', (n) => n.zone),
  text('grid_zone', (n) => n.grid_zone),
  number('cpu_capacity_cores', (n) => n.cpu_capacity_cores),
  number('memory_capacity_bytes', (n) => n.memory_capacity_bytes, UNIT.bytes),
  number('pue', (n) => n.pue.value),
  text('pue_source', (n) => n.pue.source),
  number('intensity', (n) => n.intensity.grams_per_kwh, UNIT.gramsPerKwh),
  text('intensity_source', (n) => n.intensity.source),
  time('intensity_time', (n) => n.intensity.time),
  text('power_profile', (n) => n.power_profile),
  number('embodied_grams', (n) => n.embodied_emissions_kg * 1000, UNIT.grams),
  text('method', (n) => n.method),
  flag('estimated', (n) => n.estimated),
  text('reasons', (n) => n.reasons.join(' ')),
  flag('is_active', (n) => n.is_active),
  time('first_seen', (n) => n.first_seen),
  time('last_seen', (n) => n.last_seen),
];

export const nodesFrame = (items: readonly NodeItem[]): DataFrame =>
  frame(
    'nodes',
    COLUMNS.map((column) => column(items)),
    { preferredVisualisationType: 'table' },
  );
