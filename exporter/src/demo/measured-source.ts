/** The demo world's own meters as a source of measured energy: its metered machines count processor packages and memory. */
import { startsIn } from '../domain/interval.js';
import { epochSeconds, joules, ratio, type EpochSeconds, type Seconds } from '../domain/units.js';
import { available, unavailable } from '../ports/outcome.js';
import type { MeasuredEnergySource, MeasuredWindow, NodeReading } from '../ports/measured-source.js';
import type { World } from './world.js';

/** Always available; like the demo's usage, nothing from before `start`. */
export function createDemoMeasuredSource(
  world: World,
  options: { readonly start?: EpochSeconds } = {},
): MeasuredEnergySource {
  const start = options.start ?? world.start;
  let metered = 0;
  const window = (at: EpochSeconds, step: Seconds): MeasuredWindow => ({
    start: at,
    nodes: at < start ? [] : readingsOf(world, at, step),
    gpus: [],
  });
  return {
    name: 'demo-meters',
    observe: (range, step, signal) => {
      if (signal?.aborted)
        return Promise.resolve(unavailable('cancelled', 'reading the demo world was cancelled'));
      const windows = [...startsIn(range, step)].map((at) => window(at, step));
      metered = new Set(windows.flatMap(({ nodes }) => nodes.map(({ node }) => node))).size;
      return Promise.resolve(available(windows));
    },
    detected: () => (metered === 0 ? [] : [{ source: 'kepler', scope: 'cpu+dram', nodes: metered }]),
  };
}

function readingsOf(world: World, at: EpochSeconds, step: Seconds): NodeReading[] {
  const range = { from: at, to: epochSeconds(at + step) };
  return world.nodesDuring(range).flatMap((node): NodeReading[] => {
    const energy = world.measuredJoules(node, range);
    if (energy === null) return [];
    const there = Math.min(range.to, node.diesAt) - Math.max(range.from, node.bornAt);
    const coverage = ratio(there / step);
    return [{ node: node.name, source: 'kepler', scope: 'cpu+dram', energy: joules(energy), coverage }];
  });
}
