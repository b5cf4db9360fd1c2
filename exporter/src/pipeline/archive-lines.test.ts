import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../domain/units.js';
import { arbResult, T0 } from '../ports/testing/results.js';
import { decodeLine, encodeLine } from './archive-lines.js';

const NOW = epochSeconds(1_800_000_000);

describe('a line of an export', () => {
  it('brings an interval back as it was, with the bytes of its histograms', () => {
    fc.assert(
      fc.property(arbResult(T0), fc.integer({ min: 1, max: 9 }), (result, attempts) => {
        const interval = { attempts, committedAt: NOW, result };
        expect(decodeLine(encodeLine(interval))).toEqual(interval);
      }),
    );
  });

  it('of the first version has intervals without attempts and containers', () => {
    fc.assert(
      fc.property(arbResult(T0), ({ containers: _, ...result }) => {
        const line = JSON.stringify({ committedAt: NOW, result });
        expect(decodeLine(line)).toEqual({
          attempts: 1,
          committedAt: NOW,
          result: { ...result, containers: [] },
        });
      }),
    );
    const head = { greenkube: 'export', version: 1, cluster: 'c', step: 300, intervals: 7 };
    expect(decodeLine(JSON.stringify(head))).toEqual(head);
  });

  it.each([
    ['null', /is not an object/],
    ['{}', /is none of the lines/],
    ['{"greenkube":"import"}', /was not written by greenkube export/],
    ['{"greenkube":"export","version":3}', /has version 3, this program reads 1 and 2/],
    ['{"record":"secret"}', /a kind that is not known: secret/],
    ['{"grain":"hour","start":7,"marks":[]}', /does not begin where hours do/],
    ['{"grain":"day","start":86400,"marks":[]}', /has no marks/],
  ])('%s is refused', (line, message) => {
    expect(() => decodeLine(line)).toThrow(message);
  });
});
