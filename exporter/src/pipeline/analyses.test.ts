import { describe, expect, it } from '@jest/globals';
import { epochSeconds, seconds } from '../domain/units.js';
import { Analyses, type Analysis } from './analyses.js';

/** Analyses that note when they ran, on a clock that is set by hand. */
class Bench {
  now = epochSeconds(1000);
  elapsed = 0;
  readonly ran: string[] = [];
  readonly errors: unknown[] = [];
  readonly deps = {
    clock: { now: () => this.now },
    stopwatch: () => this.elapsed,
    log: { debug: () => undefined, error: (fields: object) => void this.errors.push(fields) },
  };

  of(name: string, every: number, run: Analysis['run'] = async () => true): Analysis {
    return {
      name,
      every: seconds(every),
      run: (now, signal) => {
        this.ran.push(`${name}@${now}`);
        return run(now, signal);
      },
    };
  }

  async runAt(analyses: Analyses, ...times: number[]): Promise<boolean[]> {
    const found: boolean[] = [];
    for (const time of times) {
      this.now = epochSeconds(time);
      found.push(await analyses.run(new AbortController().signal));
    }
    return found;
  }
}

describe('analyses', () => {
  it('run in their order, each when it is due, and say whether there is something new', async () => {
    const bench = new Bench();
    const analyses = new Analyses([bench.of('a', 100), bench.of('b', 250, async () => false)], bench.deps);
    expect(await bench.runAt(analyses, 1000, 1050, 1100, 1250)).toEqual([true, false, true, true]);
    expect(bench.ran).toEqual(['a@1000', 'b@1000', 'a@1100', 'a@1250', 'b@1250']);
  });

  it('wait the longer the longer they take: 2 % of the time at most', async () => {
    const bench = new Bench();
    const slow = bench.of('a', 100, async () => {
      bench.elapsed += 10;
      return true;
    });
    await bench.runAt(new Analyses([slow], bench.deps), 1000, 1100, 1489, 1490);
    expect(bench.ran).toEqual(['a@1000', 'a@1490']);
  });

  it('go on when one fails, which is told of and tried again sooner', async () => {
    const bench = new Bench();
    const failing = bench.of('a', 3600, () => Promise.reject(new Error('no')));
    const analyses = new Analyses([failing, bench.of('b', 3600)], bench.deps);
    expect(await bench.runAt(analyses, 1000, 1599, 1600)).toEqual([true, false, false]);
    expect(bench.ran).toEqual(['a@1000', 'b@1000', 'a@1600']);
    expect(bench.errors).toEqual([
      { analysis: 'a', err: new Error('no') },
      { analysis: 'a', err: new Error('no') },
    ]);
  });

  it('stop when they are told to, and what was broken off is due at once', async () => {
    const bench = new Bench();
    const stop = new AbortController();
    const broken = bench.of('a', 3600, async () => {
      stop.abort();
      return false;
    });
    const analyses = new Analyses([broken, bench.of('b', 3600)], bench.deps);
    expect(await analyses.run(stop.signal)).toBe(false);
    await bench.runAt(analyses, 1001);
    expect(bench.ran).toEqual(['a@1000', 'a@1001', 'b@1001']);
  });
});
