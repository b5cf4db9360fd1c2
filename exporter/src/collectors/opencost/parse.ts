/** Reading OpenCost's allocations by namespace and pod for one hour. A window with a cost that cannot be true is refused whole. */
import { HOUR } from '../../domain/interval.js';
import { seconds, type EpochSeconds } from '../../domain/units.js';
import { instantOf } from '../../net/instant.js';
import { isRecord, own, textOf } from '../../net/json-value.js';
import type { CostWindow, PodCost } from '../../ports/cost-source.js';

/** Above what any pod can cost in an hour. */
const MAX_COST = 1_000_000;
/** Item of what no pod held. */
const IDLE = '__idle__';

const COMPUTE = ['cpuCost', 'ramCost', 'gpuCost'] as const;
const OTHER = ['pvCost', 'networkCost', 'loadBalancerCost', 'sharedCost', 'externalCost'] as const;

export type WindowAnswer =
  | { readonly kind: 'window'; readonly window: CostWindow }
  /** It has nothing of that hour: `[{}]`. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed'; readonly what: string };

/**
 * One set of `data`, of the hour asked for.
 * @param asked seconds of the hour that the request was for; below 3600 while it is open
 */
export function readWindow(
  set: unknown,
  hour: EpochSeconds,
  asked: number,
  provisional: boolean,
): WindowAnswer {
  if (set === null) return { kind: 'nothing' };
  if (!isRecord(set)) return malformed('a set is not an object');
  const pods: PodCost[] = [];
  const idle: { node: string; cost: number }[] = [];
  for (const [name, item] of Object.entries(set)) {
    const cost = costOf(item);
    if (!cost) return malformed(`the cost of ${JSON.stringify(name.slice(0, 100))} is no amount`);
    const start = instantOf(textOf(own(item, 'window'), 'start'));
    if (start !== null && start !== hour) return malformed('an item is of another hour');
    if (name === IDLE || name.endsWith(`/${IDLE}`)) {
      idle.push({ node: textOf(own(item, 'properties'), 'node'), cost: cost.compute + cost.other });
      continue;
    }
    const identity = identityOf(name, item);
    if (!identity) return malformed(`an item is named ${JSON.stringify(name.slice(0, 100))}`);
    pods.push({ ...identity, ...cost, seconds: secondsOf(item, asked) });
  }
  if (pods.length === 0 && idle.length === 0) return { kind: 'nothing' };
  return { kind: 'window', window: { hour, pods, idle, seconds: asked, provisional } };
}

const malformed = (what: string): WindowAnswer => ({ kind: 'malformed', what });

/** Null when a part is no number (what it writes for NaN is null) or a sum is negative. */
function costOf(item: unknown): Pick<PodCost, 'compute' | 'other'> | null {
  const compute = sumOf(item, COMPUTE);
  const other = sumOf(item, OTHER);
  return compute === null || other === null ? null : { compute, other };
}

function sumOf(item: unknown, fields: readonly string[]): number | null {
  let sum = 0;
  for (const field of fields) {
    const cost = own(item, field) ?? (Object.hasOwn(item as object, field) ? Number.NaN : 0);
    // A correction after the bill has come; often negative.
    const adjustment = own(item, `${field}Adjustment`) ?? 0;
    if (typeof cost !== 'number' || typeof adjustment !== 'number') return null;
    sum += cost + adjustment;
  }
  return sum >= 0 && sum <= MAX_COST ? sum : null;
}

function identityOf(name: string, item: unknown): Pick<PodCost, 'namespace' | 'pod'> | null {
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) return null;
  const properties = own(item, 'properties');
  return {
    namespace: textOf(properties, 'namespace') || name.slice(0, slash),
    pod: textOf(properties, 'pod') || name.slice(slash + 1),
  };
}

function secondsOf(item: unknown, asked: number) {
  const minutes = own(item, 'minutes');
  const known = typeof minutes === 'number' && minutes > 0 ? minutes * 60 : 0;
  return seconds(Math.min(known, asked, HOUR));
}
