import { describe, expect, it } from '@jest/globals';
import type { Probe } from '../collectors/discovery/index.js';
import type { ClusterService, ClusterServices } from '../ports/cluster-services.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';
import { createLocator, Located } from './locate.js';

const service = (namespace: string, name: string): ClusterService => ({
  namespace,
  name,
  labels: {},
  type: 'ClusterIP',
  ports: [{ name: 'http', port: 9090, protocol: 'TCP' }],
});

class Cluster implements ClusterServices {
  list: Outcome<readonly ClusterService[]> = available([]);
  lists = 0;
  up = new Set<string>();
  readonly log: string[] = [];

  services(): Promise<Outcome<readonly ClusterService[]>> {
    this.lists++;
    return Promise.resolve(this.list);
  }

  readonly #probe: Probe = async (app, url) =>
    this.up.has(url) ? available(`${app} 1.0`) : unavailable('refused', `${app}: no connection`);

  readonly locator = createLocator({
    services: this,
    probe: this.#probe,
    log: {
      info: (_, message) => void this.log.push(`info ${message}`),
      warn: (_, message) => void this.log.push(`warn ${message}`),
    },
  });
}

const FIRST = 'http://prometheus.monitoring.svc:9090';
const SECOND = 'http://prometheus.shop.svc:9090';

describe('looking for a server in the cluster', () => {
  it('asks again until one answers, says why once for each change, and then keeps to it', async () => {
    const cluster = new Cluster();
    expect(await cluster.locator.find('prometheus')).toMatchObject({ ok: false, reason: 'not-configured' });
    await cluster.locator.find('prometheus');
    cluster.list = available([service('monitoring', 'prometheus'), service('shop', 'prometheus')]);
    expect(await cluster.locator.find('prometheus')).toMatchObject({ ok: false });
    cluster.up.add(SECOND);
    expect(await cluster.locator.find('prometheus')).toMatchObject({ ok: true, value: { url: SECOND } });
    cluster.up = new Set([FIRST]);
    expect(await cluster.locator.find('prometheus')).toMatchObject({ ok: true, value: { url: SECOND } });
    expect(cluster.lists).toBe(4);
    expect(cluster.log).toEqual([
      expect.stringMatching(/^warn prometheus: none of 0 Services/),
      expect.stringMatching(/^warn prometheus: no candidate answered/),
      expect.stringMatching(/^info prometheus: using http:\/\/prometheus\.shop\.svc:9090/),
    ]);
  });

  it('says what permission is missing, and that a cluster has no OpenCost as no failure', async () => {
    const cluster = new Cluster();
    cluster.list = unavailable('unauthorized', 'kubernetes: needs the verb list on services', false);
    const denied = await cluster.locator.find('opencost');
    expect(denied).toMatchObject({ ok: false, reason: 'unauthorized' });
    cluster.list = available([]);
    await cluster.locator.find('opencost');
    expect(cluster.log).toEqual([
      'info kubernetes: needs the verb list on services',
      'info opencost: none of 0 Services looks like it; set OPENCOST_API_URL',
    ]);
  });

  it('searches once for all who ask at one time', async () => {
    const cluster = new Cluster();
    await Promise.all([1, 2, 3].map(() => cluster.locator.find('prometheus')));
    expect(cluster.lists).toBe(1);
  });

  it('makes what it is for once, and closes it', async () => {
    const cluster = new Cluster();
    const made: string[] = [];
    const closed: string[] = [];
    const located = new Located(cluster.locator, 'prometheus', ({ url }) => {
      made.push(url);
      return { close: async () => void closed.push(url) };
    });
    await located.close();
    expect((await located.get()).ok).toBe(false);
    cluster.list = available([service('monitoring', 'prometheus')]);
    cluster.up.add(FIRST);
    await Promise.all([located.get(), located.get()]);
    await located.close();
    expect([made, closed]).toEqual([[FIRST], [FIRST]]);
  });
});
