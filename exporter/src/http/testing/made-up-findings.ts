/** Findings made by the domain's own functions of a made-up past, by the letter of the port: what tests of the API ask. */
import { budgetState } from '../../domain/budget/state.js';
import { periodAt } from '../../domain/budget/period.js';
import { zoneOutlook } from '../../domain/forecast/outlook.js';
import { DAY, HOUR } from '../../domain/interval.js';
import { judgeRelease, type ReleaseHour } from '../../domain/releases/finding.js';
import { sciOver } from '../../domain/sci/sci.js';
import { scoreOf } from '../../domain/score/score.js';
import { epochSeconds, gramsPerKwh, type EpochSeconds } from '../../domain/units.js';
import type { StoredIntensity } from '../../ports/factor-store.js';
import type {
  Finding,
  FindingKind,
  FindingsHistory,
  FindingsQuery,
  FindingTypes,
} from '../../ports/findings.js';
import type { IntensityHistory } from '../../ports/intensity-history.js';

type All = { readonly [K in FindingKind]: readonly FindingTypes[K][] };

const SUBJECTS: { readonly [K in FindingKind]: (body: FindingTypes[K]) => string } = {
  score: ({ namespace }) => namespace,
  budget: ({ budget }) => budget.name,
  outlook: ({ zone }) => zone,
  sci: ({ unit }) => `${unit.namespace}/${unit.workload}/${unit.unit}`,
  release: (f) => `${f.namespace}/${f.workload}/${f.revision}`,
};

/** g/kWh: twice as much in the evening as at noon. */
const courseAt = (hour: number): number => 150 - 50 * Math.cos((2 * Math.PI * ((hour / HOUR) % 24)) / 24);

/** @param now the last whole hour before it ends the past */
export function madeUpFindings(now: EpochSeconds): FindingsHistory & IntensityHistory {
  const to = epochSeconds(now - (now % HOUR));
  const all: All = {
    score: [scored('', to), scored('shop', to), scored('data', to)],
    budget: [budgeted(to)],
    outlook: [outlookOf('FR', to), zoneOutlook({ zone: 'DE', inUse: null, ...NOTHING }, to)],
    sci: [measured(to)],
    release: [released(to)],
  };
  return {
    findings: async <K extends FindingKind>({ kind, clusters }: FindingsQuery<K>) =>
      clusters.length > 0 && !clusters.includes('c')
        ? []
        : all[kind].map((body): Finding<FindingTypes[K]> => ({
            cluster: 'c',
            subject: SUBJECTS[kind](body),
            at: now,
            body,
          })),
    intensity: async ({ gridZone, range }) =>
      gridZone === 'FR' ? storedOf(to).filter(({ hour }) => hour >= range.from && hour < range.to) : [],
    intensityZones: async () => ['FR'],
  };
}

const NOTHING = { past: [], pastSource: '', ahead: [], aheadSource: '' };

function storedOf(to: EpochSeconds): StoredIntensity[] {
  return Array.from({ length: 28 * 24 }, (_, i) => epochSeconds(to - (28 * 24 - i) * HOUR)).flatMap(
    (hour) => {
      const point = { hour, value: gramsPerKwh(courseAt(hour)), provisional: false, fetchedAt: to };
      const other = { ...point, value: gramsPerKwh(1), source: 'prometheus' as const };
      return [{ ...point, source: 'electricity-maps' as const }, other];
    },
  );
}

function outlookOf(zone: string, to: EpochSeconds) {
  const past = storedOf(to)
    .filter(({ source }) => source === 'electricity-maps')
    .map(({ hour, value }) => ({ hour, value }));
  const inUse = { value: 101.5, source: 'electricity-maps' as const, time: epochSeconds(to - HOUR) };
  return zoneOutlook({ ...NOTHING, zone, inUse, past, pastSource: 'electricity-maps' }, to);
}

function scored(namespace: string, to: EpochSeconds) {
  const use = {
    namespace: namespace || 'shop',
    workload: 'web',
    workloadType: 'Deployment',
    podSeconds: 7 * DAY,
    cpu: { used: 40, requested: 100 },
    memory: { used: 80, requested: 100 },
    energy: 1e9,
    restarts: 3,
  };
  return scoreOf(namespace, { from: epochSeconds(to - 7 * DAY), to }, 0.99, {
    uses: [use],
    zones: [{ zone: 'FR', energy: 3.6e9, operational: 60e6 }],
    nodes: [{ node: 'n0', utilisation: 0.4, weight: 1 }],
    flagged: null,
  });
}

function budgeted(to: EpochSeconds) {
  const hours = Array.from({ length: 10 * 24 }, (_, i) => ({
    hour: epochSeconds(to - (240 - i) * HOUR),
    value: 2,
  }));
  const period = periodAt('week', 'UTC', to);
  const used = (2 * (to - period.from)) / HOUR;
  const limit = { amount: 'co2e' as const, value: 200, currency: '' };
  const scope = { kind: 'namespace' as const, namespace: 'shop' };
  return budgetState({ name: 'shop week', scope, limit, period: 'week', timeZone: 'UTC' }, period, to, {
    used,
    usedLow: used * 0.8,
    usedHigh: used * 1.3,
    coverage: 1,
    hours,
  });
}

function measured(to: EpochSeconds) {
  const hours = Array.from({ length: 48 }, (_, i) => epochSeconds(to - (48 - i) * HOUR));
  const emissions = hours.map((hour) => ({
    hour,
    energy: 36_000_000,
    operational: 2_000_000,
    embodied: 500_000,
  }));
  const units = new Map(hours.map((hour) => [hour as number, 1000]));
  const over = (days: number) => sciOver({ from: epochSeconds(to - days * DAY), to }, emissions, units);
  return {
    unit: {
      namespace: 'shop',
      workload: 'web',
      workloadType: '',
      unit: 'request',
      query: 'sum(increase(r[$window]))',
    },
    workloadType: 'Deployment',
    source: 'prometheus-units',
    day: over(1),
    window: over(7),
    problem: '',
  };
}

function released(to: EpochSeconds) {
  const at = epochSeconds(to - 2 * DAY);
  const side = (from: number, factor: number): ReleaseHour[] =>
    Array.from({ length: 48 }, (_, i) => ({
      hour: from + i * HOUR,
      units: 1000 + (i % 24),
      energy: factor * (1e6 + (i % 7)),
      emissions: factor * 1e5,
      cpuSeconds: factor * 100,
      podSeconds: 7200,
      cpuRequestSeconds: 3600,
    }));
  return judgeRelease({
    namespace: 'shop',
    workload: 'web',
    workloadType: 'Deployment',
    revision: 'web-7f6b5c9d8',
    previous: 'web-5c7d9b8f6',
    at,
    unit: 'request',
    load: 'expression',
    final: false,
    before: { range: { from: epochSeconds(at - 2 * DAY), to: at }, hours: side(at - 2 * DAY, 1) },
    after: { range: { from: at, to }, hours: side(at, 1.2) },
  });
}
