import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, ByteWriter, frame, LOW_BASE, openFrame } from './byte-columns.js';

const written = (write: (writer: ByteWriter) => void) => {
  const writer = new ByteWriter();
  write(writer);
  return writer;
};

describe('numbers as bytes', () => {
  it('come back: whole ones up to 2^53, of either sign, and any double', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.maxSafeNat(), fc.maxSafeInteger(), fc.double(), fc.nat({ max: 300 }))),
        (rows) => {
          const bytes = written((w) => {
            for (const [natural, integer, float, small] of rows) {
              w.varint(natural);
              w.signed(integer);
              w.float(float);
              w.varint(small);
            }
          }).bytes();
          const reader = new ByteReader(bytes);
          for (const [natural, integer, float, small] of rows) {
            expect(reader.varint()).toBe(natural);
            expect(reader.signed()).toBe(integer === 0 ? 0 : integer);
            expect(reader.float()).toBe(float);
            expect(reader.varint()).toBe(small);
          }
          expect(reader.atEnd).toBe(true);
        },
      ),
    );
  });

  it('come back in two parts past 2^53, with the carry in the upper one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 0, max: 2 ** 45 }), (low, high) => {
        const reader = new ByteReader(written((w) => w.split(low, high)).bytes());
        reader.split();
        const whole = (l: number, h: number) => BigInt(h) * BigInt(LOW_BASE) + BigInt(l);
        expect(whole(reader.low, reader.high)).toBe(whole(low, high));
        expect(reader.low).toBeLessThan(LOW_BASE);
      }),
    );
  });

  it('take a byte for every seven bits', () => {
    const length = (n: number) => written((w) => w.varint(n)).bytes().length;
    expect([0, 127, 128, 2 ** 28 - 1, 2 ** 28, Number.MAX_SAFE_INTEGER].map(length)).toEqual([
      1, 1, 2, 4, 5, 8,
    ]);
  });
});

describe('a frame', () => {
  const block = frame(3, 2, [
    [written((w) => w.varint(1)), written((w) => w.varint(2))],
    [written((w) => w.varint(3))],
  ]);

  it('opens group by group', () => {
    const { rows, reader } = openFrame(block, 3);
    const first = reader.group();
    expect([
      rows,
      first.column().varint(),
      first.column().varint(),
      reader.group().column().varint(),
    ]).toEqual([2, 1, 2, 3]);
  });

  it('is refused when it is of another version or ends too early', () => {
    expect(() => openFrame(block, 4)).toThrow('version 3, this program reads 4');
    const readAll = (bytes: Uint8Array) => {
      const { reader } = openFrame(bytes, 3);
      reader.group();
      reader.group();
    };
    for (let length = 0; length < block.length; length++) {
      expect(() => readAll(block.subarray(0, length))).toThrow();
    }
  });
});
