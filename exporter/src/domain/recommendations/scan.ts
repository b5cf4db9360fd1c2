/** A scan: every rule on everything, savings shared out, and what of them can be had. Pure; it stops between workloads. */
import { HOUR } from '../interval.js';
import { Claims, heldByNode, plus, sumOf, type Claimed } from './claims.js';
import { confidenceOf, savingsBounds } from './confidence.js';
import {
  hoursOf,
  judgeable,
  type ClusterFacts,
  type Draft,
  type ScanFacts,
  type WorkloadRule,
} from './facts.js';
import type { PlacedPod } from './knowledge.js';
import {
  RECOMMENDATION_TYPES,
  type Caveat,
  type Priority,
  type Proposal,
  type ScanTotals,
  type YearlyAmounts,
} from './model.js';
import { drainable } from './packing.js';
import { autoscalingCandidate } from './rules/autoscaling-candidate.js';
import { carbonAwareScheduling } from './rules/carbon-aware-scheduling.js';
import { idleNamespace } from './rules/idle-namespace.js';
import { offPeakScaling } from './rules/off-peak-scaling.js';
import { overprovisionedNode } from './rules/overprovisioned-node.js';
import { rightsizingCpu } from './rules/rightsizing-cpu.js';
import { rightsizingMemory } from './rules/rightsizing-memory.js';
import { underutilizedNode } from './rules/underutilized-node.js';
import { zombieWorkload } from './rules/zombie-workload.js';
import { workloadKey, type UsageWindow } from './usage-window.js';

/** To add a rule, add its type to the model, its file to rules/ and a line here; one about the cluster, a line in `scan`. */
const WORKLOAD_RULES: readonly WorkloadRule[] = [
  zombieWorkload,
  rightsizingCpu,
  rightsizingMemory,
  autoscalingCandidate,
  offPeakScaling,
  carbonAwareScheduling,
];

export interface ScanResult {
  readonly proposals: readonly Proposal[];
  readonly totals: ScanTotals;
  readonly caveats: readonly Caveat[];
}

/** Yields after each workload, so that whoever runs it can do something else in between. */
export function* scan(facts: ScanFacts): Generator<void, ScanResult> {
  const drafts: Draft[] = [];
  for (const workload of judgeable(facts)) {
    for (const rule of WORKLOAD_RULES) {
      const draft = rule(facts, workload);
      if (draft) drafts.push(draft);
    }
    yield;
  }
  const proposing = settle(drafts, facts);
  const clusterFacts: ClusterFacts = { ...facts, podsAfter: podsAfter(facts.knowledge.pods, proposing) };
  drafts.push(...idleNamespace(clusterFacts));
  yield;
  drafts.push(...(yield* underutilizedNode(clusterFacts)));
  drafts.push(...overprovisionedNode(clusterFacts));
  yield;
  const settled = settle(drafts, facts);
  return {
    proposals: settled.map((s) => s.proposal),
    totals: yield* totalsOf(facts, settled),
    caveats: blindSpots(facts),
  };
}

interface Settled {
  readonly draft: Draft;
  readonly proposal: Proposal;
}

/** In the order of the types: what an earlier one claims, a later one cannot; one for which nothing is left is none. */
function settle(drafts: readonly Draft[], facts: ScanFacts): readonly Settled[] {
  const claims = new Claims(facts);
  const cluster = sumOf(facts.usage.nodes.map((n) => yearlyOf(facts.usage, n)));
  const rank = (d: Draft) => RECOMMENDATION_TYPES.indexOf(d.type);
  return drafts
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((draft): Settled[] => {
      const claimed = claims.take(draft);
      return claimed === null ? [] : [{ draft, proposal: proposalOf(draft, claimed, facts.usage, cluster) }];
    });
}

const yearlyOf = (usage: UsageWindow, n: UsageWindow['nodes'][number]): YearlyAmounts =>
  heldByNode(n, hoursOf(usage, n) * HOUR);

function proposalOf(draft: Draft, taken: Claimed, usage: UsageWindow, cluster: YearlyAmounts): Proposal {
  const { claims: _claims, shares: _shares, hours, caveats, ...rest } = draft;
  const first = usage.hours.length - hours;
  const from = usage.hours[first]!;
  const coverage = (hours * HOUR) / (usage.range.to - from);
  const confidence = confidenceOf(hours, Math.min(coverage, 1), caveats);
  const isShort = from - usage.range.from >= HOUR;
  return {
    ...rest,
    caveats: isShort ? [...caveats, 'SHORT_HISTORY'] : caveats,
    priority: priorityOf(draft, taken.claimed, cluster),
    confidence,
    window: { from, to: usage.range.to },
    savings: {
      claimed: taken.claimed,
      immediate: taken.immediate,
      ...savingsBounds(taken.claimed, confidence, taken.whole),
      currency: taken.claimed.cost === null ? '' : taken.currency,
    },
  };
}

/** By the part of what all machines hold that it claims; stopping what nobody uses is never low. */
function priorityOf({ type }: Draft, claimed: YearlyAmounts, cluster: YearlyAmounts): Priority {
  const share = cluster.grams > 0 ? claimed.grams / cluster.grams : 0;
  if (share >= 0.01) return 'high';
  return share >= 0.001 || type === 'ZOMBIE_WORKLOAD' ? 'medium' : 'low';
}

/** The pods of now, as the recommendations for their workloads leave them. Those of some hours alone change nothing for good. */
function podsAfter(pods: readonly PlacedPod[], settled: readonly Settled[]): readonly PlacedPod[] {
  const gone = new Set<string>();
  const requests = new Map<string, { cpu?: number; memory?: number }>();
  for (const { draft } of settled) {
    if (!('workloads' in draft.claims)) continue;
    for (const key of draft.claims.workloads) {
      if (draft.type === 'ZOMBIE_WORKLOAD' || draft.type === 'IDLE_NAMESPACE') gone.add(key);
      if (draft.type === 'RIGHTSIZING_CPU')
        requests.set(key, { ...requests.get(key), cpu: Number(draft.proposed['cpu_request_cores']) });
      if (draft.type === 'RIGHTSIZING_MEMORY')
        requests.set(key, { ...requests.get(key), memory: Number(draft.proposed['memory_request_bytes']) });
    }
  }
  return pods.flatMap((pod): PlacedPod[] => {
    const key = workloadKey(pod);
    if (gone.has(key)) return [];
    const { cpu = Infinity, memory = Infinity } = requests.get(key) ?? {};
    const smaller = {
      cpuRequest: Math.min(pod.cpuRequest, cpu) as PlacedPod['cpuRequest'],
      memoryRequest: Math.min(pod.memoryRequest, memory) as PlacedPod['memoryRequest'],
    };
    return [{ ...pod, ...smaller }];
  });
}

/**
 * What can be had: what falls at once, and what goes with the machines that can be taken out when all of it is done. Machines that
 * could go today count only where a recommendation says so.
 */
function* totalsOf(facts: ScanFacts, settled: readonly Settled[]): Generator<void, ScanTotals> {
  const { usage, knowledge } = facts;
  const claimed = sumOf(settled.map((s) => s.proposal.savings.claimed));
  const immediate = sumOf(settled.map((s) => s.proposal.savings.immediate));
  const nodes = usage.nodes.filter((n) => n.last === usage.hours.length - 1);
  const drained = settled
    .filter((s) => s.draft.type === 'UNDERUTILIZED_NODE')
    .map((s) => s.draft.target.node);
  const before = yield* drainable({ nodes, pods: knowledge.pods, knowledge }, () => true, drained);
  const pods = podsAfter(knowledge.pods, settled);
  const after = yield* drainable({ nodes, pods, knowledge }, () => true, before);
  const removable = after.filter((node) => drained.includes(node) || !before.includes(node));
  const resized = settled.filter(
    (s) => s.draft.type === 'OVERPROVISIONED_NODE' && !removable.includes(s.draft.target.node),
  );
  const going = nodes.filter((n) => removable.includes(n.node));
  const had = [...bySite(usage, settled)].map(([gridZone, all]) => {
    const held = [
      ...going.filter((n) => n.gridZone === gridZone).map((n) => yearlyOf(usage, n)),
      ...all.filter((s) => resized.includes(s)).map((s) => s.proposal.savings.claimed),
    ];
    const ofSite = (of: 'claimed' | 'immediate') => sumOf(all.map((s) => s.proposal.savings[of]));
    return least(plus(ofSite('immediate'), sumOf(held)), ofSite('claimed'));
  });
  return {
    active: settled.length,
    claimed,
    immediate,
    realisable: sumOf(had),
    currency: settled.map((s) => s.proposal.savings.currency).find((c) => c !== '') ?? '',
    removableNodes: removable.toSorted(),
  };
}

/** What is saved at one place is no use to the machines of another: by the grid zone of the target. */
function bySite(usage: UsageWindow, settled: readonly Settled[]): ReadonlyMap<string, readonly Settled[]> {
  const zones = new Map<string, string>([
    ...usage.workloads.map((w) => [workloadKey(w), w.gridZone] as const),
    ...usage.nodes.map((n) => [n.node, n.gridZone] as const),
  ]);
  const sites = new Map<string, Settled[]>();
  for (const each of settled) {
    const { claims } = each.draft;
    const zone = zones.get('node' in claims ? claims.node : claims.workloads[0]!) ?? '';
    const site = sites.get(zone);
    if (site) site.push(each);
    else sites.set(zone, [each]);
  }
  return sites;
}

const least = (a: YearlyAmounts, b: YearlyAmounts): YearlyAmounts => ({
  joules: Math.min(a.joules, b.joules),
  grams: Math.min(a.grams, b.grams),
  cost: a.cost === null || b.cost === null ? null : Math.min(a.cost, b.cost),
});

/** What nobody could say, of the whole cluster. */
function blindSpots({ knowledge }: ScanFacts): readonly Caveat[] {
  return [
    ...(knowledge.containers === null ? (['CONTAINERS_UNKNOWN'] as const) : []),
    ...(knowledge.autoscalers === null ? (['AUTOSCALERS_UNKNOWN'] as const) : []),
    ...(knowledge.outOfMemory === null ? (['OUT_OF_MEMORY_UNKNOWN'] as const) : []),
    ...(knowledge.nodes === null ? (['CONSTRAINTS_UNKNOWN'] as const) : []),
  ];
}
