import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PodBlock } from './pod-block.js';
import { FIGURES, PodSums, SUM_COLUMNS, type PodSum, type SumColumn } from './pod-sums.js';

const T0 = 1_767_225_600;
const amount = fc.oneof(fc.nat({ max: 5_000_000 }), fc.constant(0), fc.maxSafeNat());

const arbBlock: fc.Arbitrary<PodBlock> = fc
  .record({
    entities: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1 }),
    basisId: fc.nat({ max: 1 }),
    powerLo: fc.nat({ max: 999 }),
    priced: fc.boolean(),
    columns: fc.infiniteStream(amount),
  })
  .map(({ entities, basisId, powerLo, priced, columns }) => {
    const column = () => entities.map((): number => columns.next().value as number);
    return {
      sections: [{ nodeId: 1, basisId, powerLo, powerHi: 2 * powerLo, rows: entities.length }],
      entity: entities,
      ...{ cpu: column(), energy: column(), dynamic: column(), storage: column(), operational: column() },
      ...{ embodied: column(), cost: priced ? column() : entities.map(() => NaN), memory: column() },
      ...{ received: column(), transmitted: column(), read: column(), written: column() },
      ...{ seconds: entities.map(() => 299.5), restarts: entities.map(() => 1) },
    };
  });
const arbBlocks = fc.array(arbBlock, { minLength: 1, maxLength: 12 });

const startOf = (i: number) => T0 + 300 * i;
const sumOf = (blocks: readonly (readonly [PodBlock, number])[]) => {
  const sums = new PodSums();
  for (const [block, start] of blocks) sums.addBlock(block, start);
  return sums;
};
const placed = (blocks: readonly PodBlock[]) => blocks.map((b, i) => [b, startOf(i)] as const);
const plain = (sums: PodSums) =>
  [...sums.sums()].map((s: PodSum) => ({
    ...{ entityId: s.entityId, basisId: s.basisId, first: s.first, last: s.last, cost: s.cost },
    ...{ cpuMax: s.cpuMax, memoryMax: s.memoryMax },
    sums: SUM_COLUMNS.filter((c): c is Exclude<SumColumn, 'cost'> => c !== 'cost').map((c) => s.of(c)),
  }));

describe('sums of pods', () => {
  it('are exact past 2^53', () => {
    fc.assert(
      fc.property(arbBlocks, (blocks) => {
        const truth = new Map<string, { energy: bigint; weighted: bigint; cost: bigint | null }>();
        for (const block of blocks) {
          const { basisId, powerLo } = block.sections[0]!;
          for (let i = 0; i < block.entity.length; i++) {
            const key = `${block.entity[i]} ${basisId}`;
            const before = truth.get(key) ?? { energy: 0n, weighted: 0n, cost: null };
            const energy = BigInt(block.energy[i]!);
            const cost = block.cost[i]!;
            truth.set(key, {
              energy: before.energy + energy,
              weighted: before.weighted + energy * BigInt(powerLo),
              cost: Number.isNaN(cost) ? before.cost : (before.cost ?? 0n) + BigInt(cost),
            });
          }
        }
        const found = [...sumOf(placed(blocks)).sums()].map(
          (s) =>
            [
              `${s.entityId} ${s.basisId}`,
              { energy: s.of('energy'), weighted: s.of('energyPowerLo'), cost: s.cost },
            ] as const,
        );
        expect(new Map(found)).toEqual(truth);
      }),
    );
  });

  it('have the same bytes in whatever order and by whatever steps they were added', () => {
    fc.assert(
      fc.property(arbBlocks, fc.nat({ max: 12 }), (blocks, cut) => {
        const all = placed(blocks);
        const whole = sumOf(all).encode(T0)!;
        expect(sumOf(all.toReversed()).encode(T0)).toEqual(whole);
        const stepwise = new PodSums();
        for (const part of [all.slice(cut), all.slice(0, cut)]) {
          const bytes = sumOf(part).encode(T0);
          if (bytes) stepwise.addRollup(bytes, T0);
        }
        expect(stepwise.encode(T0)).toEqual(whole);
        expect(plain(stepwise)).toEqual(plain(sumOf(all)));
      }),
    );
  });

  it('say the same of figures when only those are read, and when they are grouped', () => {
    fc.assert(
      fc.property(arbBlocks, (blocks) => {
        const whole = sumOf(placed(blocks));
        const figures = new PodSums(FIGURES);
        figures.addRollup(whole.encode(T0)!, T0);
        const energies = (sums: PodSums) => [...sums.sums()].map((s) => [s.entityId, s.of('energy'), s.cost]);
        expect(energies(figures)).toEqual(energies(whole));
        const even = (id: number) => (id % 2 === 0 ? 7 : undefined);
        const expected = [...whole.sums()].reduce(
          (s, p) => (p.entityId % 2 === 0 ? s + p.of('energy') : s),
          0n,
        );
        const grouped = [...whole.grouped(even).sums()];
        expect(grouped.reduce((s, p) => s + p.of('energy'), 0n)).toBe(expected);
        expect(grouped.every((g) => g.entityId === 7)).toBe(true);
      }),
    );
  });

  it('of nothing are no bytes', () => {
    expect(new PodSums().encode(T0)).toBeNull();
  });
});
