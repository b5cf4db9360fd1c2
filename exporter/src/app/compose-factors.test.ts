import { describe, expect, it } from '@jest/globals';
import { nodeSample, usageWindow } from '../domain/testing/arbitrary.js';
import { epochSeconds } from '../domain/units.js';
import { computeWindow } from '../pipeline/run-interval.js';
import { StatusKeeper } from '../pipeline/status.js';
import { MemoryFactorStore } from '../ports/testing/memory-factor-store.js';
import { composeFactors, type LiveFactors } from './compose-factors.js';
import { loadConfig } from './config.js';
import { modeOf } from './mode.js';

const OFFLINE = { BOAVIZTA_API_URL: 'off', UK_CARBON_INTENSITY: 'off' };

function composed(flags: Record<string, string>): LiveFactors & { readonly said: readonly string[] } {
  const loaded = loadConfig({
    flags: { PROMETHEUS_URL: 'http://127.0.0.1:9', ...OFFLINE, ...flags },
    readFile: () => {
      throw new Error('no files');
    },
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  const said: string[] = [];
  const ignore = () => undefined;
  const clock = { now: () => epochSeconds(1_800_000_000) };
  const factors = composeFactors(loaded.config, modeOf(loaded.config), {
    store: new MemoryFactorStore(),
    intensity: null,
    status: new StatusKeeper(clock, () => 0),
    clock,
    log: { debug: ignore, info: ignore, error: ignore, warn: (_, message) => void said.push(message) },
  });
  return { ...factors, said };
}

describe('factors of a real cluster', () => {
  it('say once of each node what was stated of it and cannot be', async () => {
    const factors = composed({});
    const labels = (pue: string) => ({ greenkube_io_pue: pue });
    const nodes = [
      nodeSample({ node: 'a', labels: labels('0.9') }),
      nodeSample({ node: 'b', labels: labels('1.2') }),
      nodeSample({ node: 'c', labels: labels('cold') }),
    ];
    for (let i = 0; i < 3; i++) await computeWindow(usageWindow(nodes, []), factors.sources);
    expect(factors.said).toEqual([
      'node label greenkube.io/pue="0.9" must be a number from 1 to 5; it is passed over',
      'node label greenkube.io/pue="cold" must be a number from 1 to 5; it is passed over',
    ]);
    await factors.close();
  });

  it('have every live provider of intensity at hand, for what is ahead too', async () => {
    const factors = composed({ ELECTRICITY_MAPS_TOKEN: 'some-token-0123456789' });
    expect(factors.providers.map((each) => [each.name, 'forecast' in each])).toEqual([
      ['electricity-maps', true],
    ]);
    await factors.close();
  });
});
