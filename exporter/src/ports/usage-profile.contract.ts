/** What every `UsageProfiles` does. An adapter's test file calls `usageProfileContract`. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContainerUses } from '../domain/container-use.js';
import { Histogram } from '../domain/histogram.js';
import { HOUR } from '../domain/interval.js';
import type { IntervalResult, Row } from '../domain/model.js';
import { bytes, cores, cpuSeconds, epochSeconds, gramsPerKwh, seconds } from '../domain/units.js';
import type { Ledger } from './ledger.js';
import {
  arbResult,
  at,
  podRow,
  provenance,
  resultOf,
  shareRow,
  sidecarred,
  STEP,
  T0,
} from './testing/results.js';
import { withPlace, type MakeAnalysisPlace } from './testing/analysis-place.js';
import type { WorkloadHour } from './usage-profile.js';

const PER_HOUR = HOUR / STEP;
const NOW = epochSeconds(1_800_000_000);
const hour = (n: number) => epochSeconds(T0 + n * HOUR);

async function fill(
  ledger: Ledger,
  from: number,
  count: number,
  of: (n: number) => IntervalResult,
): Promise<void> {
  for (let n = from; n < from + count; n++) await ledger.commit(of(n), NOW);
}

const moved = (result: IntervalResult, n: number): IntervalResult => ({
  ...result,
  interval: { start: at(n), step: STEP },
});

/** One hour of results of any content, in turn. */
async function fillHour(ledger: Ledger, pool: readonly IntervalResult[]): Promise<readonly IntervalResult[]> {
  const results = Array.from({ length: PER_HOUR }, (_, n) => moved(pool[n % pool.length]!, n));
  for (const result of results) await ledger.commit(result, NOW);
  return results;
}

const web = (over: Partial<Row> = {}) => podRow(over);
const simple = (n: number, ...rows: readonly Row[]) =>
  resultOf(at(n), rows.length > 0 ? rows : [web(), shareRow('idle')]);

/** What an hour's rows of one workload add up to, by adding them up. */
function naive(rows: readonly Row[]) {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const cpu = new Histogram();
  const memory = new Histogram();
  for (const row of rows) {
    const ms = Math.round(row.seconds * 1000);
    cpu.add(Math.round((row.cpuSeconds * 1e9) / ms), ms);
    memory.add(row.memoryBytes, ms);
  }
  return {
    energy: sum((r) => r.energy),
    dynamic: sum((r) => r.dynamic),
    storage: sum((r) => r.storage),
    operational: sum((r) => r.operational),
    embodied: sum((r) => r.embodied),
    podSeconds: sum((r) => r.seconds),
    cpuRequestSeconds: sum((r) => (r.cpuRequest ?? 0) * r.seconds),
    restarts: sum((r) => r.restarts),
    samples: rows.length,
    cpu: Buffer.from(cpu.encode()).toString('hex'),
    memory: Buffer.from(memory.encode()).toString('hex'),
  };
}

const summary = (w: WorkloadHour): ReturnType<typeof naive> => ({
  ...{
    energy: w.energy,
    dynamic: w.dynamic,
    storage: w.storage,
    operational: w.operational,
    embodied: w.embodied,
  },
  ...{
    podSeconds: w.podSeconds,
    cpuRequestSeconds: w.cpuRequestSeconds,
    restarts: w.restarts,
    samples: w.samples,
  },
  cpu: Buffer.from(w.cpu).toString('hex'),
  memory: Buffer.from(w.memory).toString('hex'),
});

export function usageProfileContract(make: MakeAnalysisPlace): void {
  describe('usage by whole hours', () => {
    it('knows the hours that are whole, and no others', () =>
      withPlace(make, async (place) => {
        const { ledger, profiles } = await place.open();
        const ever = { from: hour(0), to: hour(9) };
        expect(await profiles.hours(ever)).toEqual([]);
        await fill(ledger, 0, 2 * PER_HOUR + 3, (n) => simple(n));
        expect(await profiles.hours(ever)).toEqual([hour(0), hour(1)]);
        expect(await profiles.hours({ from: epochSeconds(hour(0) + 1), to: hour(2) })).toEqual([hour(1)]);
        expect(await profiles.hours({ from: hour(0), to: epochSeconds(hour(2) - 1) })).toEqual([hour(0)]);
        expect(await profiles.hour(hour(2))).toBeNull();
        expect((await profiles.hour(hour(1)))?.start).toBe(hour(1));
      }));

    it(
      'has the sums of the rows of every workload',
      () =>
        fc.assert(
          fc.asyncProperty(fc.array(arbResult(T0), { minLength: 3, maxLength: 4 }), (pool) =>
            withPlace(make, async (place) => {
              const { ledger, profiles } = await place.open();
              const results = await fillHour(ledger, pool);
              const rows = results.flatMap((r) => r.rows).filter((r) => r.kind === 'pod');
              const found = (await profiles.hour(hour(0)))!.workloads;
              const names = new Set(rows.map((r) => `${r.namespace}/${r.workload.name}/${r.workload.type}`));
              expect(found.map((w) => `${w.namespace}/${w.workload}/${w.workloadType}`)).toEqual(
                [...names].sort(),
              );
              for (const w of found) {
                const own = rows.filter(
                  (r) =>
                    r.namespace === w.namespace &&
                    r.workload.name === w.workload &&
                    r.workload.type === w.workloadType,
                );
                const [is, should] = [summary(w), naive(own)];
                expect({ ...is, podSeconds: 0, cpuRequestSeconds: 0 }).toEqual({
                  ...should,
                  podSeconds: 0,
                  cpuRequestSeconds: 0,
                });
                expect(is.podSeconds).toBeCloseTo(should.podSeconds, 1);
                expect(is.cpuRequestSeconds).toBeCloseTo(should.cpuRequestSeconds, 1);
              }
            }),
          ),
          { numRuns: 10 },
        ),
      60_000,
    );

    it(
      'has the use of every container, of the whole hour, also where an interval was replaced',
      () =>
        fc.assert(
          fc.asyncProperty(fc.array(arbResult(T0), { minLength: 3, maxLength: 4 }), (pool) =>
            withPlace(make, async (place) => {
              const { ledger, profiles } = await place.open();
              const results = await fillHour(ledger, pool);
              const better = resultOf(at(0), [web(), shareRow('idle')], {
                revision: 'better',
                containers: sidecarred([web()]),
              });
              await ledger.commit(better, NOW);
              const uses = new ContainerUses();
              for (const result of [better, ...results.slice(1)])
                result.containers.forEach((c) => uses.addLater(c));
              const found = (await profiles.hour(hour(0)))!.workloads;
              const told = found.flatMap(({ namespace, workload: name, workloadType: type, containers }) =>
                containers.map((c) => ({ namespace, workload: { name, type }, ...c })),
              );
              expect(told).toEqual(uses.all());
            }),
          ),
          { numRuns: 5 },
        ),
      60_000,
    );

    it('tells the requests of the pod that was seen last, the largest of several', () =>
      withPlace(make, async (place) => {
        const { ledger, profiles } = await place.open();
        const requesting = (pod: string, cpu: number | null, memory: number) =>
          web({ pod, cpuRequest: cpu === null ? null : cores(cpu), memoryRequest: bytes(memory) });
        await fill(ledger, 0, PER_HOUR, (n) =>
          n < 6
            ? simple(n, requesting('old', 2, 100), shareRow('idle'))
            : simple(n, requesting('new-1', 0.5, 70), requesting('new-2', 0.25, 80), shareRow('idle')),
        );
        const [w] = (await profiles.hour(hour(0)))!.workloads;
        expect(w).toMatchObject({ cpuRequest: 0.5, memoryRequest: 80 });
        await fill(ledger, PER_HOUR, PER_HOUR, (n) =>
          simple(n, requesting('new-3', null, 90), shareRow('idle')),
        );
        expect((await profiles.hour(hour(1)))!.workloads[0]).toMatchObject({
          cpuRequest: null,
          memoryRequest: 90,
        });
      }));

    it('has machines with what is nobody’s of them', () =>
      withPlace(make, async (place) => {
        const { ledger, profiles } = await place.open();
        const idle = shareRow('idle', { cpuSeconds: cpuSeconds(0) });
        await fill(ledger, 0, PER_HOUR, (n) => simple(n, web(), web({ pod: 'b', node: 'n2' }), idle));
        const [n1, n2] = (await profiles.hour(hour(0)))!.nodes;
        const pod = web();
        expect(n1).toMatchObject({
          ...{
            node: 'n1',
            instanceType: 'm5.xlarge',
            provider: 'aws',
            region: 'eu-west-3',
            zone: 'eu-west-3a',
          },
          ...{ gridZone: 'FR', architecture: 'amd64', cpuCapacity: 4, memoryCapacity: 16e9, currency: 'USD' },
          seconds: HOUR,
          intervals: PER_HOUR,
          energy: PER_HOUR * (pod.energy + idle.energy),
          dynamic: PER_HOUR * (pod.dynamic + idle.dynamic),
          storage: PER_HOUR * pod.storage,
          memoryByteSeconds: HOUR * pod.memoryBytes,
          idle: {
            energy: PER_HOUR * idle.energy,
            operational: PER_HOUR * idle.operational,
            embodied: PER_HOUR * idle.embodied,
            cost: PER_HOUR * idle.cost!,
          },
        });
        expect(n1!.cpuSeconds).toBeCloseTo(PER_HOUR * 61.7, 3);
        expect(n2).toMatchObject({
          node: 'n2',
          energy: PER_HOUR * pod.energy,
          idle: { energy: 0, cost: null },
        });
      }));

    it('has the grid zone in which a workload ran longest, and its costs where a price is known', () =>
      withPlace(make, async (place) => {
        const { ledger, profiles } = await place.open();
        const rows = [
          web({ node: 'n1' }),
          web({ pod: 'b', node: 'n2', seconds: seconds(200) }),
          web({ pod: 'c', workload: { name: 'free', type: 'Job' }, node: 'n3', cost: null }),
        ];
        const zones: Readonly<Record<string, string>> = { n1: 'DE', n2: 'AT', n3: 'FR' };
        await fill(ledger, 0, PER_HOUR, (n) =>
          resultOf(at(n), rows, {}, (name) => ({ provenance: provenance({ gridZone: zones[name]! }) })),
        );
        const [free, both] = (await profiles.hour(hour(0)))!.workloads;
        expect(free).toMatchObject({ workload: 'free', gridZone: 'FR', cost: null });
        expect(both).toMatchObject({ gridZone: 'DE', cost: 2 * PER_HOUR * rows[0]!.cost!, currency: 'USD' });
      }));

    it(
      'keeps hours when the rows of their intervals are pruned, and loses them with their sums',
      () =>
        withPlace(make, async (place) => {
          const { ledger, profiles } = await place.open();
          await fill(ledger, 0, 25 * PER_HOUR, (n) => ({ ...simple(n), containers: sidecarred([web()]) }));
          const before = await profiles.hour(hour(3));
          const all = { from: hour(0), to: hour(25) };
          const prune = async (raw: number, hours: number) => {
            const until = { raw: epochSeconds(raw), hour: epochSeconds(hours), day: null };
            for (let left = true; left;) left = Object.values(await ledger.prune(until)).some((n) => n > 0);
          };
          const intensities = await profiles.intensities(all);
          await prune(hour(24), hour(0));
          expect(await profiles.hour(hour(3))).toEqual(before);
          expect(await profiles.intensities({ from: hour(0), to: hour(24) })).toEqual(
            intensities.slice(0, 24),
          );
          await prune(hour(24), hour(24));
          expect(await profiles.hour(hour(3))).toBeNull();
          expect(await profiles.hours(all)).toEqual([hour(24)]);
        }),
      60_000,
    );

    it('tells the intensity that each hour was computed with, by zone', () =>
      withPlace(make, async (place) => {
        const { ledger, profiles } = await place.open();
        const valueOf = (n: number, zone: string) => (zone === 'FR' ? 40 : 400) + Math.floor(n / PER_HOUR);
        const zoneOf = (name: string) => (name === 'n1' ? 'FR' : 'PL');
        await fill(ledger, 0, 2 * PER_HOUR, (n) =>
          resultOf(
            at(n),
            [web(), web({ pod: 'b', node: 'n2' }), web({ pod: 'c', node: 'n3' })],
            {},
            (name) => ({
              provenance: provenance({
                gridZone: zoneOf(name),
                intensity: gramsPerKwh(valueOf(n, zoneOf(name))),
              }),
            }),
          ),
        );
        expect(await profiles.intensities({ from: hour(0), to: hour(2) })).toEqual([
          { gridZone: 'FR', hour: hour(0), value: 40 },
          { gridZone: 'FR', hour: hour(1), value: 41 },
          { gridZone: 'PL', hour: hour(0), value: 400 },
          { gridZone: 'PL', hour: hour(1), value: 401 },
        ]);
        expect(await profiles.intensities({ from: hour(1), to: hour(2) })).toHaveLength(2);
      }));

    it('is of one cluster', () =>
      withPlace(make, async (place) => {
        const first = await place.open('c');
        await fill(first.ledger, 0, PER_HOUR, (n) => simple(n));
        const { profiles } = await place.open('d');
        expect(await profiles.hours({ from: hour(0), to: hour(1) })).toEqual([]);
        expect(await profiles.hour(hour(0))).toBeNull();
        expect(await profiles.intensities({ from: hour(0), to: hour(1) })).toEqual([]);
      }));
  });
}
