/** What happens in the cluster, and to the watches that tell of it, ends in the cluster as it is. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seconds } from '../../domain/units.js';
import {
  Bench,
  CLAIMS,
  claim,
  eventually,
  FAST,
  names,
  node,
  NODES,
  owned,
  pod,
  PODS,
  REPLICA_SETS,
  until,
  valueOf,
} from './testing/bench.js';
import { answer, on, status, type FakeApiServer, type Fault } from './testing/fake-api-server.js';

let bench: Bench;
let server: FakeApiServer;

beforeEach(async () => {
  bench = await Bench.start();
  server = bench.server;
  server.put(NODES, node('n1'));
  server.put(PODS, pod({ name: 'a' }));
  server.put(PODS, pod({ name: 'b' }));
});
afterEach(() => bench.close());

describe('watches', () => {
  it('follow additions, changes and deletions', async () => {
    const inventory = bench.open();
    await valueOf(inventory);
    server.put(PODS, pod({ name: 'c', cpu: '2' }));
    server.put(PODS, pod({ name: 'a', cpu: '3' }));
    server.remove(PODS, 'pod-b');
    const value = await eventually(inventory, (now) => names(now).join() === 'a,c');
    expect(value.pods.map(({ cpuRequest }) => cpuRequest).toSorted()).toEqual([2, 3]);
    expect(value.departed?.map(({ name }) => name)).toEqual(['b']);
    expect(server.seen(PODS)).toHaveLength(1);
  });

  it('remember a node that has just gone', async () => {
    server.put(NODES, node('n2'));
    const inventory = bench.open();
    await valueOf(inventory);
    server.remove(NODES, 'node-n2');
    const value = await eventually(inventory, ({ nodes }) => nodes.length === 1);
    expect(value.departedNodes?.map(({ name }) => name)).toEqual(['n2']);
  });

  it('that fail for longer than a moment make the inventory unavailable', async () => {
    let now = 0;
    const inventory = bench.open({ timing: { ...FAST, now: () => now, graceMs: 1000 } });
    await valueOf(inventory);
    await until('the watch', () => server.watching(PODS));
    server.next(...Array.from({ length: 3 }, () => on(PODS, 'watch', answer(500, 'oops'))));
    server.drop();
    await until('the failures', () => server.isQuiet);
    // What fails and is mended within the grace is not worth a word.
    await eventually(inventory, () => true);
    await until('the watch', () => server.watching(PODS));
    const down: Fault = (request, response) => {
      if (request.path !== PODS) return false;
      server.next(down);
      status(response, 500, 'oops');
      return true;
    };
    server.next(down);
    server.drop();
    for (; (await inventory.current()).ok; now += 100) await new Promise((resolve) => setImmediate(resolve));
    expect(now).toBeGreaterThan(1000);
    expect(await inventory.current()).toMatchObject({ ok: false, retryable: true });
  });

  it('go on from the last event after a cut in the middle of a line', async () => {
    const inventory = bench.open();
    await valueOf(inventory);
    await until('the watch', () => server.watching(PODS));
    server.put(PODS, pod({ name: 'c' }));
    await eventually(inventory, (now) => names(now).includes('c'));
    server.drop(true);
    server.put(PODS, pod({ name: 'd' }));
    server.remove(PODS, 'pod-a');
    await eventually(inventory, (now) => names(now).join() === 'b,c,d');
    const from = server.seen(PODS, true).map(({ params }) => Number(params.get('resourceVersion')));
    expect(from[1]).toBeGreaterThan(from[0]!);
    expect(server.seen(PODS)).toHaveLength(1);
  });

  it('go on from the last bookmark where nothing happened', async () => {
    const inventory = bench.open();
    await valueOf(inventory);
    await until('the watch', () => server.watching(NODES));
    for (let i = 0; i < 5; i++) server.put(PODS, pod({ name: `c${i}` }));
    server.bookmark();
    await eventually(inventory, (now) => now.pods.length === 7);
    server.endWatches();
    server.forget();
    await until('the next watch', () => server.seen(NODES, true).length === 2);
    const [first, second] = server
      .seen(NODES, true)
      .map(({ params }) => Number(params.get('resourceVersion')));
    expect(second! - first!).toBeGreaterThanOrEqual(5);
  });

  it.each<[string, (response: Parameters<Fault>[1]) => void]>([
    ['by status', (response) => status(response, 410, 'too old resource version', 'Expired')],
    [
      'by an event',
      answer(
        200,
        '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n',
      ),
    ],
  ])('list again when the server has forgotten their revision, and says so %s', async (_, how) => {
    const inventory = bench.open();
    await valueOf(inventory);
    await until('the watch', () => server.watching(PODS));
    server.next(on(PODS, 'watch', how));
    server.drop();
    server.put(PODS, pod({ name: 'c' }));
    server.remove(PODS, 'pod-a');
    server.forget();
    const value = await eventually(inventory, (now) => names(now).join() === 'b,c');
    expect(value.departed?.map(({ name }) => name)).toEqual(['a']);
    expect(server.seen(PODS)).toHaveLength(2);
  });

  it.each<[string, (response: Parameters<Fault>[1]) => void]>([
    ['a page of HTML', answer(200, '<html>\n')],
    ['an event without an object', answer(200, '{"type":"ADDED"}\n')],
    ['an error without a code', answer(200, '{"type":"ERROR","object":{"message":"lost"}}\n')],
    ['an overloaded server', answer(200, '{"type":"ERROR","object":{"code":429,"message":"slow down"}}\n')],
    ['an event that never ends', answer(200, `{"type":"ADDED","object":"${'x'.repeat(9 * 2 ** 20)}`)],
    ['500', answer(500, 'oops')],
    ['silence', () => {}],
  ])('are opened again after %s', async (_, how) => {
    server.next(on(PODS, 'watch', how));
    const inventory = bench.open({ timeout: seconds(1) });
    await valueOf(inventory);
    server.put(PODS, pod({ name: 'c' }));
    expect(names(await eventually(inventory, (now) => now.pods.length === 3))).toEqual(['a', 'b', 'c']);
  });

  it('that fail again and again are not trusted: the list is read again', async () => {
    server.next(...Array.from({ length: 5 }, () => on(PODS, 'watch', answer(200, 'x\n'))));
    const inventory = bench.open();
    await valueOf(inventory);
    await until('a second list', () => server.seen(PODS).length === 2);
    await until('a watch', () => server.watching(PODS));
  });

  it('that are silent for too long make the inventory unavailable until they are back', async () => {
    let now = 0;
    const inventory = bench.open({ timing: { ...FAST, now: () => now, staleMs: 1000 } });
    await valueOf(inventory);
    now = 1001;
    expect(await inventory.current()).toMatchObject({ ok: false, reason: 'timeout' });
    server.bookmark();
    await eventually(inventory, () => true);
  });

  it('leave nothing open when closed', async () => {
    const inventory = bench.open();
    await valueOf(inventory);
    await until('all watches', () => server.watching(PODS) && server.watching(NODES));
    await inventory.close();
    await until('their end', () => !server.watching(PODS) && !server.watching(NODES));
  });
});

describe('joins', () => {
  it('follow owners that come later, and split claims among the pods that mount them', async () => {
    server.put(CLAIMS, claim('shared', '10Gi', 'slow-hdd'));
    const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };
    server.put(PODS, pod({ name: 'x', claim: 'shared', owner }));
    server.put(PODS, pod({ name: 'y', claim: 'shared', phase: 'Succeeded' }));
    const inventory = bench.open();
    const share = { claim: 'shared', media: 'hdd' };
    const first = await valueOf(inventory);
    const x = first.pods.find(({ name }) => name === 'x');
    expect(x?.volumes).toEqual([{ ...share, bytes: 10 * 2 ** 30 }]);
    expect(first.pods.find(({ name }) => name === 'y')?.volumes).toEqual([]);
    server.put(REPLICA_SETS, owned('rs', 'web-1'));
    server.put(PODS, pod({ name: 'z', claim: 'shared' }));
    const second = await eventually(inventory, (now) => now.pods.length === 5);
    expect(second.pods.filter(({ volumes }) => volumes.length > 0).map(({ volumes }) => volumes)).toEqual([
      [{ ...share, bytes: 5 * 2 ** 30 }],
      [{ ...share, bytes: 5 * 2 ** 30 }],
    ]);
  });

  it('give the same objects until something changes', async () => {
    const inventory = bench.open();
    const first = await valueOf(inventory);
    expect(await valueOf(inventory)).toBe(first);
    server.put(PODS, pod({ name: 'c' }));
    const second = await eventually(inventory, (now) => now.pods.length === 3);
    expect(second.pods.find(({ name }) => name === 'a')).toBe(first.pods.find(({ name }) => name === 'a'));
  });
});

describe('any course of events', () => {
  type Step = () => void;
  type Course =
    | { readonly kind: 'put'; readonly i: number; readonly cpu: number }
    | { readonly kind: 'remove'; readonly i: number }
    | { readonly kind: string };
  const step: fc.Arbitrary<Course> = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), i: fc.nat(12), cpu: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('remove' as const), i: fc.nat(12) }),
    fc.record({ kind: fc.constantFrom('drop', 'cut', 'end', 'forget', 'bookmark', 'error', 'reset') }),
  );
  const perform = (each: Course): void => {
    const actions: Readonly<Record<string, Step>> = {
      drop: () => server.drop(),
      cut: () => server.drop(true),
      end: () => server.endWatches(),
      forget: () => server.forget(),
      bookmark: () => server.bookmark(),
      error: () => server.next(answering(500)),
      reset: () => server.next(resetting),
    };
    if ('cpu' in each) server.put(PODS, pod({ name: `p${each.i}`, cpu: String(each.cpu) }));
    else if ('i' in each) server.remove(PODS, `pod-p${each.i}`);
    else actions[each.kind]!();
  };
  const answering =
    (code: number): Fault =>
    (_, response) => {
      status(response, code, 'fault');
      return true;
    };
  const resetting: Fault = (_, response) => {
    response.destroy();
    return true;
  };

  it('ends in what an undisturbed reader sees', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const disturbed = bench.open({ timeout: seconds(20) });
        await valueOf(disturbed);
        for (const each of steps) {
          perform(each);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await until('the faults', () => {
          if (!server.isQuiet) server.drop();
          return server.isQuiet;
        });
        const reader = bench.open({ timeout: seconds(20) });
        const undisturbed = await valueOf(reader);
        const view = (value: typeof undisturbed): string =>
          JSON.stringify([
            value.nodes,
            value.pods.toSorted((a, b) => (a.uid < b.uid ? -1 : 1)),
            value.missing,
          ]);
        const expected = view(undisturbed);
        await eventually(disturbed, (now) => view(now) === expected);
        await Promise.all([disturbed.close(), reader.close()]);
      }),
      { numRuns: 20, endOnFailure: true, interruptAfterTimeLimit: 40_000 },
    );
  }, 60_000);
});
