/** What a server may answer that is not true, not whole, or not at all. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds, seconds } from '../../domain/units.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { createMeasuredSource, type PromQl } from './index.js';

const START = 1_800_000_000;
const STEP = 300;
const range = { from: epochSeconds(START), to: epochSeconds(START + 2 * STEP) };
const ENDS = [START + STEP, START + 2 * STEP];

type Answer = readonly unknown[];
const matrix = (metric: Record<string, unknown>, ...values: readonly string[]) => ({
  metric,
  values: values.map((value, i) => [ENDS[i], value]),
});
const target = { job: 'kepler', instance: 'i:1', node_name: 'n1' };
const columns = (energy: readonly string[], resets = ['0', '0'], samples = ['20', '20']): Answer => [
  matrix({ ...target, column: 'energy' }, ...energy),
  matrix({ ...target, column: 'resets' }, ...resets),
  matrix({ ...target, column: 'samples' }, ...samples),
];
const RAW = [{ metric: target, values: Array.from({ length: 20 }, (_, i) => [START + 15 * i, '1']) }];

/** A server with Kepler's package zone only, whose energy column is as given. */
function server(energy: Answer): PromQl {
  const answer = (expression: string): Answer => {
    if (expression.startsWith('count by (__name__)'))
      return [matrix({ __name__: 'kepler_node_cpu_joules_total' }, '2', '2')];
    if (expression.includes('kube_node_info'))
      return [matrix({ node: 'n1', internal_ip: '10.0.0.1' }, '1', '1')];
    if (expression.includes('node_uname_info')) return [];
    return expression.includes('zone="package"') ? energy : [];
  };
  return {
    range: (expression) => Promise.resolve(available(answer(expression))),
    instant: () => Promise.resolve(available(RAW)),
  };
}

async function energies(promQl: PromQl) {
  const source = createMeasuredSource({ promQl, sources: 'auto' });
  const outcome = await source.observe(range, seconds(STEP));
  if (!outcome.ok) throw new Error(outcome.message);
  return {
    joules: outcome.value.map(({ nodes }) => nodes.map(({ energy }) => energy as number)),
    rejected: source.rejected(),
  };
}

describe('measured energy', () => {
  it('is what the server adds up', async () => {
    expect(await energies(server(columns(['3000', '3300'])))).toEqual({
      joules: [[3000], [3300]],
      rejected: {},
    });
  });

  it.each([
    ['NaN', 'not-a-number'],
    ['+Inf', 'infinite'],
    ['-Inf', 'infinite'],
    ['', 'not-a-number'],
    ['-5', 'negative'],
    ['0', 'stuck'],
  ])('of %p is refused as %s, for its interval alone', async (value, reason) => {
    const { joules, rejected } = await energies(server(columns(['3000', value])));
    expect(joules).toEqual([[3000], []]);
    expect(rejected).toEqual({ [reason]: 1 });
  });

  it('is refused where its counter was reset', async () => {
    const { joules, rejected } = await energies(server(columns(['3000', '9e9'], ['0', '1'])));
    expect(joules).toEqual([[3000], []]);
    expect(rejected).toEqual({ 'counter-reset': 1 });
  });

  it('never throws for what a server makes up, and never reports what is not a positive number', async () => {
    const labels = JSON.parse('{"__proto__":{"polluted":true},"column":"energy","node_name":"n1"}') as object;
    const odd = fc.oneof(
      fc.anything(),
      fc.record({ metric: fc.constant(labels), values: fc.array(fc.anything(), { maxLength: 3 }) }),
      fc.record({
        metric: fc.object(),
        values: fc.array(fc.tuple(fc.constantFrom(...ENDS, 5), fc.string())),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 5 }), async (extra) => {
        const { joules } = await energies(server([...extra, ...columns(['3000', '3300'])]));
        for (const value of joules.flat()) expect(value > 0 && Number.isFinite(value)).toBe(true);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
    );
  });

  it('is unavailable as a whole when any question is not answered, and says why', async () => {
    const good = server(columns(['3000', '3300']));
    const failAt = (n: number): PromQl => {
      let count = 0;
      const or = (ask: () => Promise<Outcome<Answer>>) =>
        ++count === n ? Promise.resolve(unavailable('timeout', `question ${n}`)) : ask();
      return {
        range: (...args) => or(() => good.range(...args)),
        instant: (...args) => or(() => good.instant(...args)),
      };
    };
    for (let n = 1; n <= 6; n++) {
      const source = createMeasuredSource({ promQl: failAt(n), sources: 'auto' });
      const outcome = await source.observe(range, seconds(STEP));
      expect(outcome).toMatchObject({ ok: false, reason: 'timeout', message: `question ${n}` });
    }
    const seventh = await createMeasuredSource({ promQl: failAt(7), sources: 'auto' }).observe(
      range,
      seconds(STEP),
    );
    expect(seventh.ok).toBe(true);
  });

  it('passes on what the server warns of', async () => {
    const good = server(columns(['3000', '3300']));
    const warning: PromQl = {
      ...good,
      range: async (...args) => ({ ...(await good.range(...args)), warnings: ['partial response'] }) as never,
    };
    const outcome = await createMeasuredSource({ promQl: warning, sources: 'auto' }).observe(
      range,
      seconds(STEP),
    );
    expect(outcome).toMatchObject({ ok: true, warnings: ['partial response'] });
  });

  it('takes no more series than it may, and says how many are left out', async () => {
    const many = Array.from({ length: 5 }, (_, i) =>
      matrix({ ...target, column: 'energy', i: String(i) }, '1'),
    );
    const source = createMeasuredSource({ promQl: server(many), sources: ['kepler'], maxSeries: 2 });
    await source.observe(range, seconds(STEP));
    expect(source.rejected()['series-capped']).toBe(3);
  });
});
