import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Bench, windows, world, one, pod, BASE, CAPACITY } from './testing/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterEach(() => bench.closeSources());
afterAll(() => bench.server.close());

describe('inventory', () => {
  it('reads no owner from an absent label, an empty one and "<none>", and a static pod as its own', async () => {
    for (const owner of [
      {},
      { owner_kind: '', owner_name: '' },
      { owner_kind: '<none>', owner_name: '<none>' },
      { owner_kind: 'Node', owner_name: 'n1' },
    ]) {
      bench.server.serve(world(['kube_pod_owner', [one(pod('web', { uid: 'u1', ...owner }))]]));
      const [window] = await windows(bench.source());
      expect(window?.pods.find((each) => each.pod === 'web')?.workload).toEqual({ name: 'web', type: 'Pod' });
    }
  });

  it('keeps an owner that nothing owns, and one that only a source without uid knows', async () => {
    const owners = [one(pod('web', { owner_kind: 'Job', owner_name: 'once' }))];
    bench.server.serve(
      world(
        ['kube_pod_owner', owners],
        [
          'kube_job_owner',
          [one({ namespace: 'shop', job_name: 'once', owner_kind: '<none>', owner_name: '<none>' })],
        ],
      ),
    );
    const [window] = await windows(bench.source());
    expect(window?.pods.find((each) => each.pod === 'web')?.workload).toEqual({ name: 'once', type: 'Job' });
  });

  it('keeps the labels asked for under the names that were asked', async () => {
    const labels = one(
      pod('web', { uid: 'u1', label_app_kubernetes_io_name: 'shop-web', label_team_name: 'blue' }),
    );
    bench.server.serve(world(['kube_pod_labels', [labels]]));
    const [window] = await windows(
      bench.source({ labels: ['app.kubernetes.io/name', 'teamName', 'absent'] }),
    );
    expect(window?.pods.find((each) => each.pod === 'web')?.labels).toEqual({
      'app.kubernetes.io/name': 'shop-web',
      teamName: 'blue',
    });
    expect(
      bench.server.requests.some(({ params }) =>
        params.get('query')?.includes('label_app_kubernetes_io_name,label_team_name,label_absent'),
      ),
    ).toBe(true);
  });

  it('splits a claim among the pods that mount it and run, and knows spinning classes', async () => {
    const claim = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
      namespace: 'shop',
      persistentvolumeclaim: name,
      ...more,
    });
    bench.server.serve(
      world(
        [
          'kube_pod_spec_volumes',
          [
            one(pod('web', { uid: 'u1', persistentvolumeclaim: 'media' })),
            one(pod('db', { uid: 'u2', persistentvolumeclaim: 'media' })),
            one(pod('db', { uid: 'u2', persistentvolumeclaim: 'data' })),
            one(pod('gone', { uid: 'u3', persistentvolumeclaim: 'media' })),
          ],
        ],
        ['kube_persistentvolumeclaim_resource', [one(claim('media'), 4e9), one(claim('data'), 1e10)]],
        [
          'kube_persistentvolumeclaim_info',
          [one(claim('media', { storageclass: 'aws-st1' })), one(claim('data', { storageclass: 'gp3' }))],
        ],
      ),
    );
    const [window] = await windows(bench.source());
    expect(window?.pods.map((each) => each.volumes)).toEqual([
      [
        { bytes: 2e9, media: 'hdd' },
        { bytes: 1e10, media: 'ssd' },
      ],
      [{ bytes: 2e9, media: 'hdd' }],
    ]);
  });

  it("counts no network of pods that share the node's, and whole restarts", async () => {
    bench.server.serve(
      world(
        ['host_network="true"', [one(pod('web'), 10)]],
        ['restarts_total', [one(pod('db', { uid: 'u2' }), 1.11)]],
      ),
    );
    const [window] = await windows(bench.source());
    expect(window?.pods.map((each) => [each.transmittedBytes, each.restarts])).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  it('nothing at all is no data; usage without kube-state-metrics says what is missing', async () => {
    bench.server.serve([]);
    expect((await windows(bench.source()))[0]).toMatchObject({
      nodes: [],
      pods: [],
      coverage: 0,
      partialReasons: ['no-data'],
    });
    bench.server.serve(BASE.filter(([word]) => word.startsWith('container_')));
    expect((await windows(bench.source()))[0]).toMatchObject({
      nodes: [],
      pods: [],
      coverage: 0,
      partialReasons: ['inventory-missing'],
    });
    bench.server.serve(world([CAPACITY, []]));
    expect((await windows(bench.source()))[0]).toMatchObject({
      nodes: [],
      coverage: 0,
      partialReasons: ['inventory-missing'],
    });
  });
});
