/** The seven dimensions of the sustainability score: what each is made of, and to what its points are lost. */
import { weightedLoss, type Loss, type Part } from './losses.js';

export const DIMENSIONS = [
  'resource_efficiency',
  'carbon_efficiency',
  'waste_elimination',
  'node_efficiency',
  'scaling_practices',
  'carbon_aware_scheduling',
  'stability',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Of a score in which all dimensions have data; they sum to 1. */
export const WEIGHTS: Readonly<Record<Dimension, number>> = {
  resource_efficiency: 0.25,
  carbon_efficiency: 0.2,
  waste_elimination: 0.15,
  node_efficiency: 0.15,
  scaling_practices: 0.1,
  carbon_aware_scheduling: 0.1,
  stability: 0.05,
};

/** Why a dimension has no data. */
export const LEFT_OUT_REASONS = [
  'no-requests', // no pod asks for CPU or memory
  'no-energy',
  'no-pods',
  'no-nodes',
  'not-scanned', // the recommender has not looked at the window yet
  'no-scalable-workloads', // nothing that an autoscaler could scale
  'no-batch-work',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** One workload over the window. */
export interface ScoredUse {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  readonly podSeconds: number;
  /** Used and requested, in any one unit; null: no pod has a request. */
  readonly cpu: { readonly used: number; readonly requested: number } | null;
  readonly memory: { readonly used: number; readonly requested: number } | null;
  /** mJ. */
  readonly energy: number;
  readonly restarts: number;
}

/** Emissions by grid zone: mJ and ug, operational alone. */
export interface ScoredZone {
  readonly zone: string;
  readonly energy: number;
  readonly operational: number;
}

export interface ScoredNode {
  readonly node: string;
  /** CPU time used / capacity, 0..1. */
  readonly utilisation: number;
  /** What the machine counts for: its capacity in the cluster's score, the namespace's energy on it in a namespace's. */
  readonly weight: number;
}

/** What the recommender has found about the workloads, by its types; null: it has not scanned yet. */
export interface Flagged {
  readonly type: string;
  readonly namespace: string;
  /** Empty: the whole namespace. */
  readonly workload: string;
  /** Part of the workload's energy that it is about, 0..1; absent: all. */
  readonly share?: number;
}

/** Everything one score is computed from: of one namespace, or of the cluster. */
export interface ScoreInput {
  readonly uses: readonly ScoredUse[];
  readonly zones: readonly ScoredZone[];
  readonly nodes: readonly ScoredNode[];
  readonly flagged: readonly Flagged[] | null;
}

export interface DimensionFound {
  /** 0..100. */
  readonly score: number;
  /** Sum to 100 - score. */
  readonly losses: readonly Loss[];
}

export type DimensionAnswer = DimensionFound | LeftOutReason;

const SECONDS_PER_DAY = 86_400;
const MJ_PER_KWH = 3.6e9;
/** g/kWh, PUE included, at which nothing is left of the carbon efficiency: a grid on coal alone. */
const WORST_INTENSITY = 800;
/** Share of a machine's CPU in use that counts as full: beyond it there is no room for a neighbour's failure. */
const FULL_NODE = 0.7;
/** Points that one restart a pod and day costs. */
const PER_RESTART = 10;
/** Shares of the waste score that dead workloads and idle namespaces take, and of the scaling score. */
const WASTE = { zombies: 0.7, idleNamespaces: 0.3 } as const;
const SCALING = { unscaled: 0.6, offPeak: 0.4 } as const;

export const workloadName = (use: Pick<ScoredUse, 'namespace' | 'workload'>): string =>
  `${use.namespace}/${use.workload}`;

/** Share of what is asked for that is used, at most 1 for each resource, weighted by energy. */
export function resourceEfficiency({ uses }: ScoreInput): DimensionAnswer {
  const parts = uses.flatMap((use): Part[] => {
    const shares = [use.cpu, use.memory].flatMap((r) =>
      r && r.requested > 0 ? [Math.min(1, r.used / r.requested)] : [],
    );
    if (shares.length === 0) return [];
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    return [{ kind: 'workload', name: workloadName(use), weight: use.energy, lost: 1 - mean }];
  });
  return weightedLoss(parts) ?? 'no-requests';
}

/** How clean the electricity is, losses of the site included. */
export function carbonEfficiency({ zones }: ScoreInput): DimensionAnswer {
  const parts = zones.map(({ zone, energy, operational }): Part => {
    const grams = energy > 0 ? operational / 1e6 / (energy / MJ_PER_KWH) : 0;
    return { kind: 'zone', name: zone, weight: energy, lost: grams / WORST_INTENSITY };
  });
  return weightedLoss(parts) ?? 'no-energy';
}

/** Pods that work for nobody, and namespaces in which nothing happens. */
export function wasteElimination({ uses, flagged }: ScoreInput): DimensionAnswer {
  if (flagged === null) return 'not-scanned';
  if (uses.length === 0) return 'no-pods';
  const zombies = flaggedWorkloads(flagged, 'ZOMBIE_WORKLOAD');
  const idle = new Set(flagged.filter((f) => f.type === 'IDLE_NAMESPACE').map((f) => f.namespace));
  const pods = sumOf(uses, (use) => use.podSeconds);
  const namespaces = [...new Set(uses.map((use) => use.namespace))];
  const losses = [
    ...uses
      .filter((use) => zombies.has(workloadName(use)))
      .map((use) => lossOf('workload', workloadName(use), (WASTE.zombies * use.podSeconds) / pods)),
    ...namespaces
      .filter((name) => idle.has(name))
      .map((name) => lossOf('namespace', name, WASTE.idleNamespaces / namespaces.length)),
  ];
  return found(losses);
}

export function nodeEfficiency({ nodes }: ScoreInput): DimensionAnswer {
  const parts = nodes.map(({ node, utilisation, weight }): Part => ({
    kind: 'node',
    name: node,
    weight,
    lost: 1 - Math.min(1, utilisation / FULL_NODE),
  }));
  return weightedLoss(parts) ?? 'no-nodes';
}

const SCALABLE = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout']);

/** Workloads whose load moves while their number of pods does not. */
export function scalingPractices({ uses, flagged }: ScoreInput): DimensionAnswer {
  if (flagged === null) return 'not-scanned';
  const scalable = new Set(uses.filter((use) => SCALABLE.has(use.workloadType)).map(workloadName));
  if (scalable.size === 0) return 'no-scalable-workloads';
  const part = (type: string, share: number): Loss[] =>
    [...flaggedWorkloads(flagged, type)]
      .filter((name) => scalable.has(name))
      .map((name) => lossOf('workload', name, share / scalable.size));
  return found([
    ...part('AUTOSCALING_CANDIDATE', SCALING.unscaled),
    ...part('OFF_PEAK_SCALING', SCALING.offPeak),
  ]);
}

const BATCH = new Set(['CronJob', 'Job']);

/** Batch work that runs when its grid is dirty, by energy. */
export function carbonAwareScheduling({ uses, flagged }: ScoreInput): DimensionAnswer {
  if (flagged === null) return 'not-scanned';
  const moved = new Map(
    flagged
      .filter((f) => f.type === 'CARBON_AWARE_SCHEDULING')
      .map((f) => [workloadName(f), f.share ?? 1] as const),
  );
  const parts = uses
    .filter((use) => BATCH.has(use.workloadType))
    .map((use): Part => {
      const name = workloadName(use);
      return { kind: 'workload', name, weight: use.energy, lost: moved.get(name) ?? 0 };
    });
  return weightedLoss(parts) ?? 'no-batch-work';
}

export function stability({ uses }: ScoreInput): DimensionAnswer {
  const podDays = sumOf(uses, (use) => use.podSeconds) / SECONDS_PER_DAY;
  if (podDays === 0) return 'no-pods';
  return found(
    uses.map((use) => lossOf('workload', workloadName(use), (PER_RESTART * use.restarts) / podDays / 100)),
  );
}

export const FORMULAS: Readonly<Record<Dimension, (input: ScoreInput) => DimensionAnswer>> = {
  resource_efficiency: resourceEfficiency,
  carbon_efficiency: carbonEfficiency,
  waste_elimination: wasteElimination,
  node_efficiency: nodeEfficiency,
  scaling_practices: scalingPractices,
  carbon_aware_scheduling: carbonAwareScheduling,
  stability,
};

const flaggedWorkloads = (flagged: readonly Flagged[], type: string): ReadonlySet<string> =>
  new Set(flagged.filter((f) => f.type === type).map(workloadName));

const lossOf = (kind: Loss['kind'], name: string, share: number): Loss => ({
  kind,
  name,
  points: 100 * share,
});

/** At most all points are lost: where more would be, each loss counts for less. */
function found(losses: readonly Loss[]): DimensionFound {
  const lost = sumOf(losses, (loss) => loss.points);
  const scale = lost > 100 ? 100 / lost : 1;
  const scaled = losses.map((loss) => ({ ...loss, points: loss.points * scale }));
  return { score: Math.max(0, 100 - Math.min(100, lost)), losses: scaled };
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);
