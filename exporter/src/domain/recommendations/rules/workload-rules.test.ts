import { describe, expect, it } from '@jest/globals';
import { cores } from '../../units.js';
import type { Draft, WorkloadRule } from '../facts.js';
import {
  cpuHistogram,
  facts,
  memoryHistogram,
  MIB,
  taken,
  WEEK,
  workload,
  type FactsOverrides,
  type WorkloadOverrides,
} from '../testing/facts.js';
import type { ContainerProfile } from '../usage-window.js';
import { autoscalingCandidate } from './autoscaling-candidate.js';
import { offPeakScaling } from './off-peak-scaling.js';
import { rightsizingCpu } from './rightsizing-cpu.js';
import { rightsizingMemory } from './rightsizing-memory.js';
import { zombieWorkload } from './zombie-workload.js';

function judge(rule: WorkloadRule, over: WorkloadOverrides, known: FactsOverrides = {}): Draft | null {
  const w = workload(over);
  return rule(facts({ ...known, workloads: [w] }), w);
}

describe('zombie workload', () => {
  const dead: WorkloadOverrides = { taken: taken({ dynamic: 999_000, cost: 0.0101e9 }), networkBytes: 0 };

  it.each<[string, WorkloadOverrides, boolean]>([
    ['costs, hardly works and talks to nobody', dead, true],
    ['works for 1000 J', { ...dead, taken: taken({ dynamic: 1_000_000, cost: 0.0101e9 }) }, false],
    ['costs 0.01', { ...dead, taken: taken({ dynamic: 999_000, cost: 0.01e9 }) }, false],
    ['has no price', { ...dead, taken: taken({ dynamic: 999_000, cost: null }) }, false],
    ['is reached by 1 B/s', { ...dead, networkBytes: WEEK * 3600 }, false],
    ['is reached by less than 1 B/s', { ...dead, networkBytes: WEEK * 3600 - 1 }, true],
  ])('that %s: %#', (_, over, found) => expect(judge(zombieWorkload, over) !== null).toBe(found));

  it('is held against its part of the thresholds when there is only a day of it', () => {
    const day = { first: WEEK - 24, networkBytes: 0 };
    expect(
      judge(zombieWorkload, { ...day, taken: taken({ dynamic: 142_000, cost: 0.00144e9 }) }),
    ).not.toBeNull();
    expect(judge(zombieWorkload, { ...day, taken: taken({ dynamic: 143_000, cost: 0.00144e9 }) })).toBeNull();
    expect(judge(zombieWorkload, { ...day, taken: taken({ dynamic: 142_000, cost: 0.00142e9 }) })).toBeNull();
  });

  it('is stopped in the way of its kind, and its volumes are said to stay', () => {
    const cron = judge(zombieWorkload, { ...dead, workloadType: 'CronJob' });
    expect(cron?.patch.yaml).toContain('suspend: true');
    const withVolume = { ...dead, taken: taken({ dynamic: 1, storage: 5, cost: 1e9 }) };
    expect(judge(zombieWorkload, withVolume)?.caveats).toContain('VOLUMES_STAY');
    expect(judge(zombieWorkload, { ...dead, workloadType: 'Pod' })?.patch.command).toBe(
      'kubectl --namespace shop delete pod web',
    );
  });
});

describe('CPU rightsizing', () => {
  it.each<[string, WorkloadOverrides, number | null]>([
    ['a mean of 0.3 of the request', { cpu: cpuHistogram([0.3, WEEK]) }, null],
    ['a mean just below', { cpu: cpuHistogram([0.299, WEEK]) }, 0.299 * 1.2],
    ['no request', { cpu: cpuHistogram([0.1, WEEK]), cpuRequest: null }, null],
    ['the larger of p95 and (mean + max) / 2: p95', { cpu: cpuHistogram([0.1, 150], [0.4, 18]) }, 0.4 * 1.2],
    [
      'the larger of them: (mean + max) / 2',
      { cpu: cpuHistogram([0.1, 167], [0.7, 1]) },
      (0.7 + 17.4 / 168) * 0.6,
    ],
    ['10 m at the least', { cpu: cpuHistogram([0.0001, WEEK]) }, 0.01],
    ['nothing when the target is no smaller', { cpu: cpuHistogram([0.1, 140], [0.95, 28]) }, null],
  ])('%s', (_, over, proposed) => {
    const found = judge(rightsizingCpu, over);
    if (proposed === null) expect(found).toBeNull();
    // Quantiles are off by 5 % at most.
    else expect(Math.abs(Number(found?.proposed['cpu_request_cores']) / proposed - 1)).toBeLessThan(0.05);
  });

  it('bounds widen when history is short', () => {
    const boundsOf = (first: number) => {
      const found = judge(rightsizingCpu, { first, cpu: cpuHistogram([0.1, WEEK - first]) })!.proposed;
      return Number(found['cpu_request_cores_high']) / Number(found['cpu_request_cores']);
    };
    expect(boundsOf(0)).toBeCloseTo(1 + 1 / 7, 6);
    expect(boundsOf(WEEK - 24)).toBeCloseTo(2, 6);
  });

  it('says what it does not know, and shares a pod of several containers as their requests are', () => {
    const over = { cpu: cpuHistogram([0.1, WEEK]) };
    expect(judge(rightsizingCpu, over, { knowledge: { containers: null } })?.caveats).toContain(
      'CONTAINERS_UNKNOWN',
    );
    const containers = new Map([
      [
        'shop/Deployment/web',
        [
          { name: 'web', cpuRequest: cores(0.9), memoryRequest: null },
          { name: 'proxy', cpuRequest: cores(0.1), memoryRequest: null },
        ],
      ],
    ]);
    const found = judge(rightsizingCpu, over, { knowledge: { containers } })!;
    expect(found.caveats).toContain('CONTAINER_USE_UNKNOWN');
    expect(found.patch.yaml).toMatch(/name: web\n\s+resources:\n\s+requests:\n\s+cpu: "108m"/);
    expect(found.patch.yaml).toMatch(/name: proxy\n\s+resources:\n\s+requests:\n\s+cpu: "12m"/);
  });

  const knownOf = (...requests: readonly (readonly [name: string, cpu: number | null])[]) => ({
    containers: new Map([
      [
        'shop/Deployment/web',
        requests.map(([name, cpu]) => ({
          ...{ name, memoryRequest: null },
          cpuRequest: cpu === null ? null : cores(cpu),
        })),
      ],
    ]),
  });
  const container = (name: string, request: number | null, mean: number, hours = WEEK): ContainerProfile => ({
    ...{ container: name, cpuRequest: request, memoryRequest: null, hours },
    ...{ cpu: cpuHistogram([mean, hours]), memory: memoryHistogram([64 * MIB, hours]) },
  });

  it.each<[string, readonly ContainerProfile[], Readonly<Record<string, number>> | null]>([
    ['both at 0.3 of their requests', [container('app', 0.8, 0.24), container('proxy', 0.2, 0.06)], null],
    [
      'one below, in a pod that is above',
      [container('app', 0.6, 0.5), container('proxy', 0.4, 0.1)],
      { proxy: 0.12 },
    ],
    ['both below', [container('app', 0.8, 0.2), container('proxy', 0.2, 0.05)], { app: 0.24, proxy: 0.06 }],
    ['one without a request', [container('app', 1, 0.2), container('proxy', null, 0.3)], { app: 0.24 }],
    [
      '10 m at the least, for each',
      [container('app', 0.9, 0.5), container('proxy', 0.1, 0.001)],
      { proxy: 0.01 },
    ],
    ['history too short', [container('app', 1, 0.1, 23)], null],
    ['history just long enough', [container('app', 1, 0.1, 24)], { app: 0.12 }],
  ])('judges containers one by one: %s', (_, containers, proposed) => {
    const found = judge(rightsizingCpu, { containers }, { knowledge: { containers: null } });
    if (proposed === null) return expect(found).toBeNull();
    let freed = 0;
    for (const [name, to] of Object.entries(proposed)) {
      expect(Math.abs(Number(found?.proposed[`${name}.cpu_request_cores`]) / to - 1)).toBeLessThan(0.05);
      freed +=
        Number(found?.current[`${name}.cpu_request_cores`]) -
        Number(found?.proposed[`${name}.cpu_request_cores`]);
      expect(found?.patch.yaml).toContain(`name: ${name}\n`);
    }
    expect(found?.patch.yaml.match(/name: \w+\n\s+resources/g)).toHaveLength(Object.keys(proposed).length);
    expect(found?.proposed['cpu_request_cores']).toBeCloseTo(1 - freed, 9);
    const names = Object.keys(proposed);
    expect(found?.target.container).toBe(names.length === 1 ? names[0] : '');
    expect(found?.caveats).not.toContain('CONTAINERS_UNKNOWN');
    return expect(found?.caveats).not.toContain('CONTAINER_USE_UNKNOWN');
  });

  it('takes requests that were not collected from the cluster, and leaves out containers that are gone', () => {
    const containers = [container('app', null, 0.2), container('old', 1, 0.01)];
    const knowledge = knownOf(['app', 0.5], ['proxy', 0.5]);
    expect(judge(rightsizingCpu, { containers }, { knowledge })).toBeNull();
    const more = judge(rightsizingCpu, { containers }, { knowledge: knownOf(['app', 0.9], ['proxy', 0.1]) })!;
    expect(more.current).toMatchObject({ 'app.cpu_request_cores': 0.9 });
    expect(more.proposed).not.toHaveProperty(['old.cpu_request_cores']);
  });

  it('is told of an autoscaler', () => {
    const autoscalers = [
      {
        namespace: 'shop',
        workload: 'web',
        workloadType: 'Deployment',
        kind: 'HorizontalPodAutoscaler',
      } as const,
    ];
    const found = judge(rightsizingCpu, { cpu: cpuHistogram([0.1, WEEK]) }, { knowledge: { autoscalers } });
    expect(found?.caveats).toContain('AUTOSCALED');
  });

  it('frees what lies between the request and the larger of the new one and the use', () => {
    const found = judge(rightsizingCpu, { cpu: cpuHistogram([0.25, WEEK]) })!;
    expect(found.shares.cpu).toBeCloseTo(1 - 0.3, 6);
    expect(found.shares).toMatchObject({ dynamic: 0, memory: 0 });
  });
});

describe('memory rightsizing', () => {
  const low = { memory: memoryHistogram([200 * MIB, WEEK]) };

  it.each<[string, WorkloadOverrides, FactsOverrides, number | null]>([
    ['a mean of 0.3 of the request', { memory: memoryHistogram([308 * MIB, WEEK]) }, {}, null],
    ['a mean below', low, {}, 240 * MIB],
    ['16 MiB at the least', { memory: memoryHistogram([MIB, WEEK]) }, {}, 16 * MIB],
    [
      'was killed for want of it',
      low,
      { knowledge: { outOfMemory: new Set(['shop/Deployment/web']) } },
      null,
    ],
    ['restarted, nobody knows why', { ...low, restarts: 1 }, { knowledge: { outOfMemory: null } }, 400 * MIB],
    ['restarted for another reason', { ...low, restarts: 1 }, {}, 240 * MIB],
  ])('%s', (_, over, known, proposed) => {
    const found = judge(rightsizingMemory, over, known);
    if (proposed === null) expect(found).toBeNull();
    else expect(Math.abs(Number(found?.proposed['memory_request_bytes']) / proposed - 1)).toBeLessThan(0.05);
  });
});

describe('autoscaling candidate', () => {
  /** One hour in `every` at `high` cores, the others at `low`. */
  const bursts = (high: number, low: number, every: number): WorkloadOverrides => ({
    load: (hour) => (hour % every === 0 ? high : low),
    cpuRequest: 0.4,
  });

  it.each<[string, WorkloadOverrides, FactsOverrides, boolean]>([
    // Of k equal hours one at h and the rest at 1: mean (h + k - 1) / k.
    ['varies by 1.2 and peaks at 4.4 times the mean', bursts(8, 1, 12), {}, true],
    ['varies by 0.66', bursts(3.6, 1, 12), {}, false],
    ['peaks at 2.9 times the mean only', bursts(7.9, 1, 4), {}, false],
    ['has an autoscaler', bursts(8, 1, 12), { knowledge: { autoscalers: [hpa()] } }, false],
    ['has no request to go by', { ...bursts(8, 1, 12), cpuRequest: null }, {}, false],
    ['is a DaemonSet', { ...bursts(8, 1, 12), workloadType: 'DaemonSet' }, {}, false],
    [
      'seems to be scaled, when autoscalers are not known',
      { ...bursts(8, 1, 6), podsAt: (hour) => (hour % 6 === 0 ? 8 : 1) },
      { knowledge: { autoscalers: null } },
      false,
    ],
    [
      'is not scaled, when autoscalers are not known',
      bursts(8, 1, 12),
      { knowledge: { autoscalers: null } },
      true,
    ],
  ])('one that %s', (_, over, known, found) => {
    expect(judge(autoscalingCandidate, over, known) !== null).toBe(found);
  });

  it('wants as many pods as the peak needs at 70 % of the request', () => {
    const found = judge(autoscalingCandidate, { ...bursts(2.8, 0.2, 12), podsAt: () => 4 })!;
    expect(found.proposed).toMatchObject({ pods_min: 1, pods_max: 10 });
    // Of 12 hours 11 need one pod of four, and one needs all four.
    expect(found.shares.cpu).toBeCloseTo(1 - (11 * 1 + 4) / 48, 9);
    expect(found.patch.yaml).toContain('averageUtilization: 70');
  });
});

function hpa() {
  return {
    namespace: 'shop',
    workload: 'web',
    workloadType: 'Deployment',
    kind: 'HorizontalPodAutoscaler',
  } as const;
}

describe('off-peak scaling', () => {
  /** Local hours of Paris (UTC+2 in June); 1 Jun 2026 was a Monday. */
  const quietAt = (isQuiet: (hour: number, day: number) => boolean, quiet = 0.04): WorkloadOverrides => ({
    load: (i) => (isQuiet((i + 2) % 24, Math.floor((i + 2) / 24)) ? quiet : 1),
  });

  it.each<[string, WorkloadOverrides, FactsOverrides, boolean]>([
    ['four quiet hours', quietAt((h) => h < 4), {}, true],
    ['three quiet hours', quietAt((h) => h < 3), {}, false],
    ['four hours at 5 % of the peak', quietAt((h) => h < 4, 0.05), {}, false],
    ['five quiet days of seven', quietAt((h, day) => h < 4 && day >= 1 && day <= 5), {}, true],
    ['four quiet days of seven', quietAt((h, day) => h < 4 && day >= 1 && day <= 4), {}, false],
    ['quiet across midnight', quietAt((h) => h >= 22 || h < 2), {}, true],
    ['an autoscaler', quietAt((h) => h < 4), { knowledge: { autoscalers: [hpa()] } }, false],
    [
      'no pods in those hours already',
      { ...quietAt((h) => h < 4), podsAt: (i) => ((i + 2) % 24 < 4 ? 0 : 1) },
      {},
      false,
    ],
    ['nothing but quiet hours', { load: () => 0 }, {}, false],
  ])('%s', (_, over, known, found) => expect(judge(offPeakScaling, over, known) !== null).toBe(found));

  it('names the local hours and their time zone', () => {
    const found = judge(
      offPeakScaling,
      quietAt((h) => h >= 23 || h < 5),
    )!;
    expect(found.evidence).toMatchObject({ quiet_from_hour: 23, quiet_hours: 6 });
    expect(found.proposed).toMatchObject({
      from: '0 23 * * *',
      until: '0 5 * * *',
      time_zone: 'Europe/Paris',
    });
    expect(found.shares.cpu).toBeCloseTo(6 / 24, 6);
    const unknown = judge(offPeakScaling, { ...quietAt((h) => h < 4), gridZone: 'US' })!;
    expect(unknown.caveats).toContain('TIME_ZONE_UNKNOWN');
    expect(unknown.proposed['time_zone']).toBe('UTC');
  });

  it('is done by KEDA where the cluster has it', () => {
    const keda = { ...hpa(), workload: 'other', kind: 'ScaledObject' } as const;
    const over = quietAt((h) => h < 4);
    expect(judge(offPeakScaling, over, { knowledge: { autoscalers: [keda] } })?.patch.yaml).toContain(
      'keda.sh/v1alpha1',
    );
    expect(judge(offPeakScaling, over)?.patch.yaml).toContain('kind: CronJob');
  });
});
