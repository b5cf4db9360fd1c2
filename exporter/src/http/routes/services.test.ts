import { describe, expect, it } from '@jest/globals';
import { NO_AUTH, source, start, status } from '../testing/harness.js';
import { MemoryHistory } from '../testing/memory-history.js';
import type { Service } from '../services.js';
import type { ClustersAnswer } from './clusters.js';
import type { ConfigAnswer } from './config.js';
import type { ServicesAnswer } from './health.js';
import type { WorkloadsAnswer } from './workloads.js';

describe('GET /api/v1/health/services', () => {
  it('has every service, used or not, and the demo where it is the source', async () => {
    await using running = await start({ status: () => status({ sources: [source({ name: 'demo' })] }) });
    const { services } = (await running.get('/api/v1/health/services')).json<ServicesAnswer>();
    expect(Object.keys(services)).toEqual([
      'prometheus',
      'kubernetes',
      'opencost',
      'electricity_maps',
      'boavizta',
      'database',
      'demo',
    ]);
    expect(services['opencost']).toMatchObject({
      status: 'unconfigured',
      configured: false,
      latency_ms: null,
    });
    expect(services['demo']).toMatchObject({ status: 'healthy', latency_ms: 12, discovered: false });
    expect(services['database']).toMatchObject({
      status: 'healthy',
      required: true,
      latency_ms: expect.any(Number),
    });
  });

  it('one of them by name; a name of a metric label is that of 0.2', async () => {
    const maps = source({ name: 'electricity-maps', required: false, discovered: true, up: null });
    await using running = await start({ status: () => status({ sources: [source(), maps] }) });
    const ask = (name: string) => running.get(`/api/v1/health/services/${name}`);
    expect((await ask('electricity_maps')).json<Service>()).toMatchObject({
      status: 'unknown',
      discovered: true,
    });
    for (const name of ['nothing', 'constructor', '__proto__']) {
      expect([(await ask(name)).status, name]).toEqual([404, name]);
    }
  });

  it('a database that cannot be read is unreachable, and where it is stays in the log', async () => {
    const history = new MemoryHistory(300, [], new Map());
    history.clusters = () => Promise.reject(new Error('SQLITE_CORRUPT /var/lib/greenkube.db'));
    await using running = await start({ history });
    const reply = await running.get('/api/v1/health/services/database');
    expect(reply.json<Service>()).toMatchObject({
      status: 'unreachable',
      last_error: { reason: 'server-error' },
    });
    expect(reply.text).not.toContain('/var/lib');
    expect(running.log.map((line) => line.message)).toEqual(['the database cannot be read']);
  });
});

describe('GET /api/v1/config', () => {
  it('has key, group, value, origin and name of each row, and nothing else that a row may carry', async () => {
    const row = {
      key: 'API_TOKEN',
      group: 'HTTP',
      value: '<redacted>',
      origin: 'file',
      name: 'API_TOKEN_FILE',
    };
    await using running = await start({
      config: () => [{ ...row, plain: 'secret-1' } as typeof row],
      auth: NO_AUTH,
    });
    expect((await running.get('/api/v1/config')).json<ConfigAnswer>()).toEqual({ items: [row] });
  });
});

describe('inventory', () => {
  it('clusters with their step and the time that is known', async () => {
    await using running = await start();
    expect((await running.get('/api/v1/clusters')).json<ClustersAnswer>()).toEqual({
      items: [
        { cluster: 'c', step: '5m', first_seen: '2026-01-15T10:00:00Z', last_seen: '2026-01-15T11:55:00Z' },
      ],
      next_cursor: null,
    });
  });

  it('workloads by namespace, paged by name', async () => {
    await using running = await start();
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const page: WorkloadsAnswer = (await running.get(`/api/v1/workloads?limit=5&last=2h${cursor}`)).json();
      names.push(...page.items.map((w) => `${w.namespace}/${w.workload}`));
      next = page.next_cursor;
    }
    expect(names).toHaveLength(12);
    expect(names).toEqual(names.toSorted());
    const one: WorkloadsAnswer = (await running.get('/api/v1/workloads?last=2h&workload=app-1')).json();
    expect(one.items.map((w) => [w.namespace, w.workload, w.workload_type])).toEqual([
      ['ns-1', 'app-1', 'Deployment'],
      ['ns-3', 'app-1', 'Deployment'],
    ]);
  });
});
