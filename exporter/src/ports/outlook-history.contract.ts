/** What every `FindingsStore` and `OutlookHistory` must do, whatever database is under them. */
import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../domain/interval.js';
import { zoneOutlook, type ZoneOutlook } from '../domain/forecast/outlook.js';
import {
  bytes,
  cores,
  cpuSeconds,
  epochSeconds,
  gramsPerKwh,
  micrograms,
  millijoules,
  seconds,
} from '../domain/units.js';
import { REVISION_LABEL } from '../domain/releases/revision.js';
import type { FactorStore } from './factor-store.js';
import type { FindingsStore } from './findings.js';
import type { Ledger } from './ledger.js';
import type { OutlookHistory } from './outlook-history.js';
import { MAX_REVISION_HOURS } from './revision-history.js';
import { at, podRow, resultOf, shareRow, T0 } from './testing/results.js';

/** Ledgers of two clusters, "a" and "b", their factors and findings, and a reader beside them. */
export interface OutlookPlace {
  readonly ledgers: Readonly<Record<'a' | 'b', Ledger>>;
  readonly findings: Readonly<Record<'a' | 'b', FindingsStore>>;
  readonly factors: FactorStore;
  readonly reader: OutlookHistory;
  remove(): Promise<void>;
}

const COMMITTED = epochSeconds(1_800_000_000);
const DAY_OF_T0 = { from: T0, to: epochSeconds(T0 + 24 * HOUR) };

const outlook = (zone: string): ZoneOutlook =>
  zoneOutlook({ zone, inUse: null, past: [], pastSource: '', ahead: [], aheadSource: '' }, T0);
const finding = (zone: string) => ({ subject: zone, body: outlook(zone) });

const web = (revision: string, suffix: string, more: Parameters<typeof podRow>[0] = {}) =>
  podRow({ pod: `${revision}-${suffix}`, uid: `${revision}${suffix}`, ...more });

/** A pod of a StatefulSet or a DaemonSet of the name `db`; its label as Kubernetes writes it. */
const db = (type: string, pod: string, label: string) =>
  podRow({
    pod,
    uid: `${pod}${label}`,
    workload: { name: 'db', type },
    labels: label === '' ? { team: 'a' } : { team: 'a', [REVISION_LABEL]: label },
  });

export function outlookContract(name: string, open: () => Promise<OutlookPlace>): void {
  const on = (use: (place: OutlookPlace) => Promise<void>) => async () => {
    const place = await open();
    try {
      await use(place);
    } finally {
      await place.remove();
    }
  };

  describe(`findings, ${name}`, () => {
    it(
      'are none at first, and then exactly those last put of their kind and cluster',
      on(async ({ findings, reader }) => {
        expect(await reader.findings({ kind: 'outlook', clusters: [] })).toEqual([]);
        await findings.a.replaceFindings('outlook', [finding('PL'), finding('FR')], epochSeconds(5));
        await findings.b.replaceFindings('outlook', [finding('NL')], epochSeconds(6));
        await findings.a.replaceFindings('outlook', [finding('FR'), finding('DE')], epochSeconds(7));
        const a = ['DE', 'FR'].map((zone) => ({
          cluster: 'a',
          subject: zone,
          at: 7,
          body: outlook(zone),
        }));
        const b = { cluster: 'b', subject: 'NL', at: 6, body: outlook('NL') };
        expect(await reader.findings({ kind: 'outlook', clusters: [] })).toEqual([...a, b]);
        expect(await reader.findings({ kind: 'outlook', clusters: ['b'] })).toEqual([b]);
        expect(await reader.findings({ kind: 'score', clusters: [] })).toEqual([]);
        expect(await findings.a.storedFindings('outlook')).toEqual(a);
        await findings.a.replaceFindings('outlook', [], epochSeconds(8));
        expect(await reader.findings({ kind: 'outlook', clusters: [] })).toEqual([b]);
      }),
    );

    it(
      'keep any subject, and numbers to the last digit',
      on(async ({ findings, reader }) => {
        const body = { ...outlook('FR'), lowThreshold: 0.1 + 0.2 };
        const subjects = ['', 'a b/c', "it's", 'ÜBER'];
        await findings.a.replaceFindings(
          'outlook',
          subjects.map((subject) => ({ subject, body })),
          T0,
        );
        const found = await reader.findings({ kind: 'outlook', clusters: ['a'] });
        expect(found.map((f) => f.subject)).toEqual(subjects.toSorted());
        expect(found[0]!.body.lowThreshold).toBe(0.30000000000000004);
      }),
    );

    it(
      'refuse a subject twice and keep what was there',
      on(async ({ findings, reader }) => {
        await findings.a.replaceFindings('outlook', [finding('FR')], T0);
        const twice = findings.a.replaceFindings('outlook', [finding('DE'), finding('DE')], T0);
        await expect(twice).rejects.toThrow();
        expect((await reader.findings({ kind: 'outlook', clusters: [] })).map((f) => f.subject)).toEqual([
          'FR',
        ]);
      }),
    );
  });

  describe(`stored intensity, ${name}`, () => {
    it(
      'is read back by zone and hour, from every source',
      on(async ({ factors, reader }) => {
        const point = (n: number) => ({
          hour: epochSeconds(T0 + n * HOUR),
          value: gramsPerKwh(50 + n),
          provisional: n === 2,
        });
        await factors.putIntensity('FR', 'prometheus', [point(0), point(1), point(2)], COMMITTED);
        await factors.putIntensity('FR', 'electricity-maps', [point(1)], COMMITTED);
        await factors.putIntensity('DE', 'prometheus', [point(0)], COMMITTED);
        const range = { from: epochSeconds(T0 + HOUR), to: epochSeconds(T0 + 3 * HOUR) };
        const found = await reader.intensity({ gridZone: 'FR', range });
        expect(found.map((p) => [(p.hour - T0) / HOUR, p.source, p.value, p.provisional])).toEqual([
          [1, 'electricity-maps', 51, false],
          [1, 'prometheus', 51, false],
          [2, 'prometheus', 52, true],
        ]);
        expect(await reader.intensityZones()).toEqual(['DE', 'FR']);
      }),
    );

    it(
      'is nothing where nothing is stored',
      on(async ({ reader }) => {
        expect(await reader.intensity({ gridZone: 'FR', range: DAY_OF_T0 })).toEqual([]);
        expect(await reader.intensityZones()).toEqual([]);
      }),
    );
  });

  describe(`revisions, ${name}`, () => {
    const rows = (n: number) => [
      ...(n < 14 ? [web('web-5c7d9b8f6', 'bbbbb'), web('web-5c7d9b8f6', 'ccccc')] : []),
      ...(n >= 12 ? [web('web-7f6b5c9d8', 'ddddd', { cpuRequest: cores(0.5) })] : []),
      db('StatefulSet', 'db-0', n < 6 ? 'db-596fd7b8d5' : 'db-7c8d9b5f6'),
      db('DaemonSet', 'db-x2k4p', '596fd7b8d5'),
      db('CronJob', 'db-1-x2k4p', ''),
      podRow({ namespace: 'other', pod: 'web-5c7d9b8f6-fffff', uid: 'o' }),
      shareRow('idle'),
    ];
    /** Two hours: the first whole, the second for a quarter. */
    const fill = async (ledger: Ledger) => {
      for (let n = 0; n < 15; n++) await ledger.commit(resultOf(at(n), rows(n)), COMMITTED);
    };

    it(
      'are ReplicaSets, and the ControllerRevisions that labels tell of, with their first and last interval',
      on(async ({ ledgers, reader }) => {
        await fill(ledgers.a);
        const named = { namespace: 'shop', workload: 'web', workloadType: 'Deployment' };
        const stateful = { ...named, workload: 'db', workloadType: 'StatefulSet' };
        expect(await reader.revisions('a', DAY_OF_T0)).toEqual([
          { ...named, namespace: 'other', revision: 'web-5c7d9b8f6', first: at(0), last: at(14) },
          { ...stateful, workloadType: 'DaemonSet', revision: 'db-596fd7b8d5', first: at(0), last: at(14) },
          { ...stateful, revision: 'db-596fd7b8d5', first: at(0), last: at(5) },
          { ...stateful, revision: 'db-7c8d9b5f6', first: at(6), last: at(14) },
          { ...named, revision: 'web-5c7d9b8f6', first: at(0), last: at(13) },
          { ...named, revision: 'web-7f6b5c9d8', first: at(12), last: at(14) },
        ]);
        expect(await reader.revisions('b', DAY_OF_T0)).toEqual([]);
        expect(await reader.revisions('nobody', DAY_OF_T0)).toEqual([]);
      }),
    );

    it(
      'sum by the hour to what their pods took, whether the hour is sealed or not',
      on(async ({ ledgers, reader }) => {
        await fill(ledgers.a);
        const named = { namespace: 'shop', workload: 'web', workloadType: 'Deployment' };
        const stateful = { ...named, workload: 'db', workloadType: 'StatefulSet' };
        const workloads = [named, stateful];
        const hours = await reader.revisionHours({ cluster: 'a', range: DAY_OF_T0, workloads });
        const one = podRow();
        const sumOf = (pods: number, request: number) => ({
          podSeconds: pods * one.seconds,
          cpuSeconds: expect.closeTo(pods * one.cpuSeconds, 6),
          cpuRequestSeconds: expect.closeTo(pods * one.seconds * request, 6),
          receivedBytes: pods * one.receivedBytes,
          transmittedBytes: pods * one.transmittedBytes,
          energy: pods * one.energy,
          operational: pods * one.operational,
          embodied: pods * one.embodied,
        });
        const [old, next] = ['web-5c7d9b8f6', 'web-7f6b5c9d8'];
        const second = epochSeconds(T0 + HOUR);
        expect(hours).toEqual([
          { ...stateful, revision: 'db-596fd7b8d5', hour: T0, ...sumOf(6, 0.25) },
          { ...stateful, revision: 'db-7c8d9b5f6', hour: T0, ...sumOf(6, 0.25) },
          { ...named, revision: old, hour: T0, ...sumOf(24, 0.25) },
          { ...stateful, revision: 'db-7c8d9b5f6', hour: second, ...sumOf(3, 0.25) },
          { ...named, revision: old, hour: second, ...sumOf(4, 0.25) },
          { ...named, revision: next, hour: second, ...sumOf(3, 0.5) },
        ]);
      }),
    );

    it(
      'has no request where no pod has one',
      on(async ({ ledgers, reader }) => {
        const bare = web('web-5c7d9b8f6', 'bbbbb', {
          cpuRequest: null,
          memoryRequest: null,
          seconds: seconds(120),
          cpuSeconds: cpuSeconds(6),
          memoryBytes: bytes(1000),
          energy: millijoules(700),
          dynamic: millijoules(100),
          storage: millijoules(0),
          operational: micrograms(50),
        });
        await ledgers.b.commit(resultOf(at(0), [bare, shareRow('idle')]), COMMITTED);
        const workloads = [{ namespace: 'shop', workload: 'web', workloadType: 'Deployment' }];
        const [hour] = await reader.revisionHours({ cluster: 'b', range: DAY_OF_T0, workloads });
        expect(hour).toMatchObject({
          podSeconds: 120,
          cpuRequestSeconds: 0,
          energy: 700,
        });
      }),
    );

    it(
      'are read a day of hours at a time',
      on(async ({ reader }) => {
        const range = { from: T0, to: epochSeconds(T0 + (MAX_REVISION_HOURS + 1) * HOUR) };
        await expect(reader.revisionHours({ cluster: 'a', range, workloads: [] })).rejects.toThrow(
          RangeError,
        );
      }),
    );
  });
}
