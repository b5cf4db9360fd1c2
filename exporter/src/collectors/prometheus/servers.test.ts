import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../../domain/units.js';
import { json } from '../../net/testing/fake-server.js';
import { Bench, START, STEP, observe, windows, BASE, POD_CPU } from './testing/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterEach(() => bench.closeSources());
afterAll(() => bench.server.close());

describe('servers', () => {
  it('warnings and partial answers are passed on and flag the windows', async () => {
    for (const more of [{ warnings: ['store gateway is\ngone'] }, { isPartial: true }]) {
      bench.server.serve(BASE);
      bench.server.spoil(POD_CPU, (response, body) => json(response, { ...body, ...more }));
      const outcome = await observe(bench.source());
      expect(outcome).toMatchObject({ ok: true, value: [{ partialReasons: ['source-warning'] }] });
      expect(outcome.ok && outcome.warnings).toEqual([
        more.warnings ? 'store gateway is gone' : 'the answer is partial',
      ]);
    }
  });

  it('that allow GET only are asked by GET', async () => {
    bench.server.serve(BASE);
    bench.server.spoil('', (response, body, request) =>
      request.method === 'POST' ? json(response, {}, 405) : json(response, body),
    );
    const source = bench.source();
    expect((await windows(source))[0]?.pods).toHaveLength(2);
    bench.server.requests.length = 0;
    await windows(source);
    expect(bench.server.requests.every((each) => each.method === 'GET')).toBe(true);
  });

  it('that find a range too large are asked for its halves', async () => {
    bench.server.serve(BASE);
    const [expected] = await windows(bench.source());
    bench.server.spoil(POD_CPU, (response, body, { params }) => {
      const points = (Number(params.get('end')) - Number(params.get('start'))) / 300 + 1;
      if (points <= 2) json(response, body);
      else
        json(
          response,
          {
            status: 'error',
            errorType: 'execution',
            error: 'query processing would load too many samples into memory',
          },
          422,
        );
    });
    const all = await windows(bench.source(), 5);
    expect(all.map((each) => each.interval.start)).toEqual([0, 1, 2, 3, 4].map((i) => START + i * 300));
    for (const each of all) expect({ ...each, interval: expected?.interval }).toEqual(expected);
  });

  it('get tenant and credentials', async () => {
    bench.server.serve(BASE);
    await windows(bench.source({ tenant: 'team-a', bearerToken: 'tok-123' }));
    for (const { headers } of bench.server.requests) {
      expect(headers).toMatchObject({ 'x-scope-orgid': 'team-a', authorization: 'Bearer tok-123' });
    }
  });

  it('are left in peace once the observation is cancelled', async () => {
    bench.server.serve(BASE);
    const controller = new AbortController();
    bench.server.spoil('container_memory', () => controller.abort());
    const outcome = await bench
      .source()
      .observe({ from: START, to: epochSeconds(START + 300) }, STEP, controller.signal);
    expect(outcome).toMatchObject({ ok: false, reason: 'cancelled' });
    // The required six and the two under way; some twenty further ones were not begun.
    expect(bench.server.requests.length).toBeLessThanOrEqual(8);
  });
});

describe('oldest', () => {
  /** Answers the probe as a server whose first sample is at `first`. */
  function holdsSince(first: number): void {
    bench.server.serve([]);
    bench.server.spoil('(kube_node_info', (response, body, { params }) => {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
      // A sample each 15 s.
      const value = params.get('query')!.includes('count_over_time') ? '8' : '3';
      const values: [number, string][] = [];
      for (let t = start!; t <= end!; t += step!) if (t >= first) values.push([t, value]);
      body.data.result = values.length > 0 ? [{ metric: {}, values }] : [];
      json(response, body);
    });
  }

  it('finds what the first sample stands for, wherever it is, in four queries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 29 * 86_400 }), async (offset) => {
        const from = epochSeconds(START - 29 * 86_400);
        const first = from + offset;
        holdsSince(first);
        const outcome = await bench.source().oldest(from);
        if (!outcome.ok || outcome.value === null) throw new Error('nothing found');
        // Hardly before the first sample: an interval that began without data would stay partial for good.
        expect(outcome.value).toBeLessThanOrEqual(first);
        expect(outcome.value).toBeGreaterThanOrEqual(Math.max(from, first - 20));
        const probes = bench.server.requests.filter(
          ({ params }) => params.get('query') === 'count(kube_node_info{})',
        );
        expect(probes).toHaveLength(3);
      }),
      { numRuns: 25 },
    );
  });

  it('finds data younger than an hour, none, and the lower end of what was asked', async () => {
    const now = START + 86_400;
    holdsSince(now - 600);
    expect(await bench.source().oldest(START)).toMatchObject({ ok: true, value: now - 615 });
    holdsSince(now + 600);
    expect(await bench.source().oldest(START)).toMatchObject({ ok: true, value: null });
    holdsSince(START - 86_400);
    expect(await bench.source().oldest(START)).toMatchObject({ ok: true, value: START });
    expect(await bench.source().oldest(epochSeconds(now + 10))).toMatchObject({ ok: true, value: null });
  });

  it('passes on why it cannot know', async () => {
    bench.server.serve(BASE);
    bench.server.spoil('', (response) => json(response, {}, 401));
    expect(await bench.source().oldest(START)).toMatchObject({ ok: false, reason: 'unauthorized' });
  });
});
