import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startFakeServer, json, type FakeServer, type Handler } from '../../net/testing/fake-server.js';
import type { ClusterService } from '../../ports/cluster-services.js';
import { available, unavailable } from '../../ports/outcome.js';
import { createProbe, discover, type Probe } from './index.js';
import { rank } from './score.js';

const service = (namespace: string, name: string, over: Partial<ClusterService> = {}): ClusterService => ({
  namespace,
  name,
  labels: {},
  type: 'ClusterIP',
  ports: [{ name: 'http-web', port: 9090, protocol: 'TCP' }],
  ...over,
});

/** Services as kube-prometheus-stack 60 and the prometheus-community and OpenCost charts make them. */
const STACK: readonly ClusterService[] = [
  service('monitoring', 'kps-kube-prometheus-stack-prometheus', {
    labels: { app: 'kube-prometheus-stack-prometheus', 'app.kubernetes.io/part-of': 'kube-prometheus-stack' },
  }),
  service('monitoring', 'prometheus-operated', { labels: { 'operated-prometheus': 'true' } }),
  service('monitoring', 'kps-kube-prometheus-stack-operator', {
    labels: { app: 'kube-prometheus-stack-operator' },
    ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
  }),
  service('monitoring', 'kps-prometheus-node-exporter', {
    ports: [{ name: 'http-metrics', port: 9100, protocol: 'TCP' }],
  }),
  service('monitoring', 'prometheus-adapter', { ports: [{ name: 'https', port: 443, protocol: 'TCP' }] }),
  service('monitoring', 'kps-grafana', { ports: [{ name: 'http-web', port: 80, protocol: 'TCP' }] }),
  service('opencost', 'opencost', {
    labels: { 'app.kubernetes.io/name': 'opencost' },
    ports: [
      { name: 'http-ui', port: 9090, protocol: 'TCP' },
      { name: 'http', port: 9003, protocol: 'TCP' },
    ],
  }),
  service('default', 'kubernetes', { ports: [{ name: 'https', port: 443, protocol: 'TCP' }] }),
];

const answering =
  (...urls: readonly string[]): Probe =>
  async (app, url) =>
    urls.includes(url) ? available(`${app} 1.0`) : unavailable('refused', `${app}: no connection`);

const both = async (...given: [readonly ClusterService[], Probe, AbortSignal?]) => ({
  prometheus: await discover('prometheus', ...given),
  opencost: await discover('opencost', ...given),
});

const OPERATED = 'http://prometheus-operated.monitoring.svc:9090';
const STACK_URL = 'http://kps-kube-prometheus-stack-prometheus.monitoring.svc:9090';
const OPENCOST = 'http://opencost.opencost.svc:9003';

describe('discovery', () => {
  it('finds the servers of the usual charts, and none of their companions', async () => {
    expect(rank('prometheus', STACK).map(({ url }) => url)).toEqual([STACK_URL, OPERATED]);
    expect(rank('opencost', STACK).map(({ url }) => url)).toEqual([OPENCOST]);
  });

  it('takes the best that answers and says why', async () => {
    const found = await both(STACK, answering(OPERATED, OPENCOST));
    expect(found.prometheus.url).toBe(OPERATED);
    expect(found.prometheus.candidates.map(({ probe }) => probe)).toEqual([
      'failed: prometheus: no connection',
      'ok: prometheus 1.0',
    ]);
    expect(found.opencost.explanation).toBe(
      `opencost: using ${OPENCOST}, the only candidate (name +10, namespace opencost +8, ` +
        'label app.kubernetes.io/name=opencost +6, port 9003 +7, port name http +3; ok: opencost 1.0); OPENCOST_API_URL overrides it',
    );
  });

  it('says which keys to set when none answers, or none is there', async () => {
    const found = await both(STACK, answering());
    expect([found.prometheus.url, found.opencost.url]).toEqual([null, null]);
    expect(found.prometheus.explanation).toMatch(
      /^prometheus: no candidate answered \(http.*; set PROMETHEUS_URL$/,
    );
    const nothing = await both([], answering());
    expect(nothing.opencost.explanation).toBe(
      'opencost: none of 0 Services looks like it; set OPENCOST_API_URL',
    );
  });

  it('asks no more than five, and stops when told to', async () => {
    const many = Array.from({ length: 30 }, (_, i) => service(`team-${i}`, 'prometheus'));
    const asked: string[] = [];
    const probe: Probe = async (_, url) => {
      asked.push(url);
      return unavailable('refused', 'no');
    };
    const prometheus = await discover('prometheus', many, probe);
    expect(asked).toHaveLength(5);
    expect(prometheus.candidates).toHaveLength(10);
    expect(await discover('prometheus', many, probe, AbortSignal.abort())).toMatchObject({ url: null });
    expect(asked).toHaveLength(5);
  });

  it('leaves out what leads outside the cluster', () => {
    const outside = service('monitoring', 'prometheus', { type: 'ExternalName' });
    expect(rank('prometheus', [outside])).toEqual([]);
  });

  const odd = fc.oneof(
    fc.string(),
    fc.constantFrom('prometheus', 'prometheus@evil.example', 'a.b', 'x/../y', '__proto__'),
  );
  const arbService: fc.Arbitrary<ClusterService> = fc.record({
    namespace: odd,
    name: odd,
    labels: fc.dictionary(odd, odd),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'ExternalName'),
    ports: fc.array(fc.record({ name: odd, port: fc.integer(), protocol: fc.constantFrom('TCP', 'UDP') })),
  });

  it('builds no URL but of a Service of the cluster, and the same order from any order of Services', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arbService, fc.constantFrom(...STACK)), { maxLength: 12 }),
        (services) => {
          const ranked = rank('prometheus', services);
          for (const { url, namespace, name } of ranked) {
            expect(new URL(url).hostname).toBe(`${name}.${namespace}.svc`);
            expect(new URL(url).username).toBe('');
          }
          const backwards = rank('prometheus', services.toReversed());
          expect(backwards.map(({ score }) => score)).toEqual(ranked.map(({ score }) => score));
        },
      ),
    );
  });
});

describe('the probe', () => {
  const servers: FakeServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  const ask = async (app: 'prometheus' | 'opencost', handler: Handler) => {
    const server = await startFakeServer(handler);
    servers.push(server);
    const outcome = await createProbe({ timeoutMs: 500 })(app, server.url);
    return { outcome, requests: server.requests };
  };

  it('knows a Prometheus by its build, and sends no credentials', async () => {
    const { outcome, requests } = await ask('prometheus', (_, response) =>
      json(response, { status: 'success', data: { version: '2.42.0' } }),
    );
    expect(outcome).toEqual(available('Prometheus 2.42.0'));
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/v1/status/buildinfo']);
    expect(requests[0]?.headers.authorization).toBeUndefined();
    expect(requests[0]?.headers.cookie).toBeUndefined();
  });

  it('knows a server with the same query API and no such page', async () => {
    const { outcome } = await ask('prometheus', ({ path }, response) =>
      path === '/api/v1/query' ? json(response, { status: 'success', data: {} }) : json(response, {}, 404),
    );
    expect(outcome.ok).toBe(true);
  });

  it('knows OpenCost by how it refuses a window that is none', async () => {
    // As OpenCost 1.112 answers it: text, then JSON.
    const { outcome } = await ask('opencost', (_, response) => {
      response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(
        `Invalid 'window' parameter: illegal window: none\n{"code":500,"status":"","data":null,"message":"Error: illegal window: [nil, nil)"}`,
      );
    });
    expect(outcome).toEqual(available('OpenCost at /allocation/compute'));
  });

  it('knows an older OpenCost, at the shorter path', async () => {
    const { outcome } = await ask('opencost', ({ path }, response) =>
      path === '/allocation'
        ? response.writeHead(400).end("Invalid 'window' parameter: illegal window: none")
        : response.writeHead(404).end('404 page not found'),
    );
    expect(outcome).toEqual(available('OpenCost at /allocation'));
  });

  it.each<[string, Handler, string]>([
    ['a login page', (_, response) => void response.writeHead(200).end('<html>'), 'malformed'],
    ['other JSON', (_, response) => json(response, { hello: 'world' }), 'malformed'],
    ['a locked door', (_, response) => json(response, {}, 401), 'unauthorized'],
    [
      'a redirect',
      (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'malformed',
    ],
    ['nothing at all', () => {}, 'timeout'],
    ['a reset', (_, response) => void response.destroy(), 'refused'],
  ])('is not taken in by %s', async (_, handler, reason) => {
    expect((await ask('prometheus', handler)).outcome).toMatchObject({ ok: false, reason });
    expect((await ask('opencost', handler)).outcome).toMatchObject({ ok: false, reason });
  });
});
