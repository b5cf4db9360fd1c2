/** What the ledger of a faultless source would hold: the exporter itself on the demo world, whose windows are closed forms. */
import type { TimeRange } from '../../exporter/src/domain/interval.js';
import { createTables } from '../../exporter/src/data/tables.js';
import { resolveProfile } from '../../exporter/src/domain/energy/resolve-profile.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import type { World } from '../../exporter/src/demo/world.js';
import { runEngine } from './engine-in-process.js';
import { energyBounds, sumByName } from './extrapolation.js';
import { STEP, type LedgerContent } from './ledger-content.js';

const DAY = 86_400;

/** Fills a new ledger from the demo world up to `to`, `days` back. */
export async function fillFromDemo(path: string, seed: number, to: number, days: number): Promise<void> {
  // The Prometheus holds no meters; of the demo's, which see CPU and memory, none may replace the model here.
  const modelled = { 'measured-scope': 'machine-wall' };
  const flags = {
    demo: 'on',
    'demo-seed': `${seed}`,
    'demo-days': `${days}`,
    backfill: `${days}d`,
    ...modelled,
  };
  // The newest interval is due when it has settled.
  const from = to + 60;
  await runEngine({ flags: { ...flags, 'db-path': path, 'cluster-name': 'e2e' }, from, until: from });
}

/** One figure beside the closed form and how far it may be off, J. */
export interface Compared {
  readonly what: string;
  readonly found: number;
  readonly truth: number;
  readonly bound: number;
}

export interface Comparison {
  readonly nodes: readonly Compared[];
  readonly pods: readonly Compared[];
}

/** Energy of every node and of every pod name on it in every interval of the range; what is absent counts as 0 J. */
export function compareWithTruth(
  world: World,
  range: TimeRange,
  found: LedgerContent,
  truth: LedgerContent,
  scrapeInterval: number,
): Comparison {
  const tables = createTables();
  const joules = { found: energyByKey(found), truth: energyByKey(truth) };
  const providers = new Map(
    truth.nodes.map(({ start, node, provenance }) => [`${start} ${node}`, provenance.provider]),
  );
  const of = (what: string, bound: number): Compared => ({
    what,
    found: joules.found.get(what) ?? 0,
    truth: joules.truth.get(what) ?? 0,
    bound,
  });
  const nodes: Compared[] = [];
  const pods: Compared[] = [];
  for (let start: number = range.from; start < range.to; start += STEP) {
    const interval = { from: epochSeconds(start), to: epochSeconds(start + STEP) };
    const alive = world.podsDuring(interval);
    for (const node of world.nodesDuring(interval)) {
      const key = `${start} ${node.name}`;
      const { idle, full } = resolveProfile(node, providers.get(key) ?? '', tables, {
        coefficients: 'family',
      });
      const power = { idle: idle.central, full: full.central };
      const own = alive.filter((pod) => pod.node.uid === node.uid);
      const bounds = energyBounds(world, node, own, interval, power, scrapeInterval);
      nodes.push(of(key, bounds.node));
      for (const [name, bound] of sumByName(own, bounds.pods)) pods.push(of(`${key} ${name}`, bound));
    }
  }
  return { nodes, pods };
}

/** J by "start node" and by "start node namespace/pod". */
function energyByKey({ nodes, rows }: LedgerContent): ReadonlyMap<string, number> {
  const sums = new Map(nodes.map(({ start, node, energy }) => [`${start} ${node}`, energy / 1000]));
  for (const { start, node, namespace, pod, kind, energy } of rows) {
    if (kind !== 'pod') continue;
    const key = `${start} ${node} ${namespace}/${pod}`;
    sums.set(key, (sums.get(key) ?? 0) + energy / 1000);
  }
  return sums;
}

/** Rows of a range that the world does not have. */
export function strangers(world: World, range: TimeRange, { rows }: LedgerContent): readonly string[] {
  const known = new Set<string>();
  for (let from: number = range.from; from < range.to; from += DAY) {
    const to = Math.min(from + DAY, range.to);
    const part = { from: epochSeconds(from), to: epochSeconds(to) };
    for (const pod of world.podsDuring(part)) known.add(`${pod.node.name} ${pod.namespace}/${pod.name}`);
  }
  const keys = rows
    .filter(({ kind, start }) => kind === 'pod' && start >= range.from && start < range.to)
    .map(({ node, namespace, pod }) => `${node} ${namespace}/${pod}`);
  return [...new Set(keys)].filter((key) => !known.has(key));
}
