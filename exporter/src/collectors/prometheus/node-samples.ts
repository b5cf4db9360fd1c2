import type { NodeSample } from '../../domain/model.js';
import { bytes, cores, cpuSeconds, type CpuSeconds } from '../../domain/units.js';
import type { Rejections } from './answer.js';
import { NodeFactsOf } from './node-facts.js';
import type { MachineCpu, Observation } from './observation.js';
import { presence } from './presence.js';
import type { Column } from './table.js';

/** Use above this multiple of what the machine has cannot be true; below it, extrapolation and a resize can explain it. */
export const IMPOSSIBLE_FACTOR = 2;

/** Nodes of each interval of an observation. */
export class NodeSamples {
  private readonly facts: NodeFactsOf;
  private readonly root: MachineCpuOf;
  private readonly exporter: MachineCpuOf;

  constructor(
    private readonly o: Observation,
    private readonly rejections: Rejections,
  ) {
    this.facts = new NodeFactsOf(o);
    this.root = new MachineCpuOf(o.rootCpu, o.rootCpuSeconds, o.exporterNames);
    this.exporter = new MachineCpuOf(o.exporterCpu, o.exporterCpuSeconds, o.exporterNames);
  }

  /** Nodes with a known size that were there, by name. A node of unknown size flags the interval. */
  at(index: number): Map<string, NodeSample> {
    const samples: [string, NodeSample][] = [];
    for (const [id, name] of this.o.nodeNames.entries()) {
      if (!(this.o.nodeCounts.at(id, index) > 0)) continue;
      const sample = this.sample(id, name, index);
      if (sample) samples.push([name, sample]);
      else this.o.flags.add(index, 'inventory-missing');
    }
    return new Map(samples.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  private sample(id: number, name: string, index: number): NodeSample | null {
    const { o } = this;
    const step = o.grid.step;
    const cpu = o.cpuCapacity.at(id, index);
    const memory = o.memoryCapacity.at(id, index);
    if (!(cpu > 0) || !(memory > 0)) return null;
    const { internalIp, ...facts } = this.facts.at(id, index);
    const used = this.root.at(name, internalIp, index) ?? this.exporter.at(name, internalIp, index);
    const possible = used === null || used <= IMPOSSIBLE_FACTOR * cpu * step;
    if (!possible) {
      this.rejections.add('impossible');
      o.flags.add(index, 'series-rejected');
    }
    return {
      node: name,
      seconds: presence([o.nodeCounts.at(id, index)], o.scrape[index]!, step)[0]!,
      cpuCapacity: cores(cpu),
      memoryCapacity: bytes(memory),
      cpuSeconds: possible ? used : null,
      ...facts,
    };
  }
}

/**
 * CPU time of machines by node. Where the series has no `node` label, its target's address or the machine's own name tells: the
 * host part of `instance` is the node's internal address or name, or node_uname_info has the name.
 */
class MachineCpuOf {
  private readonly byName = new Map<string, number[]>();

  constructor(
    machines: readonly MachineCpu[],
    private readonly seconds: Column,
    names: ReadonlyMap<string, string>,
  ) {
    machines.forEach(({ node, instance }, i) => {
      const host = instance.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
      for (const name of new Set(node !== '' ? [node] : [host, names.get(instance) ?? ''])) {
        if (name !== '') this.byName.set(name, [...(this.byName.get(name) ?? []), i]);
      }
    });
  }

  at(name: string, internalIp: string, index: number): CpuSeconds | null {
    const ids = this.byName.get(name) ?? (internalIp === '' ? undefined : this.byName.get(internalIp)) ?? [];
    const values = ids.map((id) => this.seconds.at(id, index)).filter((value) => !Number.isNaN(value));
    return values.length === 0 ? null : cpuSeconds(Math.max(...values));
  }
}
