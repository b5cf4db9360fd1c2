import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePodBlock, decodePodFigures, encodePodBlock, type PodBlock } from './pod-block.js';

const STEP = 300;
const amount = fc.oneof(fc.nat({ max: 5_000_000 }), fc.constant(0), fc.integer({ min: 0, max: 2 ** 52 }));
const arbRow = fc.record({
  entity: fc.nat(),
  cpu: amount,
  energy: amount,
  dynamic: fc.nat({ max: 2 ** 30 }),
  storage: fc.nat({ max: 2 ** 30 }),
  operational: amount,
  embodied: amount,
  cost: amount,
  memory: fc.maxSafeNat(),
  received: amount,
  transmitted: amount,
  read: amount,
  written: amount,
  seconds: fc.oneof(fc.constant(STEP), fc.double({ min: 0.001, max: STEP, noNaN: true })),
  restarts: fc.oneof(fc.constant(0), fc.nat({ max: 9 })),
});
const arbSection = fc.record({
  nodeId: fc.nat(),
  basisId: fc.nat(),
  powerLo: fc.nat({ max: 999 }),
  powerHi: fc.nat({ max: 999 }),
  priced: fc.boolean(),
  rows: fc.array(arbRow, { minLength: 1, maxLength: 6 }),
});

const arbBlock = fc.array(arbSection, { maxLength: 4 }).map((sections): PodBlock => {
  const rows = sections.flatMap((s) => s.rows.map((row) => ({ ...row, cost: s.priced ? row.cost : NaN })));
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
  return {
    sections: sections.map(({ priced: _, rows: own, ...s }) => ({ ...s, rows: own.length })),
    entity: column('entity'),
    cpu: column('cpu'),
    energy: column('energy'),
    dynamic: column('dynamic'),
    storage: column('storage'),
    operational: column('operational'),
    embodied: column('embodied'),
    cost: column('cost'),
    memory: column('memory'),
    received: column('received'),
    transmitted: column('transmitted'),
    read: column('read'),
    written: column('written'),
    seconds: column('seconds'),
    restarts: column('restarts'),
  };
});

describe('a block of rows', () => {
  it('comes back to the last bit, whole or its figures alone', () => {
    fc.assert(
      fc.property(arbBlock, (block) => {
        const bytes = encodePodBlock(block, STEP);
        expect(decodePodBlock(bytes, STEP)).toEqual(block);
        expect(block).toMatchObject(decodePodFigures(bytes));
      }),
    );
  });

  it('takes few bytes where one column follows from another', () => {
    const rows = 50;
    const of = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));
    const noise = (i: number) => (i * 7919 + 104_729) % 1_000_003;
    const block: PodBlock = {
      sections: [{ nodeId: 1, basisId: 1, powerLo: 100, powerHi: 100, rows }],
      entity: of((i) => 1000 + i),
      cpu: of(noise),
      dynamic: of((i) => Math.round(noise(i) * 0.37)),
      energy: of((i) => Math.round(noise(i) * 0.37) + 90_000),
      storage: of(() => 0),
      operational: of((i) => Math.round((Math.round(noise(i) * 0.37) + 90_000) * 0.0141)),
      embodied: of(() => 150_000),
      cost: of(() => 658_563),
      ...{
        memory: of(noise),
        received: of(noise),
        transmitted: of(noise),
        read: of(() => 0),
        written: of(() => 0),
      },
      ...{ seconds: of(() => STEP), restarts: of(() => 0) },
    };
    expect(encodePodBlock(block, STEP).length / rows).toBeLessThan(18);
  });

  it('is refused when it is not whole', () => {
    fc.assert(
      fc.property(arbBlock, fc.nat(), (block, cut) => {
        const bytes = encodePodBlock(block, STEP);
        expect(() => decodePodBlock(bytes.subarray(0, cut % bytes.length), STEP)).toThrow();
      }),
    );
  });
});
