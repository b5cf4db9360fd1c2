/** One meter's answer to energy and coverage by node and interval. */
import type { Ratio } from '../../domain/units.js';
import type { Columns } from './columns.js';
import { coverageOf } from './coverage.js';
import type { NodeNames } from './join.js';
import type { Meter } from './meter.js';
import { TARGET_LABELS } from './queries.js';
import { label, type Grid, type Rejections } from './read.js';

/** Energy that one meter shows for one node and interval, J; NaN: it was refused or has too few samples to tell. */
export interface Shown {
  readonly energy: number;
  readonly coverage: Ratio;
}

/** By node name, then by index of the grid. */
export type ByNode = ReadonlyMap<string, readonly (Shown | undefined)[]>;

/**
 * Power above which a sample is a sensor's way to say that it has none (65535, 2^32-1 and the like, in any unit), W. What the
 * machine itself can draw is checked later, where the machine is known.
 */
const NO_MACHINE_DRAWS = 50_000;

interface Context {
  readonly grid: Grid;
  readonly nodes: NodeNames;
  readonly rejections: Rejections;
  /** Scrape interval of a job, s. */
  readonly scrapeOf: (job: string) => number;
}

interface Sum {
  readonly job: string;
  energy: number;
  samples: number;
}

export function readMeter(entries: readonly Columns[], meter: Meter, context: Context): ByNode {
  const targets = sumByTarget(entries, meter, context);
  const out = new Map<string, (Shown | undefined)[]>();
  for (const [node, byTarget] of targets) {
    const shown = Array.from({ length: context.grid.count }, (_, index) =>
      best([...byTarget.values()].flatMap((sums) => shownBy(sums[index], meter, context))),
    );
    out.set(node, shown);
  }
  return out;
}

type ByTarget = Map<string, (Sum | undefined)[]>;

/** Series of one target add up: an exporter whose pod was replaced goes on under another `instance`. */
function sumByTarget(
  entries: readonly Columns[],
  meter: Meter,
  context: Context,
): ReadonlyMap<string, ByTarget> {
  const { grid, nodes, rejections } = context;
  const out = new Map<string, ByTarget>();
  for (const entry of entries) {
    const target = TARGET_LABELS.map((name) => label(entry.series, name)).join('\n');
    for (let index = 0; index < grid.count; index++) {
      const samples = entry.at('samples', index);
      if (!(samples > 0)) continue;
      const node = nodes.nodeOf(entry.series, index);
      if (node === null) {
        rejections.add('unknown-node');
        continue;
      }
      const byTarget = out.get(node) ?? new Map<string, (Sum | undefined)[]>();
      const sums = byTarget.get(target) ?? new Array<Sum | undefined>(grid.count).fill(undefined);
      const sum = (sums[index] ??= { job: label(entry.series, 'job'), energy: 0, samples: 0 });
      sum.energy += amountOf(entry, index, meter, rejections);
      sum.samples += samples;
      byTarget.set(target, sums);
      out.set(node, byTarget);
    }
  }
  return out;
}

/** J of a counter, mean W of a gauge; NaN when there is none or it cannot be true. */
function amountOf(entry: Columns, index: number, meter: Meter, rejections: Rejections): number {
  const amount = meter.unit * entry.at(meter.kind === 'counter' ? 'energy' : 'power', index);
  const fault = Number.isNaN(amount) ? null : faultOf(entry, index, meter, amount);
  if (fault) rejections.add(fault);
  return fault ? NaN : amount;
}

function faultOf(entry: Columns, index: number, meter: Meter, amount: number): string | null {
  if (meter.kind === 'counter') {
    // Wrapped, restarted or disturbed: what was drawn between the two samples around it is not known.
    if (entry.at('resets', index) > 0) return 'counter-reset';
    if (amount < 0) return 'negative';
    // A machine that answers draws something; a counter that stands still is stuck or not supported.
    return amount === 0 ? 'stuck' : null;
  }
  const none = !(entry.at('lowest', index) > 0) || meter.unit * entry.at('highest', index) > NO_MACHINE_DRAWS;
  return none ? 'sentinel' : null;
}

function shownBy(sum: Sum | undefined, meter: Meter, { grid, scrapeOf }: Context): Shown[] {
  if (!sum) return [];
  const coverage = coverageOf(sum.samples, scrapeOf(sum.job), grid.step);
  const energy = meter.kind === 'counter' ? sum.energy : sum.energy * coverage * grid.step;
  return [{ energy, coverage }];
}

/** Of several targets that show one node: a usable one, then the better covered, then the larger. */
function best(shown: readonly Shown[]): Shown | undefined {
  const usable = (each: Shown): number => Number(!Number.isNaN(each.energy));
  return shown.toSorted(
    (a, b) => usable(b) - usable(a) || b.coverage - a.coverage || (b.energy || 0) - (a.energy || 0),
  )[0];
}
