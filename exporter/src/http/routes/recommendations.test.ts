import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../../domain/units.js';
import type { RecommendationAnswer } from '../recommendations.js';
import { NO_AUTH, NOW, start } from '../testing/harness.js';
import { madeUpRecommendations } from '../testing/recommendations.js';
import type { ProblemBody } from '../problem.js';
import { recommendations, type RecommendationsAnswer } from './recommendations.js';
import { recommendation } from './recommendations-one.js';
import { recommendationHistory, recommendationSavings } from './recommendations-past.js';

const BASE = '/api/v1/recommendations';
const AUTH = { ...NO_AUTH, token: 'reader-token-1', operatorToken: 'operator-token-1' };
const as = (token: string, method = 'GET') => ({ method, headers: { authorization: `Bearer ${token}` } });

async function serving(over: object = {}) {
  const kept = madeUpRecommendations(epochSeconds(NOW));
  const running = await start({ recommendations: kept, recommender: kept, ...over });
  return { kept, running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

describe('lists of recommendations', () => {
  it('answer what the contract says, largest savings first, with totals that do not overlap', async () => {
    await using s = await serving();
    const reply = await s.running.get(BASE);
    const body = reply.json<RecommendationsAnswer>();
    expect(reply.status).toBe(200);
    expect(() => recommendations.answer.parse(body)).not.toThrow();
    const grams = body.items.map((i) => i.savings.co2e_grams_per_year);
    expect(grams).toEqual(grams.toSorted((a, b) => b - a));
    expect(body.totals.count).toBe(body.items.length);
    expect(body.totals.co2e_grams_per_year).toBeCloseTo(
      grams.reduce((a, b) => a + b, 0),
      6,
    );
    expect(body.scans[0]!.realisable.co2e_grams_per_year).toBeLessThanOrEqual(
      body.scans[0]!.claimed.co2e_grams_per_year,
    );
    expect(body.items.find((i) => i.type === 'RIGHTSIZING_CPU' && i.target.workload === 'web')).toMatchObject(
      {
        status: 'active',
        target: {
          cluster: 'c',
          namespace: 'shop',
          workload: 'web',
          workload_type: 'Deployment',
          container: null,
          node: null,
        },
        current: { cpu_request_cores: 1 },
        evidence: { window: { from: '2026-06-01T00:00:00Z', to: '2026-06-08T00:00:00Z' }, samples: 2016 },
        patch_url: expect.stringMatching(/^\/api\/v1\/recommendations\/[0-9a-f]{16}\/patch$/),
      },
    );
  });

  it.each([
    ['', 4],
    ['?namespace=old', 1],
    ['?type=RIGHTSIZING_CPU', 2],
    ['?type=RIGHTSIZING_CPU&type=ZOMBIE_WORKLOAD', 3],
    ['?status=ignored', 0],
    ['?workload=web&namespace=shop', 2],
    ['/active', 4],
    ['/ignored', 0],
    ['/applied', 0],
    ['/top?limit=2', 2],
    ['/top?namespace=shop', 3],
  ])('%s has %d', async (path, count) => {
    await using s = await serving();
    expect((await s.running.get(BASE + path)).json<RecommendationsAnswer>().items).toHaveLength(count);
  });

  it('page by cursor, each once, in either order', async () => {
    await using s = await serving();
    for (const sort of ['-co2e_grams', 'co2e_grams', 'cost', '-cost']) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query = `?sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`;
        const page: RecommendationsAnswer = (await s.running.get(BASE + query)).json();
        seen.push(...page.items.map((i) => i.id));
        cursor = page.next_cursor;
      }
      const whole = (await s.running.get(`${BASE}?sort=${sort}`)).json<RecommendationsAnswer>();
      expect(seen).toEqual(whole.items.map((i) => i.id));
    }
  });

  it('refuse what is not known, by name', async () => {
    await using s = await serving();
    const reply = await s.running.get(`${BASE}?type=RIGHTSIZING`);
    expect([reply.status, reply.json().parameter]).toEqual([400, 'type']);
    expect((await s.running.get(`${BASE}/top?limit=51`)).status).toBe(400);
  });

  it('are not found where the database keeps none', async () => {
    await using s = await serving({ recommendations: undefined });
    expect((await s.running.get(BASE)).status).toBe(404);
  });
});

describe('one recommendation', () => {
  it('has its evidence, and its patch as YAML', async () => {
    await using s = await serving();
    const [first] = s.kept.all;
    const one = (await s.running.get(`${BASE}/${first!.id}`)).json<RecommendationAnswer>();
    expect(() => recommendation.answer.parse(one)).not.toThrow();
    const patch = await s.running.get(one.patch_url);
    expect(patch.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(patch.text).toBe(first!.patch.yaml);
  });

  it.each(['0000000000000000', 'nothing', '0000000000000000/patch'])('%s is not found', async (id) => {
    await using s = await serving();
    expect((await s.running.get(`${BASE}/${id}`)).status).toBe(404);
  });
});

describe('what a person says', () => {
  it('is kept, told in the history, and guarded: 409 says what would be possible', async () => {
    await using s = await serving();
    const { id } = s.kept.all[0]!;
    const patch = (what: string) => s.running.get(`${BASE}/${id}/${what}`, { method: 'PATCH' });
    const ignored = await patch('ignore?reason=later');
    expect(ignored.json<RecommendationAnswer>()).toMatchObject({
      status: 'ignored',
      ignored_reason: 'later',
    });
    const refused = await patch('apply');
    expect([refused.status, refused.json<ProblemBody>()]).toMatchObject([
      409,
      {
        type: '/problems/conflict',
        detail: 'The recommendation is ignored.',
        fix: expect.stringContaining('restore'),
      },
    ]);
    const restored = await s.running.get(`${BASE}/${id}/ignore`, { method: 'DELETE' });
    expect(restored.json<RecommendationAnswer>().status).toBe('active');
    expect((await patch('apply')).json<RecommendationAnswer>()).toMatchObject({
      status: 'applied',
      applied_by: 'operator',
    });
    const history = (await s.running.get(`${BASE}/history?limit=3`)).json<{
      items: { to: string; by: string }[];
    }>();
    expect(() => recommendationHistory.answer.parse(history)).not.toThrow();
    expect(history.items.map((e) => [e.to, e.by])).toEqual([
      ['applied', 'operator'],
      ['active', 'operator'],
      ['ignored', 'operator'],
    ]);
  });

  it.each([
    ['PATCH', 'apply'],
    ['PATCH', 'ignore'],
    ['DELETE', 'ignore'],
  ])('%s …/%s needs the operator’s token', async (method, what) => {
    await using s = await serving({ auth: AUTH });
    const path = `${BASE}/${s.kept.all[0]!.id}/${what}`;
    expect((await s.running.get(path, { method })).status).toBe(401);
    expect((await s.running.get(path, as('reader-token-1', method))).status).toBe(403);
    expect([200, 409]).toContain((await s.running.get(path, as('operator-token-1', method))).status);
  });

  it('a question changes nothing', async () => {
    await using s = await serving();
    const before = JSON.stringify(s.kept.all);
    for (const path of ['', '/active', '/top', '/history', '/savings']) await s.running.get(BASE + path);
    expect(JSON.stringify(s.kept.all)).toBe(before);
  });
});

describe('a scan that is asked for', () => {
  it('is a job, and the same one while it waits', async () => {
    await using s = await serving({ auth: AUTH });
    const ask = (token: string) => s.running.get(`${BASE}/scan`, as(token, 'POST'));
    expect((await ask('reader-token-1')).status).toBe(403);
    const reply = await ask('operator-token-1');
    expect(reply.status).toBe(202);
    expect(reply.json()).toMatchObject({ kind: 'scan', from: null, to: null });
    expect(reply.headers.get('location')).toMatch(/^\/api\/v1\/jobs\//);
  });
});

it('what was saved is summed, with what is verified apart', async () => {
  await using s = await serving();
  const body = (await s.running.get(`${BASE}/savings?last=30d`)).json<{ items: object[]; total: object }>();
  expect(() => recommendationSavings.answer.parse(body)).not.toThrow();
  expect(body.items).toHaveLength(1);
  expect(body.total).toEqual({
    hours: 3,
    energy_joules: 5,
    co2e_grams: 7,
    cost: [{ currency: 'USD', amount: 2 }],
    verified_co2e_grams: 0,
  });
});
