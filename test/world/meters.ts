/**
 * The energy meters of the demo world as a Prometheus would have scraped them, beside `render.ts`: what each exporter calls its
 * series, how it cuts the machine into zones, and where its counters wrap. Every figure comes from the world's own meter.
 */
import type { EpochSeconds } from '../../exporter/src/domain/units.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { unit } from '../../exporter/src/demo/hash.js';
import type { World, WorldNode } from '../../exporter/src/demo/world.js';
import { scrapesOf, type ScrapeOptions } from './scrapes.js';
import { handle, Recorder, type Handle, type Series } from './series.js';

export type MeterKind = 'kepler' | 'kepler-legacy' | 'rapl' | 'scaphandre' | 'ceems' | 'ipmi';

export interface MeterOptions extends Partial<ScrapeOptions> {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** Meters of a machine; default: Kepler where the world's machine is metered. */
  readonly metersOf?: (node: WorldNode) => readonly MeterKind[];
  readonly batchSeconds?: number;
}

/** max_energy_range_uj of the package and dram domains of Xeon servers, J: node_exporter passes on the wrap. */
export const RAPL_RANGE = { package: 262_143.32885, dram: 65_712.999613 } as const;
/** W per GB of the world's memory: what a dram zone counts. */
const DRAM_WATTS_PER_GB = 0.35;
/** Output of the power supplies per input, and what the board takes beside processors and memory, W. */
const SUPPLY = { efficiency: 0.94, board: 12 } as const;

/** Truth of a machine, metered or not, J. */
export function trueJoules(world: World, node: WorldNode, from: number, to: number): number {
  const range = { from: epochSeconds(from), to: epochSeconds(to) };
  return world.measuredJoules({ ...node, measured: true }, range)!;
}

/** True power per vCPU without and at full load, memory included, W. */
export function trueWatts(node: WorldNode): { readonly idle: number; readonly full: number } {
  const own = 0.94 + 0.12 * unit(node.slot.key, 21);
  const memory = (DRAM_WATTS_PER_GB * node.memoryCapacity) / 1e9 / node.cpuCapacity;
  return { idle: own * 0.78 + memory, full: own * 3.1 + memory };
}

/** What was drawn at the wall, J. */
export const wallJoules = (joules: number, seconds: number): number =>
  (joules + SUPPLY.board * seconds) / SUPPLY.efficiency;

/** Batches in order of time; two renderings of adjacent ranges do not continue each other. */
export function* renderMeters(world: World, options: MeterOptions): Generator<Series[]> {
  const { from, to, batchSeconds = 300, metersOf = (node) => (node.measured ? ['kepler'] : []) } = options;
  const scrapes = { scrapeInterval: 15, ...options };
  const recorder = new Recorder();
  const machines = new Map<string, Machine>();
  for (let start: number = from; start < to; start += batchSeconds) {
    const end = Math.min(start + batchSeconds, to);
    for (const node of world.nodesDuring({ from: epochSeconds(start), to: epochSeconds(end) })) {
      const machine = machines.get(node.uid) ?? new Machine(world, node, from, metersOf(node));
      machines.set(node.uid, machine);
      for (const ms of scrapesOf(`${node.name}/meters`, start, end, scrapes)) machine.scrape(recorder, ms);
    }
    yield recorder.flush();
  }
}

interface Reading {
  /** J since the machine's first scrape, and W since the scrape before. */
  readonly package: number;
  readonly dram: number;
  readonly watts: number;
  readonly wallWatts: number;
}

interface Line {
  readonly handle: Handle;
  readonly value: (reading: Reading) => number;
}

class Machine {
  private readonly lines: readonly Line[];
  private at: number;
  private joules = 0;
  private readonly born: number;

  constructor(
    private readonly world: World,
    private readonly node: WorldNode,
    from: number,
    kinds: readonly MeterKind[],
  ) {
    this.born = Math.max(node.bornAt, from);
    this.at = this.born;
    this.lines = kinds.flatMap((kind) => LINES[kind](node));
  }

  scrape(recorder: Recorder, ms: number): void {
    const t = ms / 1000;
    if (this.lines.length === 0 || t < this.born || t >= this.node.diesAt) return;
    const since = t - this.at;
    const added = trueJoules(this.world, this.node, this.at, t);
    this.joules += added;
    this.at = t;
    const dram = ((DRAM_WATTS_PER_GB * this.node.memoryCapacity) / 1e9) * (t - this.born);
    const reading = {
      package: this.joules - dram,
      dram,
      watts: since > 0 ? added / since : NaN,
      wallWatts: since > 0 ? wallJoules(added, since) / since : NaN,
    };
    for (const line of this.lines) {
      const value = line.value(reading);
      if (!Number.isNaN(value)) recorder.add(line.handle, ms, value);
    }
  }
}

const POWERCAP = '/sys/class/powercap/intel-rapl';

/** A counter that had counted before: exporters are rarely as old as what one looks at. */
const before = (node: WorldNode, salt: number): number => 1e5 * unit(node.slot.key, salt);

const LINES: Readonly<Record<MeterKind, (node: WorldNode) => readonly Line[]>> = {
  kepler: (node) => {
    const target = { job: 'kepler', instance: `${node.internalIp}:28282`, node_name: node.name };
    const zone = (name: string, value: Line['value']): Line => ({
      handle: handle('kepler_node_cpu_joules_total', {
        ...target,
        zone: name,
        path: `${POWERCAP}/energy_${name}`,
      }),
      value,
    });
    // core lies within package and psys around all: whoever sums over zones counts double.
    return [
      zone('package', (r) => before(node, 1) + r.package),
      zone('core', (r) => before(node, 1) + 0.8 * r.package),
      zone('dram', (r) => before(node, 2) + r.dram),
      zone('psys', (r) => before(node, 3) + 1.1 * (r.package + r.dram)),
    ];
  },
  'kepler-legacy': (node) => {
    // Kepler's own `instance` is renamed on scraping; it holds the node's name.
    const target = { job: 'kepler', instance: `${node.internalIp}:9102`, exported_instance: node.name };
    const family = (name: string, mode: string, share: number, of: 'package' | 'dram'): Line => ({
      handle: handle(`kepler_node_${name}_joules_total`, { ...target, mode, package: '0' }),
      value: (r) => share * r[of],
    });
    return [
      family('package', 'dynamic', 0.6, 'package'),
      family('package', 'idle', 0.4, 'package'),
      family('dram', 'dynamic', 0.3, 'dram'),
      family('dram', 'idle', 0.7, 'dram'),
      {
        handle: handle('kepler_node_info', {
          ...target,
          components_power_source: 'rapl-sysfs',
          platform_power_source: 'none',
        }),
        value: () => 1,
      },
    ];
  },
  rapl: (node) => {
    const target = { job: 'node-exporter', instance: `${node.internalIp}:9100` };
    // Two sockets that share the load.
    return (['package', 'dram'] as const).flatMap((domain) =>
      [0, 1].map((index) => ({
        handle: handle(`node_rapl_${domain}_joules_total`, {
          ...target,
          index: String(index),
          path: `${POWERCAP}:${index}`,
        }),
        value: (r: Reading) => (before(node, 4 + index) + r[domain] / 2) % RAPL_RANGE[domain],
      })),
    );
  },
  scaphandre: (node) => [
    {
      handle: handle('scaph_host_energy_microjoules', {
        job: 'scaphandre',
        instance: 'x:8080',
        node: node.name,
      }),
      value: (r) => 1e6 * (r.package + r.dram),
    },
    {
      handle: handle('scaph_host_power_microwatts', {
        job: 'scaphandre',
        instance: 'x:8080',
        node: node.name,
      }),
      value: (r) => 1e6 * r.watts,
    },
  ],
  ceems: (node) => {
    const target = { job: 'ceems', instance: `${node.internalIp}:9010`, hostname: node.name.split('.')[0]! };
    return [
      {
        handle: handle('ceems_rapl_package_joules_total', { ...target, index: '0' }),
        value: (r) => r.package,
      },
      { handle: handle('ceems_rapl_dram_joules_total', { ...target, index: '0' }), value: (r) => r.dram },
      { handle: handle('ceems_ipmi_dcmi_current_watts', target), value: (r) => r.wallWatts },
    ];
  },
  ipmi: (node) => [
    {
      handle: handle('ipmi_dcmi_power_consumption_watts', { job: 'ipmi', instance: node.name }),
      value: (r) => Math.round(r.wallWatts),
    },
  ],
};
