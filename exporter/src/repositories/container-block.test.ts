import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContainerUses } from '../domain/container-use.js';
import type { ContainerUse } from '../domain/model.js';
import { arbResult, T0 } from '../ports/testing/results.js';
import { decodeContainers, encodeContainers, mergeContainers } from './container-block.js';

const arbUses: fc.Arbitrary<readonly ContainerUse[]> = arbResult(T0).map((result) => result.containers);

describe('use by container as bytes', () => {
  it('comes back as it was given', () =>
    fc.assert(
      fc.property(arbUses, (uses) => expect(decodeContainers(encodeContainers(uses))).toEqual(uses)),
    ));

  it('is merged as it is added up', () =>
    fc.assert(
      fc.property(fc.array(arbUses), (times) => {
        const uses = new ContainerUses();
        for (const use of times.flat()) uses.addLater(use);
        expect(decodeContainers(mergeContainers(times.map(encodeContainers)))).toEqual(uses.all());
      }),
    ));

  it('is refused when it is cut off or of another version', () =>
    fc.assert(
      fc.property(
        arbUses.filter((uses) => uses.length > 0),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (uses, part) => {
          const block = encodeContainers(uses)!;
          expect(() => decodeContainers(block.subarray(0, Math.floor(part * block.length)))).toThrow();
          expect(() => decodeContainers(Buffer.concat([Buffer.from([9]), block.subarray(1)]))).toThrow(
            /version 9/,
          );
        },
      ),
    ));
});
