/** What a release changed: energy, emissions and CPU time per unit of work before and after it, and a verdict. */
import type { TimeRange } from '../interval.js';
import type { EpochSeconds } from '../units.js';
import { compareMatched, type Change, type LoadHour } from './matched.js';

/**
 * "moved": energy per unit changed, but neither CPU time per unit nor what the pods reserve: they run on other machines. It is not
 * the release's doing.
 */
export const VERDICTS = ['regressed', 'improved', 'moved', 'not-distinguishable', 'too-little-data'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a unit of work is: of the workload's entry in SCI_FILE, or a byte that its pods received. */
export const LOAD_SOURCES = ['expression', 'traffic'] as const;
export type LoadSource = (typeof LOAD_SOURCES)[number];

/** One hour of one revision alone. */
export interface ReleaseHour {
  readonly hour: number;
  readonly units: number;
  /** mJ. */
  readonly energy: number;
  /** ug, both scopes. */
  readonly emissions: number;
  readonly cpuSeconds: number;
  readonly podSeconds: number;
  /** Cores x s. */
  readonly cpuRequestSeconds: number;
}

export interface ReleaseSide {
  readonly range: TimeRange;
  /** Hours in which no other revision ran and work was done. */
  readonly hours: number;
  readonly units: number;
}

export interface ReleaseFinding {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadType: string;
  /** Name of its ReplicaSet or ControllerRevision, and of the one before. */
  readonly revision: string;
  readonly previous: string;
  /** When the first pod of the release was there. */
  readonly at: EpochSeconds;
  readonly unit: string;
  readonly load: LoadSource;
  readonly before: ReleaseSide;
  readonly after: ReleaseSide;
  /** J, g and CPU s per unit; null: not enough hours of the same load. */
  readonly joules: Change | null;
  readonly grams: Change | null;
  readonly cpuSeconds: Change | null;
  /** CPU request of a pod after / before, by which it is given idle power and embodied emissions; null: there is none. */
  readonly requestRatio: number | null;
  readonly verdict: Verdict;
  /** No later hour will change it. */
  readonly final: boolean;
}

export interface ReleaseObserved extends Pick<
  ReleaseFinding,
  'namespace' | 'workload' | 'workloadType' | 'revision' | 'previous' | 'at' | 'unit' | 'load' | 'final'
> {
  readonly before: { readonly range: TimeRange; readonly hours: readonly ReleaseHour[] };
  readonly after: { readonly range: TimeRange; readonly hours: readonly ReleaseHour[] };
}

/** Change below which a release is not called better or worse, however certain it is. */
const NOTABLE = 0.05;
/** Change of a pod's request that counts as one of what is reserved. */
const REQUEST_CHANGED = 0.02;

export function judgeRelease(observed: ReleaseObserved): ReleaseFinding {
  const { before, after, ...named } = observed;
  const compared = (amount: (hour: ReleaseHour) => number): Change | null =>
    compareMatched(loadHours(before.hours, amount), loadHours(after.hours, amount));
  const joules = compared((h) => h.energy / 1e3);
  const grams = compared((h) => h.emissions / 1e6);
  const cpuSeconds = compared((h) => h.cpuSeconds);
  const requestRatio = ratioOf(requestOf(after.hours), requestOf(before.hours));
  return {
    ...named,
    before: sideOf(before),
    after: sideOf(after),
    joules,
    grams,
    cpuSeconds,
    requestRatio,
    verdict: verdictOf(joules, cpuSeconds, requestRatio),
  };
}

function verdictOf(joules: Change | null, cpu: Change | null, requestRatio: number | null): Verdict {
  if (joules === null || cpu === null) return 'too-little-data';
  const direction = directionOf(joules);
  if (direction === 0) return 'not-distinguishable';
  const requested = requestRatio === null ? 0 : requestRatio - 1;
  const reserved = Math.abs(requested) > REQUEST_CHANGED && Math.sign(requested) === direction;
  const confirmed = reserved || explains(cpu, joules, direction);
  if (!confirmed) return 'moved';
  return direction > 0 ? 'regressed' : 'improved';
}

/**
 * Whether CPU time changed the same way, certainly and by enough: a pod's energy follows its CPU time only in part, so that a release
 * changes CPU time more than energy; half as much leaves room for noise.
 */
function explains(cpu: Change, joules: Change, direction: -1 | 1): boolean {
  const certain = direction > 0 ? cpu.low > 1 : cpu.high < 1;
  return certain && Math.abs(Math.log(cpu.ratio)) >= Math.abs(Math.log(joules.ratio)) / 2;
}

/** 1: takes notably more; -1: notably less; 0: neither, or not certain. */
function directionOf({ ratio, low, high }: Change): -1 | 0 | 1 {
  if (low > 1 && ratio >= 1 + NOTABLE) return 1;
  return high < 1 && ratio <= 1 / (1 + NOTABLE) ? -1 : 0;
}

const loadHours = (hours: readonly ReleaseHour[], amountOf: (hour: ReleaseHour) => number): LoadHour[] =>
  hours
    .map((h) => ({ hour: h.hour, units: h.units, amount: amountOf(h) }))
    .filter(({ units, amount }) => units > 0 && amount > 0);

const sideOf = ({ range, hours }: ReleaseObserved['before']): ReleaseSide => {
  const worked = hours.filter(({ units }) => units > 0);
  return { range, hours: worked.length, units: worked.reduce((sum, { units }) => sum + units, 0) };
};

/** Mean CPU request of a pod; null: none has one. */
function requestOf(hours: readonly ReleaseHour[]): number | null {
  const sum = (of: (h: ReleaseHour) => number): number => hours.reduce((total, h) => total + of(h), 0);
  const pods = sum((h) => h.podSeconds);
  if (pods === 0) return null;
  const request = sum((h) => h.cpuRequestSeconds) / pods;
  return request > 0 ? request : null;
}

const ratioOf = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after / before;
