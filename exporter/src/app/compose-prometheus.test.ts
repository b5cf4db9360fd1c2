import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BASE } from '../collectors/prometheus/testing/bench.js';
import {
  startFakePrometheus,
  type FakePrometheus,
} from '../collectors/prometheus/testing/fake-prometheus.js';
import { epochSeconds, seconds } from '../domain/units.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';
import { composePrometheus, type PrometheusParts } from './compose-prometheus.js';
import { loadConfig } from './config.js';
import type { Found } from './locate.js';

const NOW = epochSeconds(1_768_474_800);
const RANGE = { from: epochSeconds(NOW - 3600), to: epochSeconds(NOW - 3300) };

let server: FakePrometheus;
let parts: PrometheusParts;
let found: Outcome<Found>;
let said: string[];
let explained: string[];

beforeAll(async () => void (server = await startFakePrometheus()));
afterEach(() => parts.close());
afterAll(() => server.close());

function compose(flags: Record<string, string>): PrometheusParts {
  const loaded = loadConfig({
    flags: { INTENSITY_QUERY: 'grid_intensity', ...flags },
    readFile: () => {
      throw new Error('no files');
    },
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  const ignore = () => undefined;
  [said, explained] = [[], []];
  server.serve(BASE);
  parts = composePrometheus(loaded.config, {
    locator: { find: async () => found },
    status: { discovered: (name, explanation) => void explained.push(`${name}: ${explanation}`) },
    clock: { now: () => NOW },
    log: { debug: ignore, info: ignore, error: ignore, warn: (_, message) => void said.push(message) },
  });
  return parts;
}

async function askAll({ source, meters, intensity }: PrometheusParts) {
  return [
    await source.oldest(epochSeconds(NOW - 7200)),
    await source.oldestUsage!(epochSeconds(NOW - 7200)),
    await source.observe(RANGE, seconds(300)),
    await meters.observe(RANGE, seconds(300)),
    await intensity!.history('FR', RANGE),
  ].map(({ ok }) => ok);
}
const sent = () => new Set(server.requests.map(({ headers }) => headers.authorization));

describe('Prometheus at an address that was found', () => {
  it('is asked for everything once it is there, and until then says why not', async () => {
    found = unavailable('not-configured', 'prometheus: none of 0 Services looks like it');
    const composed = compose({});
    expect(await askAll(composed)).toEqual([false, false, false, false, false]);
    expect(await composed.source.oldest(RANGE.from)).toEqual(found);
    expect([composed.source.rejected(), composed.meters.detected()]).toEqual([{}, []]);
    found = available({ url: server.url, explanation: 'the only candidate' });
    expect(await askAll(composed)).toEqual([true, true, true, true, true]);
    expect(explained).toEqual(['prometheus: the only candidate']);
    expect(said).toEqual([]);
  });

  it('gets no credentials, as anybody who may make a Service could stand there', async () => {
    found = available({ url: server.url, explanation: '' });
    await askAll(compose({ PROMETHEUS_BEARER_TOKEN: 'a-token-of-the-other-server' }));
    expect(sent()).toEqual(new Set([undefined]));
    expect(said).toEqual([
      expect.stringMatching(/^PROMETHEUS_BEARER_TOKEN is sent to no address .* set PROMETHEUS_URL/),
    ]);
  });
});

describe('Prometheus at its configured address', () => {
  it('wins over whatever could be found, and gets its credentials', async () => {
    found = available({ url: 'http://127.0.0.1:9', explanation: '' });
    const composed = compose({
      PROMETHEUS_URL: server.url,
      PROMETHEUS_BEARER_TOKEN: 'a-token-of-this-server',
    });
    expect(await askAll(composed)).toEqual([true, true, true, true, true]);
    expect(sent()).toEqual(new Set(['Bearer a-token-of-this-server']));
    expect([said, explained]).toEqual([[], []]);
  });
});
