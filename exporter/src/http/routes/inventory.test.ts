import { describe, expect, it } from '@jest/globals';
import { NEWEST_END, nodeEntry, start, status, STEP } from '../testing/harness.js';
import { MemoryHistory } from '../testing/memory-history.js';
import { namespaces, type NamespacesAnswer } from './namespaces.js';
import { nodes, type NodesAnswer } from './nodes.js';

describe('GET /api/v1/nodes', () => {
  it('lists nodes with the factors of their newest interval and where each is from', async () => {
    await using running = await start();
    const body = (await running.get('/api/v1/nodes')).json<NodesAnswer>();
    expect(() => nodes.answer.parse(body)).not.toThrow();
    expect(body.items[0]).toEqual({
      cluster: 'c',
      name: 'n0',
      instance_type: 'm5.xlarge',
      cloud_provider: 'aws',
      region: 'eu-west-3',
      zone: 'eu-west-3a',
      grid_zone: 'FR',
      architecture: 'amd64',
      cpu_capacity_cores: 4,
      memory_capacity_bytes: 16e9,
      pue: { value: 1.15, source: 'provider:aws' },
      intensity: { grams_per_kwh: 44.2, source: 'yearly-mean', time: '2025-01-01T00:00:00Z' },
      power_profile: 'family:Skylake',
      power_profile_source: 'SPECpower_ssj2008 results as of 2026-03-09; Amazon EC2 instance types, 2026',
      embodied_emissions_kg: 900,
      method: 'estimated',
      estimated: true,
      reasons: ['POWER_MODEL'],
      is_active: true,
      first_seen: '2026-01-15T10:00:00Z',
      last_seen: '2026-01-15T11:55:00Z',
    });
  });

  it('a node that is missing from the newest interval is not active', async () => {
    await using running = await start();
    const { items } = (await running.get('/api/v1/nodes')).json<NodesAnswer>();
    expect(items.map((n) => [n.name, n.is_active])).toEqual([
      ['n0', true],
      ['n1', false],
    ]);
  });

  it('a node of an older range is not active for having been the last then', async () => {
    const gone = nodeEntry('gone', NEWEST_END - 20 * STEP);
    await using running = await start({
      history: new MemoryHistory(STEP, [], new Map(), [gone]),
      status: () => status(),
    });
    const { items } = (await running.get('/api/v1/nodes')).json<NodesAnswer>();
    expect(items[0]!.is_active).toBe(false);
  });

  it('filters by node and pages by name', async () => {
    const entries = Array.from({ length: 7 }, (_, i) => nodeEntry(`n${i}`));
    await using running = await start({ history: new MemoryHistory(STEP, [], new Map(), entries) });
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: NodesAnswer = (await running.get(`/api/v1/nodes?limit=3${query}`)).json();
      names.push(...page.items.map((n) => n.name));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(names).toEqual(entries.map((e) => e.row.node));
    const one = (await running.get('/api/v1/nodes?node=n4')).json<NodesAnswer>();
    expect(one.items.map((n) => n.name)).toEqual(['n4']);
  });
});

describe('GET /api/v1/namespaces', () => {
  it('lists namespaces with when they were seen', async () => {
    await using running = await start();
    const body = (await running.get('/api/v1/namespaces?last=2h')).json<NamespacesAnswer>();
    expect(() => namespaces.answer.parse(body)).not.toThrow();
    expect(body.items.map((n) => n.namespace)).toEqual(['ns-0', 'ns-1', 'ns-2', 'ns-3']);
    expect(body.items[0]).toEqual({
      cluster: 'c',
      namespace: 'ns-0',
      first_seen: '2026-01-15T10:00:00Z',
      last_seen: '2026-01-15T11:55:00Z',
    });
  });

  it('of another cluster there are none here', async () => {
    await using running = await start();
    expect((await running.get('/api/v1/namespaces?cluster=other')).json<NamespacesAnswer>().items).toEqual(
      [],
    );
  });
});
