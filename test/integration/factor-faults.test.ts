/**
 * Twin runs: two ledgers of the same days, told with live sources over HTTP. One of the twins has its sources fail; once they are
 * back, and three cycles on, both ledgers say the same.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createBoavizta } from '../../exporter/src/collectors/boavizta/index.js';
import { createPerVcpuFootprints } from '../../exporter/src/collectors/boavizta/per-vcpu.js';
import { createElectricityMaps } from '../../exporter/src/collectors/electricity-maps/index.js';
import { createYearlyIntensity } from '../../exporter/src/collectors/electricity-maps/yearly-mean.js';
import { createUkCarbonIntensity } from '../../exporter/src/collectors/uk-carbon-intensity/index.js';
import { createTables } from '../../exporter/src/data/tables.js';
import { createDemoSource } from '../../exporter/src/demo/usage-source.js';
import { createWorld } from '../../exporter/src/demo/world.js';
import { DAY, floorTo, HOUR } from '../../exporter/src/domain/interval.js';
import type { IntervalResult } from '../../exporter/src/domain/model.js';
import { settings } from '../../exporter/src/domain/testing/arbitrary.js';
import { epochSeconds, gramsPerKwh, seconds, type EpochSeconds } from '../../exporter/src/domain/units.js';
import { createEmbodiedFootprints } from '../../exporter/src/pipeline/embodied.js';
import { createGridIntensity } from '../../exporter/src/pipeline/grid-intensity.js';
import { createRestater } from '../../exporter/src/pipeline/restate.js';
import { revisionOf } from '../../exporter/src/pipeline/restate-revision.js';
import { computeWindow } from '../../exporter/src/pipeline/run-interval.js';
import { StatusKeeper } from '../../exporter/src/pipeline/status.js';
import { MemoryLedger } from '../../exporter/src/pipeline/testing/memory-ledger.js';
import { MemoryFactorStore } from '../../exporter/src/ports/testing/memory-factor-store.js';
import { startBoavizta } from '../fakes/boavizta.js';
import { startElectricityMaps, type FakeElectricityMaps } from '../fakes/electricity-maps.js';
import type { Fault, FaultyServer } from '../fakes/faulty-server.js';
import { startUkCarbonIntensity } from '../fakes/uk-carbon-intensity.js';

const NOON = epochSeconds(1_767_268_800);
const STEP = seconds(300);
const ZONES = ['FR', 'NL', 'GB', 'PL'];

interface Servers {
  readonly maps: FakeElectricityMaps;
  readonly uk: FaultyServer;
  readonly boavizta: FaultyServer;
}

/** What a script may do before a cycle. */
type Script = (cycle: number, servers: Servers) => void;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The grid as it is known at an instant: an hour is an estimate that is off by ten for three hours after it ended. */
const gridAt = (now: EpochSeconds) => (zone: string, hour: number) => {
  const truth = 40 + ((hour / HOUR) % 11) * 5 + zone.length * 30;
  const estimated = hour + 4 * HOUR > now;
  return { value: estimated ? truth + 10 : truth, estimated };
};

async function run(
  cycles: number,
  script: Script = () => {},
  restating = true,
): Promise<{
  ledger: MemoryLedger;
  status: StatusKeeper;
  said: string[];
  grams: number;
}> {
  let now = NOON;
  const clock = { now: () => now };
  const said: string[] = [];
  const log = { warn: (_: unknown, message: string) => void said.push(message) };
  const servers: Servers = {
    maps: await startElectricityMaps({
      token: 'secret',
      zones: ZONES,
      world: (zone, hour) => gridAt(now)(zone, hour),
      now: () => now,
    }),
    uk: await startUkCarbonIntensity((half) => ({ forecast: 180, actual: half + 1800 <= now ? 170 : null })),
    boavizta: await startBoavizta([
      { provider: 'aws', type: 'm5.xlarge', value: 48, min: 27.84, max: 80.11 },
      { provider: 'azure', type: 'd4s_v3', value: 49, min: 28.39, max: 83.41 },
      { provider: 'gcp', type: 'n2-standard-8', value: 57, min: 31.91, max: 91.87 },
    ]),
  };
  const timeout = seconds(1);
  const maps = createElectricityMaps({ url: servers.maps.url, token: 'secret', clock, log, timeout });
  const uk = createUkCarbonIntensity({ url: servers.uk.url, clock, timeout });
  const boavizta = createBoavizta({ url: servers.boavizta.url, clock, timeout });
  const all: readonly { close(): Promise<void> }[] = [
    maps,
    uk,
    boavizta,
    servers.maps,
    servers.uk,
    servers.boavizta,
  ];
  for (const each of all) closing.push(() => each.close());

  const store = new MemoryFactorStore();
  const status = new StatusKeeper(clock, () => 0);
  const intensity = createGridIntensity({
    providers: [maps, uk],
    store,
    fallback: createYearlyIntensity(gramsPerKwh(473)),
    clock,
    status,
    log,
  });
  const embodied = createEmbodiedFootprints({
    provider: boavizta,
    store,
    fallback: createPerVcpuFootprints(null),
    clock,
    status,
    log,
  });
  const ledger = new MemoryLedger();
  // A part of the world is said to be in Great Britain, where there is a second source.
  const model = settings({ zoneMap: { 'us-central1': 'GB' } });
  const restater = createRestater({ intensity, embodied, store, ledger, settings: model, clock, reach: DAY });
  const factors = {
    tables: createTables({ profiles: {} }),
    settings: model,
    intensity,
    embodied,
    prices: { currency: 'USD', of: () => null },
  };
  const usage = createDemoSource(createWorld({ seed: 1, start: epochSeconds(NOON - HOUR) }));

  let micrograms = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const start = epochSeconds(NOON + cycle * STEP);
    now = epochSeconds(start + STEP + 60);
    script(cycle, servers);
    const observed = await usage.observe({ from: start, to: epochSeconds(start + STEP) }, STEP);
    if (!observed.ok) throw new Error(observed.message);
    for (const window of observed.value) {
      const result = await computeWindow(window, factors);
      ledger.put({ ...result, revision: revisionOf(result.nodes) });
    }
    for (let more = restating; more;) {
      const restated = await restater.run();
      micrograms += restated.micrograms;
      more = restated.more;
    }
  }
  return { ledger, status, said, grams: micrograms / 1e6 };
}

const failing =
  (from: number, to: number, fail: (servers: Servers, fault: Fault | null) => void, fault: Fault): Script =>
  (cycle, servers) => {
    if (cycle === from) fail(servers, fault);
    if (cycle === to) fail(servers, null);
  };

const asMap = (ledger: MemoryLedger): ReadonlyMap<EpochSeconds, IntervalResult> => ledger.results;
const maps = (servers: Servers, fault: Fault | null) => servers.maps.fail(fault);
const boavizta = (servers: Servers, fault: Fault | null) => servers.boavizta.fail(fault);

describe('after a fault of a live source, and three cycles on, the ledger is as without it', () => {
  const CYCLES = 22;
  let undisturbed: Awaited<ReturnType<typeof run>> | null = null;
  const twin = async () => (undisturbed ??= await run(CYCLES));

  it.each<[string, string, Script]>([
    [
      'Electricity Maps 401',
      'unauthorized',
      failing(1, 19, maps, { kind: 'status', status: 401, body: { error: 'Invalid auth-token' } }),
    ],
    [
      'Electricity Maps 429',
      'throttled',
      failing(1, 19, maps, { kind: 'status', status: 429, body: {}, headers: { 'retry-after': '500' } }),
    ],
    ['Electricity Maps 502', 'server-error', failing(0, 3, maps, { kind: 'status', status: 502, body: '' })],
    ['Electricity Maps reset', 'refused', failing(0, 19, maps, { kind: 'reset' })],
    ['Electricity Maps timeout', 'timeout', failing(10, 14, maps, { kind: 'hang' })],
    ['Electricity Maps garbled', 'malformed', failing(0, 14, maps, { kind: 'garble' })],
    ['Boavizta 5xx', 'server-error', failing(0, 8, boavizta, { kind: 'status', status: 503, body: '' })],
    ['Boavizta timeout', 'timeout', failing(0, 19, boavizta, { kind: 'hang' })],
  ])('%s', async (name, reason, script) => {
    const { ledger, status, said } = await run(CYCLES, script);
    const before = asMap((await twin()).ledger);
    expect(before.size).toBe(CYCLES);
    expect(asMap(ledger)).toEqual(before);
    const source = name.startsWith('Boavizta') ? 'boavizta' : 'electricity-maps';
    const account = status.snapshot().sources.find((s) => s.name === source)!;
    expect(account.errors[reason]).toBeGreaterThan(0);
    expect(account.up).toBe(true);
    expect(said.filter((line) => line.startsWith(source)).length).toBeGreaterThan(0);
  });

  it('(control: it would not be, were nothing restated)', async () => {
    const script = failing(0, 3, maps, { kind: 'reset' });
    expect(asMap((await run(CYCLES, script, false)).ledger)).not.toEqual(asMap((await twin()).ledger));
  });
});

describe('restating', () => {
  it('applies a revised history to the stored intervals, and keeps old, new and reason', async () => {
    const { ledger, grams } = await run(5 * 12);
    const truth = gridAt(epochSeconds(NOON + 100 * HOUR));
    const settled = [...ledger.results.values()].filter(({ interval }) => interval.start < NOON + HOUR);
    expect(settled).toHaveLength(12);
    for (const { interval, nodes } of settled) {
      const hour = floorTo(interval.start, HOUR);
      for (const { provenance } of nodes.filter((n) => n.provenance.intensitySource === 'electricity-maps')) {
        expect(provenance).toMatchObject({
          intensity: truth(provenance.gridZone, hour).value,
          intensityTime: hour,
        });
        expect(provenance.reasons).not.toContain('INTENSITY_PROVISIONAL');
      }
    }
    const revised = ledger.told.filter(({ reason }) => reason === 'intensity-revised');
    expect(revised.length).toBeGreaterThan(0);
    for (const { oldFactor, newFactor, oldEmissions, newEmissions, oldSource } of revised) {
      expect(oldFactor - newFactor).toBeCloseTo(10, 9);
      expect(oldSource).toBe('electricity-maps');
      expect(newEmissions).toBeLessThanOrEqual(oldEmissions);
    }
    expect(grams).toBeGreaterThan(0);
  });

  it('says once that a zone is not in the token, and takes the next source for it', async () => {
    const { ledger, said, status } = await run(4, (cycle, { maps: server }) => {
      if (cycle === 0) server.allow((zone) => zone === 'FR');
    });
    const lacking = said.filter((line) => line.includes('does not cover zone'));
    expect(new Set(lacking).size).toBe(lacking.length);
    for (const { nodes } of ledger.results.values()) {
      for (const { provenance } of nodes) {
        if (provenance.gridZone === 'FR') expect(provenance.intensitySource).toBe('electricity-maps');
        else if (provenance.gridZone === 'GB') expect(provenance.intensitySource).toBe('uk-carbon-intensity');
        else expect(provenance.intensitySource).toBe('yearly-mean');
      }
    }
    expect(status.snapshot().sources.find(({ name }) => name === 'electricity-maps')!.up).toBe(true);
  });

  it('asks Electricity Maps once per zone and hour', async () => {
    const perHour = new Map<string, number>();
    let seen: Servers | null = null;
    await run(36, (_, servers) => (seen = servers));
    for (const { params, path } of seen!.maps.requests) {
      const key = `${params.get('zone')} ${path}`;
      perHour.set(key, (perHour.get(key) ?? 0) + 1);
    }
    expect([...perHour.values()].every((n) => n <= 4)).toBe(true);
    expect(perHour.size).toBeGreaterThan(0);
  });
});
