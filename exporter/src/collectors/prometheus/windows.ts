/** From an observation to usage windows; pure. */
import { PARTIAL_REASONS, type NodeSample, type PodSample, type UsageWindow } from '../../domain/model.js';
import { epochSeconds, ratio, type Ratio } from '../../domain/units.js';
import type { Rejections } from './answer.js';
import { NodeSamples } from './node-samples.js';
import type { Observation } from './observation.js';
import { PodSamples } from './pod-samples.js';

/** One window per instant of the grid, ascending. */
export function buildWindows(o: Observation, rejections: Rejections): UsageWindow[] {
  const nodes = new NodeSamples(o, rejections);
  const pods = new PodSamples(o, rejections);
  return Array.from({ length: o.grid.count }, (_, index) => {
    const present = nodes.at(index);
    const samples = pods.at(index, present);
    return windowOf(o, index, [...present.values()], samples);
  });
}

function windowOf(
  o: Observation,
  index: number,
  nodes: readonly NodeSample[],
  pods: readonly PodSample[],
): UsageWindow {
  const { grid, flags } = o;
  const coverage = coverageOf(o, index, nodes, pods);
  if (nodes.length > 0 && coverage < 1) flags.add(index, 'samples-missing');
  if (nodes.length === 0) flags.add(index, sawAnything(o, index) ? 'inventory-missing' : 'no-data');
  return {
    interval: { start: epochSeconds(grid.first + (index - 1) * grid.step), step: grid.step },
    nodes,
    pods,
    coverage,
    partialReasons: PARTIAL_REASONS.filter((reason) => flags.at(index).has(reason)),
  };
}

/**
 * How much of the interval the source saw. All nodes short at once means that the source was out; one short node joined or
 * left, so the longest tells. Nodes with running pods but no CPU series of any means that nothing was measured.
 */
function coverageOf(
  o: Observation,
  index: number,
  nodes: readonly NodeSample[],
  pods: readonly PodSample[],
): Ratio {
  if (pods.length > 0 && !o.place.cpu.whole.hasAny(index)) return ratio(0);
  return ratio(nodes.reduce((most, node) => Math.max(most, node.seconds / o.grid.step), 0));
}

function sawAnything(o: Observation, index: number): boolean {
  return o.nodeCounts.hasAny(index) || o.place.cpu.whole.hasAny(index) || o.stayCounts.hasAny(index);
}
