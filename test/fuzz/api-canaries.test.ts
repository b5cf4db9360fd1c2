/** Secrets are planted in every place that takes one, then searched for in everything that the API answers and logs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { secretsOf } from '../../exporter/src/app/config.js';
import { DOCS_PATH } from '../../exporter/src/http/api-docs/route.js';
import { OPENAPI_PATH } from '../../exporter/src/http/openapi.js';
import { ROUTES } from '../../exporter/src/http/routes/index.js';
import { pathOf } from '../../exporter/src/http/routes/route.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import type { History } from '../../exporter/src/ports/history.js';
import { configOf, demoLedger, NOW, startServer, type DemoLedger, type Started } from './demo-server.js';

const PLANTED = {
  API_TOKEN: 'canary-api-token-7f3a9c',
  API_OPERATOR_TOKEN: 'canary-operator-token-51be02',
  METRICS_TOKEN: 'canary-metrics-token-aa0912',
  PROMETHEUS_PASSWORD: 'canary-prometheus-password-c41d',
  ELECTRICITY_MAPS_TOKEN: 'canary-electricity-maps-9e77',
  BOAVIZTA_TOKEN: 'canary-boavizta-03fd',
  ELASTICSEARCH_PASSWORD: 'canary-elasticsearch-b1b2',
};
const config = configOf({
  CLUSTER_NAME: 'c',
  PROMETHEUS_URL: 'https://prometheus.example',
  PROMETHEUS_USERNAME: 'reader',
  ELASTICSEARCH_USER: 'writer',
  ...PLANTED,
});

/** As they are, and as a careless encoder would show them. */
const NEEDLES = Object.values(PLANTED).flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
  [...secret].reverse().join(''),
]);

const auth = {
  token: PLANTED.API_TOKEN,
  operatorToken: PLANTED.API_OPERATOR_TOKEN,
  metricsToken: PLANTED.METRICS_TOKEN,
  metricsAnonymous: false,
  allowAnonymous: false,
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CREDENTIALS = [
  {},
  bearer('wrong'),
  bearer(`${PLANTED.API_TOKEN}x`),
  bearer(PLANTED.METRICS_TOKEN),
  bearer(PLANTED.API_TOKEN),
  bearer(PLANTED.API_OPERATOR_TOKEN),
];
const QUERIES = [
  '',
  '?last=1h',
  '?by=nonsense',
  '?unknown=1',
  '?last=1h&last=2h',
  '?series=energy_joules%7Bnode%3D%22x%22%7D',
];
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS'];

function findIn(text: string): readonly string[] {
  return NEEDLES.filter((needle) => text.includes(needle));
}

async function everything(server: Started): Promise<number> {
  let answers = 0;
  for (const path of [...ROUTES.map((r) => pathOf(r)), OPENAPI_PATH, DOCS_PATH, '/nothing', '/%zz']) {
    for (const headers of CREDENTIALS) {
      for (const [method, query] of [
        ...METHODS.map((m) => [m, ''] as const),
        ...QUERIES.map((q) => ['GET', q] as const),
      ]) {
        const reply = await fetch(`${server.url}${path}${query}`, { method, headers });
        const all = JSON.stringify([...reply.headers]) + (await reply.text());
        expect([method, path, query, findIn(all)]).toEqual([method, path, query, []]);
        answers++;
      }
    }
  }
  return answers;
}

let ledger: DemoLedger;
beforeAll(async () => {
  ledger = await demoLedger();
}, 120_000);
afterAll(() => ledger[Symbol.dispose]());

describe('planted secrets', () => {
  it('are what the configuration holds: the search would find one', () => {
    expect(
      secretsOf(config)
        .map((s) => s.reveal())
        .toSorted(),
    ).toEqual(Object.values(PLANTED).toSorted());
    expect(findIn(`a ${PLANTED.BOAVIZTA_TOKEN} b`)).toHaveLength(1);
  });

  it('are in no answer, header, error or line of the log', async () => {
    await using server = await startServer(ledger.path, config, { auth });
    expect(await everything(server)).toBeGreaterThan(1000);
    expect(findIn(server.log.join('\n'))).toEqual([]);
  }, 60_000);

  it('are in no answer when what fails says them', async () => {
    const said = `connect postgres://writer:${PLANTED.ELASTICSEARCH_PASSWORD}@db ${PLANTED.PROMETHEUS_PASSWORD}`;
    const fails = () => Promise.reject(new Error(said));
    const history = new Proxy({} as History, {
      get: (_, name) => (name === 'close' ? () => Promise.resolve() : fails),
    });
    const source = {
      name: 'prometheus',
      required: true,
      up: false,
      lastSuccess: null,
      lastError: { reason: 'refused', message: 'connection refused', at: epochSeconds(NOW) },
      errors: { refused: 1 },
      latency: seconds(0),
    };
    await using server = await startServer(ledger.path, config, {
      auth,
      history,
      status: () => ({
        sources: [source],
        pending: 0,
        lastCompleted: null,
        backfill: null,
        phases: {} as never,
        overruns: 0,
        rejectedSamples: {},
        databaseError: said,
      }),
    });
    await everything(server);
    const reply = await fetch(`${server.url}/api/v1/totals`, { headers: bearer(PLANTED.API_TOKEN) });
    expect(reply.status).toBe(500);
  }, 60_000);

  it('/config says that they are set, and by which name', async () => {
    await using server = await startServer(ledger.path, config, { auth });
    const reply = await fetch(`${server.url}/api/v1/config`, { headers: bearer(PLANTED.API_TOKEN) });
    const { items } = (await reply.json()) as { items: { key: string; value: string; origin: string }[] };
    for (const key of Object.keys(PLANTED)) {
      expect(items.find((row) => row.key === key)).toMatchObject({
        value: '<redacted>',
        origin: 'environment',
      });
    }
  });
});
