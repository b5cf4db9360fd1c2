/** Whatever the API server answers: a reason for it, and afterwards the cluster as it is. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seconds } from '../../domain/units.js';
import {
  Bench,
  eventually,
  FAST,
  names,
  NAMESPACES,
  node,
  NODES,
  owned,
  pod,
  PODS,
  REPLICA_SETS,
  until,
  valueOf,
} from './testing/bench.js';
import { answer, isWatch, on, status, type FakeApiServer, type Fault } from './testing/fake-api-server.js';

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

describe('credentials', () => {
  it('reads the token again, once, when the server refuses it', async () => {
    server.next(
      on(NODES, 'list', (response) => {
        server.token = 'second-token';
        server.mount('second-token');
        status(response, 401, 'Unauthorized');
      }),
    );
    const inventory = bench.open();
    expect((await valueOf(inventory)).nodes).toHaveLength(1);
    expect(server.seen(NODES).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first-token',
      'Bearer second-token',
    ]);
  });

  it('says that it is refused when the file still has the same token, and does not say the token', async () => {
    server.token = 'another';
    const outcome = await bench.open().current();
    expect(outcome).toMatchObject({ ok: false, reason: 'unauthorized' });
    expect(!outcome.ok && outcome.message).toMatch(/^kubernetes: \/api\/v1\/nodes: 401 Unauthorized/);
  });

  it('never repeats a token that the server sends back', async () => {
    server.next(on(NODES, 'list', (response) => status(response, 500, 'bad header: Bearer first-token')));
    const outcome = await bench
      .open({ timing: { ...FAST, backoffMs: 60_000, maxBackoffMs: 60_000 } })
      .current();
    expect(!outcome.ok && outcome.message).toContain('bad header: Bearer [redacted]');
  });

  it('names the file that is missing, and goes on once it is there', async () => {
    rmSync(join(server.folder, 'token'));
    const inventory = bench.open();
    const outcome = await inventory.current();
    expect(outcome).toMatchObject({ ok: false, reason: 'not-configured' });
    expect(!outcome.ok && outcome.message).toContain(`${server.folder}/token cannot be read (ENOENT)`);
    server.mount(server.token);
    await eventually(inventory, ({ nodes }) => nodes.length === 1);
  });
});

describe('permissions', () => {
  it('switches off what is forbidden, says how to have it, and has it as soon as it is granted', async () => {
    server.put(REPLICA_SETS, owned('rs', 'web-1', { kind: 'Rollout', name: 'web' }));
    server.put(PODS, pod({ name: 'web', owner: { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' } }));
    server.forbidden.add(`list ${REPLICA_SETS}`);
    const inventory = bench.open();
    const before = await valueOf(inventory);
    expect(before.missing).toEqual([
      'needs the verb list on replicasets.apps (see deploy/rbac.yaml), so a ReplicaSet is followed to its Deployment by its name alone',
    ]);
    const workload = (value: typeof before) => value.pods.find(({ name }) => name === 'web')?.workload;
    expect(workload(before)).toEqual({ name: 'web-1', type: 'ReplicaSet' });
    server.forbidden.clear();
    const after = await eventually(inventory, ({ missing }) => missing.length === 0);
    expect(workload(after)).toEqual({ name: 'web', type: 'Rollout' });
  });

  it('lists again and again where it may not watch', async () => {
    server.forbidden.add(`watch ${PODS}`);
    const inventory = bench.open();
    await valueOf(inventory);
    server.put(PODS, pod({ name: 'c' }));
    const value = await eventually(inventory, (now) => names(now).includes('c'));
    expect(value.missing).toEqual([expect.stringContaining('needs the verb watch on pods')]);
  });

  it('a list that fails is not an empty list', async () => {
    server.next(...Array.from({ length: 3 }, () => on(NAMESPACES, 'list', answer(500, '{}'))));
    const inventory = bench.open({ timing: { ...FAST, backoffMs: 200, maxBackoffMs: 200 } });
    const value = await valueOf(inventory);
    expect(value.missing).toEqual([expect.stringMatching(/namespaces: .*500.*, so labels of namespaces/)]);
    await eventually(inventory, ({ missing }) => missing.length === 0);
  });
});

describe('lists', () => {
  const many = (count: number): void => {
    for (let i = 0; i < count; i++) server.put(PODS, pod({ name: `p${i}` }));
  };

  it('are read in pages of 500', async () => {
    many(1100);
    expect((await valueOf(bench.open())).pods).toHaveLength(1102);
    expect(server.seen(PODS).map(({ params }) => params.get('limit'))).toEqual(['500', '500', '500']);
  });

  it('ask for metadata alone where that is enough', async () => {
    await valueOf(bench.open());
    expect(server.seen(REPLICA_SETS)[0]?.headers.accept).toContain('as=PartialObjectMetadataList');
    expect(server.seen(PODS)[0]?.headers.accept).toBe('application/json');
  });

  it('begin again, in larger pages, when the token expires between two', async () => {
    many(900);
    server.next((request, response) => {
      if (request.path !== PODS || !request.params.has('continue')) return false;
      server.remove(PODS, 'pod-p0');
      status(response, 410, 'The provided continue parameter is too old', 'Expired');
      return true;
    });
    const value = await valueOf(bench.open());
    expect(value.pods).toHaveLength(901);
    expect(names(value)).not.toContain('p0');
    expect(server.seen(PODS).map(({ params }) => params.get('limit'))).toEqual(['500', '500', '2000']);
  });

  const samePage = on(
    PODS,
    'list',
    answer(200, '{"metadata":{"resourceVersion":"1","continue":"x"},"items":[]}'),
  );

  it.each<[string, Fault | readonly Fault[], string]>([
    ['a login page', on(PODS, 'list', answer(200, '<html>sign in</html>')), 'malformed'],
    ['something else', on(PODS, 'list', answer(200, '{"kind":"PodList"}')), 'malformed'],
    [
      'half an answer',
      on(PODS, 'list', (response) => {
        response.writeHead(200, { 'content-length': '5000' });
        response.write('{"items":[', () => response.destroy());
      }),
      'malformed',
    ],
    ['a redirect', on(PODS, 'list', answer(302, '', { location: 'https://169.254.169.254/' })), 'malformed'],
    ['an error', on(PODS, 'list', answer(503, 'no leader')), 'server-error'],
    ['nothing, with the connection reset', on(PODS, 'list', (response) => response.destroy()), 'refused'],
    ['more than fits', on(PODS, 'list', answer(200, ' '.repeat(300_000))), 'too-large'],
    [
      'a gzip bomb',
      on(PODS, 'list', (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
      }),
      'too-large',
    ],
    ['no answer at all', on(PODS, 'list', () => {}), 'timeout'],
    ['the same page for ever', [samePage, samePage], 'malformed'],
  ])('answered with %s give a reason, and the cluster afterwards', async (_, fault, reason) => {
    server.next(...[fault].flat());
    const inventory = bench.open({
      timeout: seconds(1),
      maxPageBytes: 200_000,
      timing: { ...FAST, backoffMs: 200, maxBackoffMs: 200 },
    });
    expect(await inventory.current()).toMatchObject({ ok: false, reason });
    expect(names(await eventually(inventory, () => true))).toEqual(['a', 'b']);
  });

  it('wait as long as a busy server asks', async () => {
    const asked: number[] = [];
    const busy: Fault = (request, response) => {
      if (request.path !== PODS || isWatch(request)) return false;
      asked.push(performance.now());
      if (asked.length === 1)
        answer(429, '{"message":"too many requests"}', { 'retry-after': '1' })(response);
      return asked.length === 1;
    };
    server.next(busy);
    const inventory = bench.open({ timing: { ...FAST, recheckMs: 10_000 } });
    const before = performance.now();
    expect(await inventory.current()).toMatchObject({ ok: false, reason: 'throttled' });
    await eventually(inventory, () => true);
    expect(performance.now() - before).toBeGreaterThan(950);
    expect(server.seen(PODS)).toHaveLength(2);
  });

  it('end when the caller has waited long enough, or closes', async () => {
    const silent: Fault = () => true;
    server.next(...Array.from({ length: 20 }, () => silent));
    const inventory = bench.open({ timeout: seconds(60) });
    const stop = new AbortController();
    const waiting = inventory.current(stop.signal);
    await until('the first request', () => server.requests.length > 0);
    stop.abort();
    expect(await waiting).toMatchObject({ ok: false, reason: 'cancelled' });
    const late = bench.open({ timeout: seconds(60), timing: { ...FAST, firstListMs: 50 } });
    expect(await late.current()).toMatchObject({ ok: false, reason: 'timeout' });
    await inventory.close();
    expect(await inventory.current()).toMatchObject({ ok: false, reason: 'cancelled', retryable: false });
  });
});
