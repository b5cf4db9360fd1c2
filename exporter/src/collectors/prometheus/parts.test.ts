import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createGate } from '../../net/gate.js';
import { literalPattern, metricLabel, parseMatchers, quoted } from './matchers.js';
import { locate } from './node-facts.js';
import { presence } from './presence.js';
import { learn, learningInstant, scrapesTogether, snapped } from './scrape-interval.js';

describe('presence', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 });
  const scrape = fc.constantFrom(5, 10, 15, 30, 60).map(seconds);

  it('never exceeds the step, keeps proportions, and is the whole step within one scrape of it', () => {
    fc.assert(
      fc.property(counts, scrape, (given, interval) => {
        const times = presence(given, interval, seconds(300));
        const sum = times.reduce((a, b) => a + b, 0);
        const total = given.reduce((a, b) => a + b, 0);
        expect(sum).toBeLessThanOrEqual(300 + 1e-9);
        for (const [i, time] of times.entries()) expect(time * total).toBeCloseTo(sum * given[i]!, 6);
        if (total * interval >= 300 - interval && total > 0) expect(sum).toBeCloseTo(300, 9);
        else expect(sum).toBeCloseTo(total * interval, 9);
      }),
    );
  });
});

describe('scrape interval', () => {
  it('is learnt whatever the phase, the jitter, the gaps and the order', () => {
    const common = fc.constantFrom(5, 10, 15, 30, 60);
    fc.assert(
      fc.property(
        common,
        fc.nat({ max: 59 }),
        fc.infiniteStream(fc.double({ min: -0.02, max: 0.02, noNaN: true })),
        fc.nat({ max: 20 }),
        (interval, phase, jitter, gap) => {
          const instants = Array.from(
            { length: 30 },
            (_, i) => phase + (i + (i > 9 ? gap : 0) + (jitter.next().value as number)) * interval,
          );
          expect(learn([instants.toReversed()])).toBe(interval);
        },
      ),
    );
  });

  it('is the shortest of several sources, and unknown below three samples', () => {
    expect(
      learn([
        [0, 60, 120, 180],
        [5, 35, 65, 95],
      ]),
    ).toBe(30);
    expect(learn([])).toBeNull();
    expect(learn([[0, 30], [7]])).toBeNull();
    expect(learn([[5, 5, 5, 5]])).toBeNull();
  });

  it('snaps to what people configure and leaves the unusual alone', () => {
    expect([14.2, 29.97, 61, 23].map(snapped)).toEqual([15, 30, 60, 23]);
  });

  it('is learnt at one instant an hour, which has passed when its first interval has', () => {
    const hour = 1_768_471_200;
    for (const offset of [0, 300, 3300])
      expect(learningInstant(epochSeconds(hour + offset), seconds(300))).toBe(hour + 300);
  });

  it('counts sources side by side once and sources in succession together', () => {
    const first = [3, 33, 63, 93, 123];
    const second = [153, 183, 213, 243, 273];
    expect(scrapesTogether([first, first.map((t) => t + 9)], seconds(30))).toBe(5);
    expect(scrapesTogether([first, second], seconds(30))).toBe(10);
  });
});

describe('matchers', () => {
  it.each([
    ['', ''],
    ['cluster="a"', 'cluster="a"'],
    [' { cluster = "a" , env!~"te.*" , } ', 'cluster="a",env!~"te.*"'],
    ['a="x\\"y{}"', 'a="x\\"y{}"'],
  ])('%p is read as %p', (text, expected) => expect(parseMatchers(text)).toBe(expected));

  it.each([
    'cluster',
    'cluster=a',
    'a="1"} or up{b="2"',
    'a="1" b="2"',
    '9a="1"',
    'a="1\n"',
    'a="x',
    'a="1",,b="2"',
  ])('%p is refused', (text) =>
    expect(() => parseMatchers(text)).toThrow(/must (be label matchers|separate)/),
  );

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(parseMatchers(`a=${quoted(value)}`)).toBe(`a=${quoted(value)}`);
        expect(new RegExp(`^(?:${literalPattern(value)})$`, 's').test(value)).toBe(true);
      }),
    );
  });

  it.each([
    ['app.kubernetes.io/name', 'label_app_kubernetes_io_name'],
    ['teamName', 'label_team_name'],
    ['label_app', 'label_app'],
    ['a"},up{b', 'label_a___up_b'],
  ])('label %p is %p in kube-state-metrics', (name, expected) => expect(metricLabel(name)).toBe(expected));
});

describe('provider IDs', () => {
  it.each([
    ['aws:///eu-west-3a/i-0abc', 'eu-west-3', 'eu-west-3a'],
    ['aws:///us-gov-east-1b/i-0abc', 'us-gov-east-1', 'us-gov-east-1b'],
    ['aws:///us-east-1-bos-1a/i-0abc', 'us-east-1', 'us-east-1-bos-1a'],
    ['gce://project-1/europe-west9-b/gke-pool-1', 'europe-west9', 'europe-west9-b'],
    ['scaleway://instance/fr-par-2/11111111-1111', 'fr-par', 'fr-par-2'],
    ['azure:///subscriptions/s/resourceGroups/r', '', ''],
    ['openstack:///uuid', '', ''],
    ['', '', ''],
  ])('%p lies in region %p, zone %p', (id, region, zone) => expect(locate(id)).toEqual({ region, zone }));
});

describe('gate', () => {
  it('never runs more than its limit, runs all in order, and survives failures', async () => {
    const gate = createGate(2);
    let running = 0;
    const started: number[] = [];
    const tasks = Array.from({ length: 9 }, (_, i) =>
      gate(async () => {
        started.push(i);
        running += 1;
        expect(running).toBeLessThanOrEqual(2);
        await Promise.resolve();
        running -= 1;
        if (i % 3 === 0) throw new Error('failed');
      }),
    );
    const settled = await Promise.allSettled(tasks);
    expect(settled.filter((each) => each.status === 'rejected')).toHaveLength(3);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
