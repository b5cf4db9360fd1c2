/** Energy of GPUs: of the node, and of the pods that hold them. */
import { joules, ratio } from '../../domain/units.js';
import type { NodeReading, PodGpuReading } from '../../ports/measured-source.js';
import type { Columns } from './columns.js';
import { coverageOf } from './coverage.js';
import type { NodeNames } from './join.js';
import { GPU_METER } from './dcgm.js';
import { label, type Grid, type Rejections, type Series } from './read.js';

interface Holder {
  readonly namespace: string;
  readonly pod: string;
}

/** What one series says of one board in one interval. */
interface Part {
  readonly node: string;
  readonly board: string;
  readonly holder: Holder | null;
  readonly energy: number;
  readonly samples: number;
  readonly job: string;
}

interface Context {
  readonly grid: Grid;
  readonly nodes: NodeNames;
  readonly rejections: Rejections;
  readonly scrapeOf: (job: string) => number;
}

export interface GpuWindow {
  readonly nodes: readonly NodeReading[];
  readonly gpus: readonly PodGpuReading[];
}

/** Of one interval. */
export function readGpus(entries: readonly Columns[], index: number, context: Context): GpuWindow {
  // One series with the renamed label tells that Prometheus renames: then `pod` is the exporter's own.
  const renamed = entries.some((entry) => label(entry.series, 'exported_pod') !== '');
  const parts = entries.flatMap((entry) => partsOf(entry, index, renamed, context));
  const boards = grouped(parts, (part) => `${part.node}\n${part.board}`);
  const shares = [...boards.values()].flatMap((board) => sharesOf(board, context));
  return { nodes: nodeReadings(shares), gpus: podReadings(shares) };
}

function partsOf(entry: Columns, index: number, renamed: boolean, { nodes, rejections }: Context): Part[] {
  const { series } = entry;
  const energy = entry.at('energy', index) * GPU_METER.unit;
  const samples = entry.at('samples', index);
  if (!(samples > 0) || Number.isNaN(energy)) return [];
  const node = nodes.nodeOf(series, index);
  const fault = node === null ? 'unknown-node' : entry.at('resets', index) > 0 ? 'counter-reset' : null;
  if (fault) rejections.add(fault);
  if (fault || node === null) return [];
  const board = label(series, 'UUID') || label(series, 'gpu');
  return [{ node, board, holder: holderOf(series, renamed), energy, samples, job: label(series, 'job') }];
}

/** Null: nobody holds the board. Scraping adds the exporter's own pod where the exporter names none. */
function holderOf(series: Series, renamed: boolean): Holder | null {
  const prefix = renamed ? 'exported_' : '';
  const holder = { namespace: label(series, `${prefix}namespace`), pod: label(series, `${prefix}pod`) };
  const exporter = /dcgm-?exporter/;
  const own = exporter.test(holder.pod) || exporter.test(label(series, `${prefix}container`));
  return holder.pod === '' || holder.namespace === '' || own ? null : holder;
}

interface Share extends Holder {
  readonly node: string;
  readonly energy: number;
  readonly coverage: number;
}

/**
 * Series of one board either follow one another, as pods come and go, or stand side by side, where pods share it and each series
 * shows the whole board. Together they can have no more samples than one series would: what is above that is repetition.
 */
function sharesOf(parts: readonly Part[], { grid, scrapeOf }: Context): readonly Share[] {
  const total = parts.reduce((sum, part) => sum + part.samples, 0);
  const expected = Math.max(grid.step / scrapeOf(parts[0]!.job), ...parts.map((part) => part.samples));
  const repetition = Math.max(1, total / (expected * 1.1));
  return parts.map((part) => ({
    node: part.node,
    namespace: part.holder?.namespace ?? '',
    pod: part.holder?.pod ?? '',
    energy: part.energy / (repetition > 1 ? total / expected : 1),
    coverage: coverageOf(Math.min(total, expected), scrapeOf(part.job), grid.step),
  }));
}

function nodeReadings(shares: readonly Share[]): NodeReading[] {
  return [...grouped(shares, (share) => share.node)].map(([node, all]) => ({
    node,
    source: 'dcgm',
    scope: 'gpu',
    ...together(all),
  }));
}

function podReadings(shares: readonly Share[]): PodGpuReading[] {
  const held = shares.filter((share) => share.pod !== '');
  return [...grouped(held, ({ node, namespace, pod }) => `${node}\n${namespace}\n${pod}`).values()].map(
    (all) => {
      const { node, namespace, pod } = all[0]!;
      return { node, namespace, pod, ...together(all) };
    },
  );
}

const together = (all: readonly Share[]) => ({
  energy: joules(all.reduce((sum, share) => sum + share.energy, 0)),
  coverage: ratio(Math.min(...all.map((share) => share.coverage))),
});

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
