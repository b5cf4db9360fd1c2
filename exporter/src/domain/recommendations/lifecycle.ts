/**
 * active → applied | ignored | stale. Only a scan makes one stale or finds it applied by what it sees; a person applies and ignores.
 * What was ignored stays ignored through scans, what is stale revives when it is proposed again.
 */
import { DAY } from '../interval.js';
import type { EpochSeconds } from '../units.js';
import { identityOf } from './identity.js';
import type { Actor, Proposal, Recommendation, RecommendationEvent, Status } from './model.js';

export interface Changed {
  readonly recommendation: Recommendation;
  readonly event: RecommendationEvent;
}

/** What a person may ask for, and what of it cannot be from a status. */
export const TRANSITIONS = ['apply', 'ignore', 'restore'] as const;
export type Transition = (typeof TRANSITIONS)[number];

const ALLOWED: Readonly<Record<Transition, readonly Status[]>> = {
  apply: ['active', 'stale'],
  ignore: ['active', 'stale'],
  restore: ['ignored'],
};

/** Null: not from its status. @param lastWindowEnd of the last scan: what it did not see is stale when restored */
export function transition(
  r: Recommendation,
  kind: Transition,
  at: EpochSeconds,
  { reason = '', lastWindowEnd }: { readonly reason?: string; readonly lastWindowEnd: EpochSeconds },
): Changed | null {
  if (!ALLOWED[kind].includes(r.status)) return null;
  if (kind === 'apply') return changed({ ...r, appliedBy: 'operator' }, 'applied', at, 'operator', reason);
  if (kind === 'ignore') return changed({ ...r, ignoredReason: reason }, 'ignored', at, 'operator', reason);
  const status = r.lastSeen >= lastWindowEnd ? 'active' : 'stale';
  return changed({ ...r, ignoredReason: '' }, status, at, 'operator', reason);
}

function changed(r: Recommendation, to: Status, at: EpochSeconds, by: Actor, reason: string): Changed {
  const { cluster, id, type, target, status: from } = r;
  return {
    recommendation: { ...r, status: to, since: at },
    event: { cluster, id, at, type, target, from, to, by, reason },
  };
}

/** What a scan says of one that it does not propose any more. */
export interface Observed {
  /** Since when what was proposed has been seen to be so; null: it has not. */
  appliedSince(r: Recommendation): EpochSeconds | null;
}

/** An operator who says that it is applied is believed for this long, though it is still seen: rollouts take time. */
const GRACE = DAY;

/**
 * All recommendations after a scan, and the changes of status. The same scan again changes nothing.
 * @param at end of the scan's window
 */
export function reconcile(
  known: readonly Recommendation[],
  proposals: readonly Proposal[],
  {
    cluster,
    at,
    observed,
  }: { readonly cluster: string; readonly at: EpochSeconds; readonly observed: Observed },
): { readonly recommendations: readonly Recommendation[]; readonly events: readonly RecommendationEvent[] } {
  const byId = new Map(known.map((r) => [r.id, r]));
  const events: RecommendationEvent[] = [];
  const note = ({ recommendation, event }: Changed): Recommendation => {
    events.push(event);
    return recommendation;
  };
  const seen = new Map<string, Recommendation>();
  for (const proposal of proposals) {
    const id = identityOf(cluster, proposal.type, proposal.target);
    const before = byId.get(id);
    seen.set(
      id,
      before ? proposedAgain(before, proposal, at, note) : note(discovered(cluster, id, proposal, at)),
    );
  }
  const rest = known
    .filter((r) => !seen.has(r.id))
    .map((r) => (r.status === 'active' ? notSeen(r, at, observed, note) : r));
  return { recommendations: [...seen.values(), ...rest], events };
}

type Note = (changed: Changed) => Recommendation;

function discovered(cluster: string, id: string, proposal: Proposal, at: EpochSeconds): Changed {
  const recommendation: Recommendation = {
    ...proposal,
    id,
    cluster,
    status: 'active',
    firstSeen: at,
    lastSeen: at,
    since: at,
    appliedBy: null,
    ignoredReason: '',
    realised: null,
  };
  const { type, target } = proposal;
  return {
    recommendation,
    event: { cluster, id, at, type, target, from: null, to: 'active', by: 'scan', reason: '' },
  };
}

function proposedAgain(
  before: Recommendation,
  proposal: Proposal,
  at: EpochSeconds,
  note: Note,
): Recommendation {
  const refreshed: Recommendation = { ...before, ...proposal, lastSeen: at };
  switch (before.status) {
    case 'active':
    case 'ignored':
      return refreshed;
    case 'stale':
      return note(changed(refreshed, 'active', at, 'scan', 'seen again'));
    case 'applied':
      // What was proposed then is what was applied, and what its effect is measured by.
      if (before.appliedBy === 'operator' && at - before.since < GRACE) return before;
      return note(
        changed({ ...refreshed, appliedBy: null, realised: null }, 'active', at, 'scan', 'seen again'),
      );
  }
}

function notSeen(r: Recommendation, at: EpochSeconds, observed: Observed, note: Note): Recommendation {
  const since = observed.appliedSince(r);
  if (since === null) return note(changed(r, 'stale', at, 'scan', 'no longer seen'));
  return note(changed({ ...r, appliedBy: 'scan' }, 'applied', since, 'scan', 'observed'));
}
