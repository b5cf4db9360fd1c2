/** A real Elasticsearch behind a network that fails, writers that are paused or killed, and servers with locks on their doors. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startElasticsearch } from '../../../../test/servers/elasticsearch.js';
import { HOUR } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import { epochSeconds, millijoules, seconds } from '../../domain/units.js';
import type { Ledger } from '../../ports/ledger.js';
import { podRow, resultOf, shareRow, T0 } from '../../ports/testing/results.js';
import type { ElasticsearchOptions } from './connection.js';
import { openElasticsearchHistory, openElasticsearchStores } from './open.js';
import { contentOf, readable } from '../../ports/testing/ledger-content.js';
import type { Failure } from './testing/failing-proxy.js';
import { onRealServer } from './testing/real-server.js';

jest.setTimeout(120_000);

const STEP = seconds(1800);
const NOW = epochSeconds(1_800_000_000);
const at = (n: number) => epochSeconds(T0 + n * STEP);
const result = (n: number, energy: number, revision = 'r1'): IntervalResult => ({
  ...resultOf(at(n), [podRow({ energy: millijoules(energy) }), podRow({ pod: 'b' }), shareRow('idle')], {
    revision,
  }),
  interval: { start: at(n), step: STEP },
});

/** Commits that write, make an hour whole, replace within it and prune it. */
const STORY: readonly ((ledger: Ledger) => Promise<unknown>)[] = [
  (ledger) => ledger.commit(result(0, 1000), NOW),
  (ledger) => ledger.commit(result(1, 2000), NOW),
  (ledger) => ledger.commit(result(0, 500, 'r2'), NOW),
  (ledger) => ledger.commit(result(2, 4000), NOW),
  (ledger) => ledger.prune({ raw: epochSeconds(T0 + HOUR), hour: at(0), day: null }),
];
/** A caller tries again at its next cycle. */
const TRIES = 4;

async function until<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

onRealServer('elasticsearch', 'faults', (on) => {
  let prefix: string;
  let direct: ElasticsearchOptions;
  let through: ElasticsearchOptions;
  beforeEach(() => {
    prefix = on.places.take();
    direct = on.places.optionsFor(prefix);
    through = { ...direct, hosts: [on.proxy.url] };
    on.proxy.fail(0);
  });
  afterEach(async () => {
    on.proxy.release();
    await on.places.giveBack(prefix);
  });

  const open = async (options: ElasticsearchOptions, cluster = 'c') =>
    (await openElasticsearchStores({ ...options, cluster, step: STEP })).ledger;
  const reader = (options: ElasticsearchOptions) => openElasticsearchHistory({ ...options, step: STEP });

  describe('when a call fails, whichever it is', () => {
    /** What is there after each step of the story, and how many calls each took. */
    const undisturbed = async () => {
      const ledger = await open(through, 'twin');
      const history = await reader(direct);
      const after = [];
      for (const step of STORY) {
        on.proxy.fail(0);
        await step(ledger);
        const calls = on.proxy.calls.length;
        after.push({
          calls,
          readable: await readable(history, 'twin'),
          content: await contentOf(ledger, history, 'twin'),
        });
      }
      await ledger.close();
      await history.close();
      return after;
    };

    /** As text, whatever the order of fields, and of whichever cluster. */
    const named = (value: unknown, cluster: string): string =>
      JSON.stringify(value, (_, v: unknown) =>
        typeof v === 'bigint'
          ? String(v)
          : v instanceof Map
            ? [...(v as Map<unknown, unknown>)].sort()
            : v !== null && typeof v === 'object' && !Array.isArray(v)
              ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
              : v,
      ).replaceAll(JSON.stringify(cluster), '"c"');

    it.each<Failure>(['refused', 'lost', 429, 503])(
      'by being %s, nothing is half-written and the next try makes it whole',
      async (failure) => {
        const twin = await undisturbed();
        let count = 0;
        for (const [i, step] of STORY.entries()) {
          for (let n = 1; n <= twin[i]!.calls; n++) {
            const cluster = `c${count++}`;
            on.proxy.fail(0);
            const ledger = await open(through, cluster);
            const history = await reader(direct);
            try {
              for (const earlier of STORY.slice(0, i)) await earlier(ledger);
              const before = named(await readable(history, cluster), cluster);
              // So often that it is not tried again by itself.
              on.proxy.fail(n, failure, typeof failure === 'number' ? 1 : 4);
              const outcome = await step(ledger).then(
                () => 'done',
                () => 'failed',
              );
              on.proxy.fail(0);
              const after = named(twin[i]!.readable, 'twin');
              const seen = named(await readable(history, cluster), cluster);
              expect(outcome === 'done' ? [after] : [before, after]).toContain(seen);
              if (outcome === 'failed') await until(() => step(ledger));
              const content = await contentOf(ledger, history, cluster);
              expect(named(content, cluster)).toBe(named(twin[i]!.content, 'twin'));
            } finally {
              await ledger.close();
              await history.close();
            }
          }
        }
        expect(count).toBeGreaterThan(STORY.length * 3);
      },
      600_000,
    );
  });

  describe('two writers of one cluster', () => {
    it('are one: the second is refused, or waits and takes over when the first ends', async () => {
      const first = await open(direct);
      await first.commit(result(0, 1000), NOW);
      await expect(open(direct)).rejects.toThrow(/in use by another exporter of cluster c/);
      const told: unknown[] = [];
      const signal = new AbortController().signal;
      const second = openElasticsearchStores(
        { ...direct, cluster: 'c', step: STEP },
        { signal, onWaiting: (reason) => told.push(reason) },
      );
      while (told.length === 0) await delay(20);
      await first.commit(result(1, 1000), NOW);
      await first.close();
      const { ledger } = await second;
      expect(told).toEqual([{ kind: 'held', holder: expect.any(String) }]);
      expect(await ledger.marks({ from: at(0), to: at(9) })).toHaveLength(2);
      await ledger.close();
    });

    it('of which the first is paused: it is taken over, and what it writes when it wakes up counts nowhere', async () => {
      const paused = await openElasticsearchStores({ ...through, cluster: 'c', step: STEP });
      await paused.ledger.commit(result(0, 1000), NOW);
      on.proxy.hold();
      const late = paused.ledger.commit(result(1, 7000), NOW).catch((error: unknown) => error as Error);
      const began = performance.now();
      const told: unknown[] = [];
      const waiting = {
        signal: new AbortController().signal,
        onWaiting: (reason: unknown) => told.push(reason),
      };
      const next = await openElasticsearchStores({ ...direct, cluster: 'c', step: STEP }, waiting);
      expect(performance.now() - began).toBeLessThan(3 * STEP * 1000);
      on.proxy.release();
      expect(await late).toMatchObject({ problem: 'fenced' });
      expect(paused.lost.aborted).toBe(true);
      await expect(paused.ledger.commit(result(2, 7000), NOW)).rejects.toThrow(/taken over/);
      await expect(paused.ledger.setNote('k', 'late')).rejects.toThrow(/taken over/);
      await next.ledger.commit(result(1, 2000), NOW);
      const history = await reader(direct);
      const { total } = await history.totals({ range: { from: at(0), to: at(9) }, by: ['pod'], filters: {} });
      expect(total.energy).toBe(BigInt(3000 + 4 * podRow().energy));
      expect((await next.ledger.counters()).intervals.complete).toBe(2);
      await history.close();
      await paused.ledger.close();
      await next.ledger.close();
    });

    it('side by side for different clusters, one question tells of both', async () => {
      const [a, b] = [await open(direct, 'a'), await open(direct, 'b')];
      await Promise.all(
        [0, 1, 2].map(async (n) => Promise.all([a.commit(result(n, 10), NOW), b.commit(result(n, 20), NOW)])),
      );
      const history = await reader(direct);
      const { groups } = await history.totals({
        range: { from: at(0), to: at(9) },
        by: ['cluster'],
        filters: {},
      });
      const rest = 6n * BigInt(podRow().energy);
      expect(groups.map((g) => [g.key.cluster, g.sums.energy])).toEqual([
        ['a', 30n + rest],
        ['b', 60n + rest],
      ]);
      await Promise.all([a, b, history].map((opened) => opened.close()));
    });
  });

  describe('a server that is killed', () => {
    it('has everything that was acknowledged when it is back', async () => {
      let ledger = await open(direct);
      for (const step of STORY.slice(0, 4)) await step(ledger);
      let history = await reader(direct);
      const before = await contentOf(ledger, history, 'c');
      await on.server.kill();
      await expect(history.clusters()).rejects.toMatchObject({ problem: 'unreachable' });
      await expect(ledger.commit(result(3, 1), NOW)).rejects.toMatchObject({ problem: 'unreachable' });
      on.server = await startElasticsearch({ dir: on.dir, port: on.server.port });
      await ledger.close();
      await history.close();
      [ledger, history] = [await open(direct), await reader(direct)];
      expect(await contentOf(ledger, history, 'c')).toEqual(before);
      await ledger.close();
      await history.close();
    }, 300_000);
  });
});
