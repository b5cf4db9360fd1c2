/** An exporter that got fallbacks first and better values later keeps the same amounts as one that got the last ones at once. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbodiedValue } from '../domain/factors.js';
import { HOUR } from '../domain/interval.js';
import type { UsageWindow } from '../domain/model.js';
import { arbWindow, settings } from '../domain/testing/arbitrary.js';
import { epochSeconds, gramsPerKwh, kilograms, seconds, type EpochSeconds } from '../domain/units.js';
import { createGridIntensity } from '../pipeline/grid-intensity.js';
import { createRestater } from '../pipeline/restate.js';
import { computeWindow } from '../pipeline/run-interval.js';
import { factorSources } from '../pipeline/testing/factor-sources.js';
import type { Counters } from '../ports/ledger.js';
import { available } from '../ports/outcome.js';
import type { IntensityPoint, IntensityProvider } from '../ports/intensity-provider.js';
import { openHistory, openStores } from '../repositories/factory.js';

/** Four intervals an hour, three hours. */
const STEP = seconds(900);
const HOURS = 3;
const T0 = epochSeconds(1_767_225_600);
const EVER = { from: T0, to: epochSeconds(T0 + HOURS * HOUR) };
const PHASES = 4;
const LAW_TIMEOUT_MS = 120_000;

/** What the provider says of an hour in each phase; null: nothing. In the last, and once it is final, it says so for good. */
type Timeline = readonly (Omit<IntensityPoint, 'hour'> | null)[];

const arbTimeline: fc.Arbitrary<Timeline> = fc
  .record({
    known: fc.nat({ max: PHASES - 1 }),
    final: fc.nat({ max: PHASES - 1 }),
    values: fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: PHASES, maxLength: PHASES }),
  })
  .map(({ known, final, values }) =>
    values.map((_, phase) => {
      if (phase < known) return null;
      const settled = Math.max(known, final);
      return phase < settled
        ? { value: gramsPerKwh(values[phase]!), provisional: true }
        : { value: gramsPerKwh(values[settled]!), provisional: false };
    }),
  );

interface Story {
  readonly windows: readonly UsageWindow[];
  readonly hours: readonly Timeline[];
  /** Phase from which the footprint of the machines is known. */
  readonly assessed: number;
}

const arbStory: fc.Arbitrary<Story> = fc.record({
  windows: fc.array(arbWindow, { minLength: 1, maxLength: 3 }),
  hours: fc.array(arbTimeline, { minLength: HOURS, maxLength: HOURS }),
  assessed: fc.nat({ max: PHASES - 1 }),
});

const found: EmbodiedValue = {
  total: kilograms(48.5),
  source: 'boavizta',
  band: { lo: 545, hi: 512 },
  reasons: [],
};

/** The ledger after the phases from `first` on. */
async function told({ windows, hours, assessed }: Story, first: number) {
  const dir = await mkdtemp(join(tmpdir(), 'restated-twin-'));
  const database = { type: 'sqlite', path: join(dir, 'greenkube.db'), step: STEP } as const;
  const { ledger, factors: store } = await openStores({ ...database, cluster: 'c' });
  let phase = first;
  let now: EpochSeconds = EVER.to;
  const clock = { now: () => now };
  const provider: IntensityProvider = {
    name: 'electricity-maps',
    covers: () => true,
    history: async () =>
      available(
        hours.flatMap((timeline, i) => {
          const said = timeline[phase];
          return said ? [{ ...said, hour: epochSeconds(T0 + i * HOUR) }] : [];
        }),
      ),
  };
  const plain = factorSources();
  const intensity = createGridIntensity({ providers: [provider], store, fallback: plain.intensity, clock });
  const embodied = {
    of: (...asked: Parameters<typeof plain.embodied.of>) =>
      phase >= assessed ? Promise.resolve(found) : plain.embodied.of(...asked),
  };
  const sources = { ...plain, intensity, embodied };
  const restater = createRestater({
    ...{ intensity, embodied, store, ledger, clock },
    settings: settings(),
    reach: seconds(86_400),
  });
  let shown = await ledger.counters();
  for (let start = EVER.from as number, i = 0; start < EVER.to; start += STEP, i++) {
    const window = { ...windows[i % windows.length]!, interval: { start: epochSeconds(start), step: STEP } };
    await ledger.commit(await computeWindow(window, sources), now);
  }
  for (; phase < PHASES; phase++) {
    if (phase === assessed) {
      const value = { total: found.total, band: found.band, closestMatch: '' };
      await store.putEmbodied('boavizta', 'aws', 'm5.xlarge', value, now);
    }
    await intensity.prepare(['FR'], EVER);
    while ((await restater.run()).more);
    const counters = await ledger.counters();
    notFallen(shown, counters);
    shown = counters;
    now = epochSeconds(now + HOUR);
  }
  const history = await openHistory(database);
  const contents = {
    totals: await Promise.all(
      [EVER, { from: T0, to: epochSeconds(T0 + HOUR) }, { from: T0, to: epochSeconds(T0 + STEP) }].map(
        (range) => history.totals({ range, by: ['pod'], filters: {} }),
      ),
    ),
    intervals: await Promise.all(
      Array.from({ length: (HOURS * HOUR) / STEP }, (_, i) => ledger.interval(epochSeconds(T0 + i * STEP))),
    ),
  };
  await history.close();
  await ledger.close();
  await rm(dir, { recursive: true });
  return { contents, restated: Object.values(shown.restated).reduce((a, b) => a + b, 0n) };
}

function notFallen(before: Counters, after: Counters): void {
  for (const [i, workload] of before.workloads.entries()) {
    expect(after.workloads[i]!.operational >= workload.operational).toBe(true);
    expect(after.workloads[i]!.embodied >= workload.embodied).toBe(true);
  }
}

describe('twins', () => {
  it(
    'end with the same amounts, whenever they were told',
    () =>
      fc.assert(
        fc.asyncProperty(arbStory, async (story) => {
          const late = await told(story, 0);
          const atOnce = await told(story, PHASES - 1);
          expect(late.contents).toEqual(atOnce.contents);
          expect(atOnce.restated).toBe(0n);
        }),
        { numRuns: 15 },
      ),
    LAW_TIMEOUT_MS,
  );
});
