/** Estimated beside measured energy, summed where it is stored. */
import type { ComparisonCell } from '../../domain/energy/comparison.js';
import { floorTo } from '../../domain/interval.js';
import { bytes, cores, epochSeconds } from '../../domain/units.js';
import type { ComparisonQuery } from '../../ports/comparison.js';
import { composite, type Bucket } from './composite.js';
import type { Connection } from './connection.js';
import { queryFor } from './facts.js';
import type { HistoryState } from './history-state.js';

const NAMES = ['cluster', 'node', 'machine', 'meter', 'percent'];
const SUMS = [
  ...['seconds', 'utilisation_seconds', 'estimated_joules', 'measured_joules', 'squared_measured'],
  ...['squared_error', 'absolute_error', 'relative_error'],
];

/** Cells by machine, meter, bucket and percent; what is compared is in `ComparisonHistory`. */
export async function readCells(
  connection: Connection,
  state: HistoryState,
  { range, filters, step }: ComparisonQuery,
): Promise<ComparisonCell[]> {
  const clusters = await state.used(filters.cluster);
  const places = (await state.intervals(clusters, range)).filter((p) => p.gen > 0);
  if (places.length === 0) return [];
  const time = step === null ? [] : [{ name: 'time', seconds: step }];
  const cells: ComparisonCell[] = [];
  const found = composite(connection, {
    index: connection.names.allFacts('usage'),
    query: queryFor('meter', places, filters.node?.length ? { node: filters.node } : {}),
    sources: [...NAMES.map((field) => ({ name: field, field })), ...time],
    ...{ reals: SUMS, mins: ['utilisation'], maxs: ['utilisation'] },
  });
  for await (const bucket of found) {
    const at = step === null ? range.from : floorTo(Number(bucket.key.get('time')), step);
    cells.push(toCell(bucket, Math.max(range.from, at)));
  }
  return cells;
}

function toCell({ key, documents, reals, mins, maxs }: Bucket, bucket: number): ComparisonCell {
  const [cluster, node, machine, meter] = NAMES.map((name) => String(key.get(name)));
  const [provider, instanceType, cpuCapacity, memoryCapacity] = JSON.parse(machine!) as [
    string,
    string,
    number,
    number,
  ];
  const [source, scope] = JSON.parse(meter!) as [string, string];
  const [seconds, utilisationSeconds, estimated, measured, squaredMeasured] = reals as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [squaredError, absoluteError, relativeError] = reals.slice(5) as [number, number, number];
  return {
    machine: {
      ...{ cluster: cluster!, node: node!, provider, instanceType },
      ...{ cpuCapacity: cores(cpuCapacity), memoryCapacity: bytes(memoryCapacity) },
    },
    ...{
      source,
      scope,
      bucket: epochSeconds(bucket),
      percent: Number(key.get('percent')),
      samples: documents,
    },
    ...{ seconds, utilisationSeconds, lowest: mins[0]!, highest: maxs[0]!, estimated, measured },
    ...{ squaredMeasured, squaredError, absoluteError, relativeError },
  };
}
