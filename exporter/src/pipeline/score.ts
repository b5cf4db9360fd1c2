/** Scores of the cluster and of each namespace over the look-back window, from whole hours, sums by zone and the recommender. */
import { floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import type { Flagged, ScoredNode, ScoredUse, ScoredZone } from '../domain/score/dimensions.js';
import { scoreOf, type Score } from '../domain/score/score.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { History, Totals } from '../ports/history.js';
import type { NodeHour, UsageProfiles, WorkloadHour } from '../ports/usage-profile.js';

export interface ScoreDeps {
  readonly cluster: string;
  readonly profiles: Pick<UsageProfiles, 'hours' | 'hour'>;
  readonly history: Pick<History, 'totals'>;
  /** What the recommender has found and nobody has acted on; null: it has not scanned yet. */
  readonly flagged: () => Promise<readonly Flagged[] | null>;
  readonly lookback: Seconds;
  /** Let others run: called between two hours. */
  readonly pause: () => Promise<void>;
}

/** The whole hours of the window that ends with the newest whole hour; the cluster's own score first, then by namespace. */
export async function computeScores(
  deps: ScoreDeps,
  now: EpochSeconds,
  signal: AbortSignal,
): Promise<readonly Score[]> {
  const to = floorTo(now, HOUR);
  const window = { from: epochSeconds(to - deps.lookback), to };
  const { uses, nodes, hours } = await usesOf(deps, window, signal);
  if (signal.aborted || hours === 0) return [];
  const filters = { cluster: [deps.cluster] };
  const byZone = await deps.history.totals({ range: window, by: ['namespace', 'zone'], filters });
  const byNode = await deps.history.totals({ range: window, by: ['namespace', 'node'], filters });
  const flagged = await deps.flagged();
  const coverage = byZone.coverage;
  const cluster = scoreOf('', window, coverage, {
    uses,
    zones: zonesOf(byZone, null),
    nodes: nodes.map(({ node, utilisation, capacity }) => ({ node, utilisation, weight: capacity })),
    flagged,
  });
  const namespaces = [...new Set(uses.map(({ namespace }) => namespace))].toSorted();
  return [
    cluster,
    ...namespaces.map((namespace) =>
      scoreOf(namespace, window, coverage, {
        uses: uses.filter((use) => use.namespace === namespace),
        zones: zonesOf(byZone, namespace),
        nodes: nodesOf(byNode, namespace, nodes),
        flagged: flagged && flagged.filter((f) => f.namespace === namespace),
      }),
    ),
  ];
}

interface NodeUse {
  readonly node: string;
  readonly utilisation: number;
  /** Cores x s. */
  readonly capacity: number;
}

interface Used {
  readonly uses: readonly ScoredUse[];
  readonly nodes: readonly NodeUse[];
  readonly hours: number;
}

async function usesOf({ profiles, pause }: ScoreDeps, window: TimeRange, signal: AbortSignal): Promise<Used> {
  const uses = new Map<string, UseSum>();
  const nodes = new Map<string, { cpu: number; capacity: number }>();
  let hours = 0;
  for (const start of await profiles.hours(window)) {
    await pause();
    if (signal.aborted) break;
    const hour = await profiles.hour(start);
    if (!hour) continue;
    hours++;
    for (const line of hour.workloads) addUse(uses, line);
    for (const line of hour.nodes) addNode(nodes, line);
  }
  return {
    uses: [...uses.values()].map(scoredUse),
    nodes: [...nodes].map(([node, { cpu, capacity }]) => ({
      node,
      utilisation: capacity > 0 ? Math.min(1, cpu / capacity) : 0,
      capacity,
    })),
    hours,
  };
}

/** Use of a resource counts only in hours in which something was requested. */
interface UseSum {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  podSeconds: number;
  readonly cpu: { used: number; requested: number };
  readonly memory: { used: number; requested: number };
  energy: number;
  restarts: number;
}

function addUse(uses: Map<string, UseSum>, line: WorkloadHour): void {
  const { namespace, workload, workloadType } = line;
  const key = JSON.stringify([namespace, workload, workloadType]);
  let sum = uses.get(key);
  if (!sum) {
    const named = { namespace, workload, workloadType };
    const none = () => ({ used: 0, requested: 0 });
    uses.set(key, (sum = { ...named, podSeconds: 0, cpu: none(), memory: none(), energy: 0, restarts: 0 }));
  }
  sum.podSeconds += line.podSeconds;
  sum.energy += line.energy;
  sum.restarts += line.restarts;
  addShare(sum.cpu, line.cpuSeconds, line.cpuRequestSeconds);
  addShare(sum.memory, line.memoryByteSeconds, line.memoryRequestSeconds);
}

function addShare(sum: { used: number; requested: number }, used: number, requested: number): void {
  if (requested === 0) return;
  sum.used += used;
  sum.requested += requested;
}

const scoredUse = ({ cpu, memory, ...rest }: UseSum): ScoredUse => ({
  ...rest,
  cpu: cpu.requested > 0 ? cpu : null,
  memory: memory.requested > 0 ? memory : null,
});

function addNode(nodes: Map<string, { cpu: number; capacity: number }>, line: NodeHour): void {
  const sum = nodes.get(line.node) ?? { cpu: 0, capacity: 0 };
  nodes.set(line.node, {
    cpu: sum.cpu + line.cpuSeconds,
    capacity: sum.capacity + line.cpuCapacity * line.seconds,
  });
}

/** @param namespace null: of all, the machines' own shares with them */
function zonesOf({ groups }: Totals, namespace: string | null): readonly ScoredZone[] {
  const zones = new Map<string, { energy: number; operational: number }>();
  for (const { key, sums } of groups) {
    if (namespace !== null && key.namespace !== namespace) continue;
    const sum = zones.get(key.zone!) ?? { energy: 0, operational: 0 };
    zones.set(key.zone!, {
      energy: sum.energy + Number(sums.energy),
      operational: sum.operational + Number(sums.operational),
    });
  }
  return [...zones].map(([zone, sum]) => ({ zone, ...sum }));
}

/** Machines that the namespace's pods ran on, each by the energy that they took there. */
function nodesOf({ groups }: Totals, namespace: string, nodes: readonly NodeUse[]): readonly ScoredNode[] {
  const utilisation = new Map(nodes.map((n) => [n.node, n.utilisation]));
  return groups.flatMap(({ key, sums }) => {
    const used = utilisation.get(key.node!);
    if (key.namespace !== namespace || used === undefined) return [];
    return [{ node: key.node!, utilisation: used, weight: Number(sums.energy) }];
  });
}
