import { describe, expect, it } from '@jest/globals';
import { epochSeconds, seconds } from '../domain/units.js';
import { createDemoMeasuredSource } from './measured-source.js';
import { createWorld } from './world.js';

const START = Date.UTC(2026, 5, 3) / 1000;
const world = createWorld({ seed: 1, start: epochSeconds(START) });
const range = { from: epochSeconds(START - 300), to: epochSeconds(START + 3300) };

describe('demo meters', () => {
  it('read the metered pool from the start of the world on', async () => {
    const source = createDemoMeasuredSource(world);
    const outcome = await source.observe(range, seconds(300));
    if (!outcome.ok) throw new Error(outcome.message);
    expect(outcome.value).toHaveLength(12);
    expect(outcome.value[0]).toEqual({ start: START - 300, nodes: [], gpus: [] });
    const metered = world.nodesDuring(range).filter((node) => node.measured);
    for (const { start, nodes } of outcome.value.slice(1)) {
      expect(nodes.map(({ node }) => node)).toEqual(metered.map(({ name }) => name));
      const span = { from: start, to: epochSeconds(start + 300) };
      nodes.forEach((reading, i) =>
        expect(reading).toMatchObject({
          scope: 'cpu+dram',
          coverage: 1,
          energy: world.measuredJoules(metered[i]!, span),
        }),
      );
    }
    expect(source.detected()).toEqual([{ source: 'kepler', scope: 'cpu+dram', nodes: 3 }]);
  });

  it('say when reading was cancelled', async () => {
    const outcome = await createDemoMeasuredSource(world).observe(range, seconds(300), AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, reason: 'cancelled' });
  });
});
