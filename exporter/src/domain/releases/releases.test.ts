import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds } from '../units.js';
import { judgeRelease, type ReleaseHour, type ReleaseObserved } from './finding.js';
import { compareMatched, MIN_MATCHED, type LoadHour } from './matched.js';
import { revisionOf, rolloutsOf } from './revision.js';

const HOUR = 3600;
const START = 1_800_000_000;

/** The load of an hour of the day, and noise of a few percent that repeats nowhere. */
const load = (i: number): number => 1000 * (1 + 0.8 * Math.sin((2 * Math.PI * i) / 24));
const noise = (i: number): number => 1 + 0.03 * Math.sin(i * 12.9898) * Math.cos(i * 4.1414);

/** A fixed part and one that grows with the load, as machines draw power. */
const hoursOf = (first: number, count: number, scale: number, loads = load): LoadHour[] =>
  Array.from({ length: count }, (_, k) => {
    const i = first + k;
    return { hour: START + i * HOUR, units: loads(i), amount: scale * (500 + 2 * loads(i)) * noise(i) };
  });

describe('the comparison at matched load', () => {
  it('finds the factor that was put in, however the load moved in between', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.integer({ min: 48, max: 168 }),
        (factor, n) => {
          const change = compareMatched(
            hoursOf(0, n, 1),
            hoursOf(n, n, factor, (i) => 1.2 * load(i)),
          )!;
          expect(change.ratio / factor).toBeGreaterThan(0.95);
          expect(change.ratio / factor).toBeLessThan(1.05);
          expect(change.low).toBeLessThanOrEqual(change.ratio);
          expect(change.high).toBeGreaterThanOrEqual(change.ratio);
          expect(change.after / change.before).toBeCloseTo(change.ratio, 9);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is the inverse when before and after are exchanged', () => {
    const [a, b] = [hoursOf(0, 72, 1), hoursOf(72, 72, 1.3)];
    const [there, back] = [compareMatched(a, b)!, compareMatched(b, a)!];
    expect(there.ratio * back.ratio).toBeCloseTo(1, 12);
    expect(there.low * back.high).toBeCloseTo(1, 12);
  });

  it('does not compare hours of different load', () => {
    const light = hoursOf(0, 72, 1, () => 100);
    const heavy = hoursOf(72, 72, 1, () => 5000);
    expect(compareMatched(light, heavy)).toBeNull();
  });

  it('needs half a day of each side', () => {
    expect(compareMatched(hoursOf(0, MIN_MATCHED - 1, 1), hoursOf(24, 100, 1))).toBeNull();
  });
});

const release = (over: Partial<ReleaseHour>[], before = 1): ReleaseHour[] =>
  over.map((o, i) => ({
    hour: START + i * HOUR,
    units: load(i),
    energy: before * 1e3 * (500 + 2 * load(i)) * noise(i),
    emissions: 1e6 * load(i) * noise(i),
    cpuSeconds: load(i) * noise(i),
    podSeconds: 7200,
    cpuRequestSeconds: 3600,
    ...o,
  }));

function judged(after: (hour: ReleaseHour) => Partial<ReleaseHour>, hours = 96) {
  const blank = Array.from({ length: hours }, () => ({}));
  const at = epochSeconds(START + hours * HOUR);
  const later = release(blank).map((h) => ({ ...h, hour: h.hour + hours * HOUR }));
  const observed: ReleaseObserved = {
    namespace: 'shop',
    workload: 'web',
    workloadType: 'Deployment',
    revision: 'web-b',
    previous: 'web-a',
    at,
    unit: 'request',
    load: 'expression',
    final: true,
    before: { range: { from: epochSeconds(START), to: at }, hours: release(blank) },
    after: {
      range: { from: at, to: epochSeconds(at + hours * HOUR) },
      hours: later.map((h) => ({ ...h, ...after(h) })),
    },
  };
  return judgeRelease(observed);
}

describe('a verdict', () => {
  it.each([
    ['regressed', 1.3, 1.3, 1],
    ['improved', 0.7, 0.7, 1],
    ['not-distinguishable', 1, 1, 1],
    ['not-distinguishable', 1.03, 1.03, 1],
    ['moved', 1.3, 1, 1],
    ['moved', 0.7, 1, 1],
    ['moved', 1.3, 1.03, 1],
    ['regressed', 1.3, 1, 2],
    ['improved', 0.7, 1, 0.5],
  ] as const)('is %s for energy x %d, CPU time x %d and requests x %d', (verdict, energy, cpu, requests) => {
    const found = judged((h) => ({
      energy: energy * h.energy,
      cpuSeconds: cpu * h.cpuSeconds,
      cpuRequestSeconds: requests * h.cpuRequestSeconds,
    }));
    expect(found.verdict).toBe(verdict);
    expect(found.requestRatio).toBeCloseTo(requests, 9);
    expect(found.joules!.ratio).toBeCloseTo(energy, 1);
  });

  it('is open while there is too little data', () => {
    expect(judged((h) => ({ energy: 2 * h.energy }), 6).verdict).toBe('too-little-data');
    expect(judged(() => ({ units: 0 })).verdict).toBe('too-little-data');
  });
});

describe('rollouts', () => {
  const span = (revision: string, first: number, last: number) => ({
    revision,
    first: epochSeconds(first * HOUR),
    last: epochSeconds(last * HOUR),
  });

  it('are revisions that follow one another', () => {
    const found = rolloutsOf([span('c', 20, 30), span('a', 0, 10), span('b', 10, 20)], HOUR);
    expect(found.map((r) => [r.previous.revision, r.next.revision, r.until])).toEqual([
      ['a', 'b', 20 * HOUR],
      ['b', 'c', null],
    ]);
  });

  it('are not one revision long after another, nor two that begin together', () => {
    expect(rolloutsOf([span('a', 0, 5), span('b', 50, 60)], HOUR)).toEqual([]);
    expect(rolloutsOf([span('a', 0, 5), span('b', 0, 6)], HOUR)).toEqual([]);
  });

  it.each([
    ['Deployment', 'web-6f9c7d8b5d-x2k4p', '', 'web-6f9c7d8b5d'],
    ['Rollout', 'web-6f9c7d8b5d-x2k4p', '', 'web-6f9c7d8b5d'],
    ['Deployment', 'web', '', ''],
    ['Deployment', 'web-6f9c7d8b5d-aaaaa', '', ''],
    ['StatefulSet', 'web-0', '', ''],
    ['StatefulSet', 'web-0', 'web-596fd7b8d5', 'web-596fd7b8d5'],
    ['DaemonSet', 'web-x2k4p', '', ''],
    ['DaemonSet', 'web-x2k4p', '596fd7b8d5', 'web-596fd7b8d5'],
    ['CloneSet', 'web-x2k4p', 'web-596fd7b8d5', 'web-596fd7b8d5'],
    ['Pod', 'web', '', ''],
  ])('of a %s: the revision of %s with the label "%s" is "%s"', (workloadType, pod, label, name) => {
    expect(revisionOf({ workload: 'web', workloadType, pod, label })).toBe(name);
  });
});
