import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds, type EpochSeconds } from '../units.js';
import { reconcile, transition, TRANSITIONS, type Observed, type Transition } from './lifecycle.js';
import { STATUSES, type Proposal, type Recommendation } from './model.js';
import { scan } from './scan.js';
import { cpuHistogram, facts, WEEK, workload } from './testing/facts.js';

const HOUR = 3600;
const T0 = 1_780_000_000;
const at = (hours: number): EpochSeconds => epochSeconds(T0 + hours * HOUR);

/** Proposals for some of three workloads. */
function proposalsFor(names: readonly string[]): readonly Proposal[] {
  const workloads = names.map((name) => workload({ workload: name, cpu: cpuHistogram([0.1, WEEK]) }));
  const steps = scan(facts({ workloads }));
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.proposals;
}

const UNSEEN: Observed = { appliedSince: () => null };
const SEEN: Observed = { appliedSince: () => at(0) };
const after = (
  known: readonly Recommendation[],
  names: readonly string[],
  hours: number,
  observed = UNSEEN,
) => reconcile(known, proposalsFor(names), { cluster: 'c', at: at(hours), observed });
const first = (): Recommendation => after([], ['a'], 0).recommendations[0]!;
const withStatus = (status: Recommendation['status']): Recommendation => ({ ...first(), status });

describe('what a person may say', () => {
  it.each(STATUSES.flatMap((status) => TRANSITIONS.map((kind) => [status, kind] as const)))(
    '%s: %s',
    (status, kind) => {
      const allowed: Record<Transition, string[]> = {
        apply: ['active', 'stale'],
        ignore: ['active', 'stale'],
        restore: ['ignored'],
      };
      const done = transition(withStatus(status), kind, at(5), { lastWindowEnd: at(0) });
      expect(done !== null).toBe(allowed[kind].includes(status));
      if (done) {
        expect(done.recommendation.since).toBe(at(5));
        expect(done.event).toMatchObject({ from: status, to: done.recommendation.status, by: 'operator' });
      }
    },
  );

  it('restores to active what the last scan saw, and to stale what it did not', () => {
    const ignored = withStatus('ignored');
    expect(transition(ignored, 'restore', at(5), { lastWindowEnd: at(0) })?.recommendation.status).toBe(
      'active',
    );
    expect(transition(ignored, 'restore', at(5), { lastWindowEnd: at(1) })?.recommendation.status).toBe(
      'stale',
    );
  });
});

describe('what a scan does', () => {
  it('finds new ones active, and lets those go stale that it no longer sees; stale ones revive', () => {
    const found = after([], ['a', 'b'], 0);
    expect(found.events.map((e) => [e.from, e.to])).toEqual([
      [null, 'active'],
      [null, 'active'],
    ]);
    const less = after(found.recommendations, ['a'], 1);
    expect(less.recommendations.map((r) => [r.target.workload, r.status])).toEqual([
      ['a', 'active'],
      ['b', 'stale'],
    ]);
    const again = after(less.recommendations, ['a', 'b'], 2);
    expect(again.events).toHaveLength(1);
    expect(again.events[0]).toMatchObject({ from: 'stale', to: 'active' });
    expect(again.recommendations.find((r) => r.target.workload === 'b')).toMatchObject({
      firstSeen: at(0),
      lastSeen: at(2),
    });
  });

  it('finds applied what it sees done, since when it was done', () => {
    const found = after([], ['a'], 3);
    const done = after(found.recommendations, [], 4, SEEN);
    expect(done.recommendations[0]).toMatchObject({ status: 'applied', appliedBy: 'scan', since: at(0) });
  });

  it('believes a person for a day, and then its eyes', () => {
    const applied = transition(first(), 'apply', at(1), { lastWindowEnd: at(0) })!.recommendation;
    expect(after([applied], ['a'], 20).recommendations[0]!.status).toBe('applied');
    expect(after([applied], ['a'], 26).recommendations[0]!.status).toBe('active');
  });
});

describe('laws of the lifecycle', () => {
  const arbNames = fc.subarray(['a', 'b', 'c']);
  const arbAction = fc.oneof(
    fc.record({ kind: fc.constant('scan' as const), names: arbNames }),
    fc.record({ kind: fc.constantFrom(...TRANSITIONS), which: fc.nat(2) }),
  );

  it('what is ignored stays so until a person restores it; ids are for ever; a scan twice is one scan', () => {
    fc.assert(
      fc.property(fc.array(arbAction, { maxLength: 25 }), (actions) => {
        let known: readonly Recommendation[] = [];
        actions.forEach((action, i) => {
          const before = new Map(known.map((r) => [r.id, r.status]));
          if (action.kind === 'scan') {
            known = after(known, action.names, i).recommendations;
            const again = after(known, action.names, i);
            expect(again.events).toEqual([]);
            expect(again.recommendations).toEqual(expect.arrayContaining([...known]));
            for (const r of known) if (before.get(r.id) === 'ignored') expect(r.status).toBe('ignored');
          } else {
            const target = known[action.which];
            const done = target && transition(target, action.kind, at(i), { lastWindowEnd: at(i) });
            if (done) known = known.map((r) => (r.id === target.id ? done.recommendation : r));
          }
          for (const id of before.keys()) expect(known.some((r) => r.id === id)).toBe(true);
        });
        expect(new Set(known.map((r) => r.id)).size).toBe(known.length);
      }),
      { numRuns: 60 },
    );
  });
});
