/** Releases of the last two weeks, found by the revisions of their pods, and what each changed per unit of work. */
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { judgeRelease, type ReleaseFinding, type ReleaseHour } from '../domain/releases/finding.js';
import { rolloutsOf, type Rollout } from '../domain/releases/revision.js';
import type { FunctionalUnit } from '../domain/sci/sci.js';
import { epochSeconds, type EpochSeconds } from '../domain/units.js';
import type { Finding } from '../ports/findings.js';
import type { Revision, RevisionHistory, RevisionHour, WorkloadName } from '../ports/revision-history.js';
import type { UnitSource } from '../ports/unit-source.js';
import { unitsOf } from './sci.js';
import type { StatusKeeper } from './status.js';

export interface ReleaseDeps {
  readonly cluster: string;
  readonly revisions: RevisionHistory;
  /** Null: nobody can be asked for units; traffic stands for the load. */
  readonly source: UnitSource | null;
  readonly units: readonly FunctionalUnit[];
  readonly status?: Pick<StatusKeeper, 'ask'> | undefined;
  /** Let others run: called between some hours and the next. */
  readonly pause: () => Promise<void>;
}

/** How far back rollouts are looked for. */
const LOOKBACK = 14 * DAY;
/** How much of what ran before and after a rollout is compared. */
const SIDE = 7 * DAY;
/** Releases that are still being judged, at most: the newest. */
const MAX_OPEN = 50;
/** Judged ones are kept for this long. */
const KEEP = 30 * DAY;
/** Hours read between two pauses. */
const AT_A_TIME = 12;
/** A revision that ended longer before the next began has not been followed by it. */
const IDLE = HOUR;
const MEGABYTE = 1e6;

interface Release extends WorkloadName {
  readonly rollout: Rollout;
}

/** @param stored what was found before: releases that are judged for good are not looked at again */
export async function computeReleases(
  deps: ReleaseDeps,
  stored: readonly Finding<ReleaseFinding>[],
  now: EpochSeconds,
  signal: AbortSignal,
): Promise<readonly ReleaseFinding[]> {
  const to = floorTo(now, HOUR);
  const range = { from: epochSeconds(to - LOOKBACK), to };
  // What earlier versions found has ReplicaSets and no revisions: it is found anew.
  const kept = stored
    .map(({ body }) => body)
    .filter((body) => 'revision' in body && body.final && body.at >= now - KEEP);
  const judged = new Set(kept.map((f) => subjectOf(f)));
  const open = releasesIn(await deps.revisions.revisions(deps.cluster, range))
    .filter(
      ({ rollout: { next }, ...named }) => !judged.has(subjectOf({ ...named, revision: next.revision })),
    )
    .toSorted((a, b) => b.rollout.next.first - a.rollout.next.first)
    .slice(0, MAX_OPEN);
  const hours = await hoursOf(deps, open, range, signal);
  const findings = [...kept];
  for (const release of open) {
    if (signal.aborted) break;
    findings.push(await judge(deps, release, hours, range, signal));
  }
  return findings.toSorted((a, b) => b.at - a.at);
}

export const subjectOf = (
  f: Pick<ReleaseFinding, 'namespace' | 'workload' | 'workloadType' | 'revision'>,
): string => `${f.namespace}/${f.workloadType}/${f.workload}/${f.revision}`;

function releasesIn(revisions: readonly Revision[]): readonly Release[] {
  const byWorkload = new Map<string, Revision[]>();
  for (const revision of revisions) {
    const key = keyOf(revision);
    const known = byWorkload.get(key);
    if (known) known.push(revision);
    else byWorkload.set(key, [revision]);
  }
  return [...byWorkload.values()].flatMap((spans) => {
    const { namespace, workload, workloadType } = spans[0]!;
    return rolloutsOf(spans, IDLE).map((rollout) => ({ namespace, workload, workloadType, rollout }));
  });
}

const keyOf = ({ namespace, workload, workloadType }: WorkloadName): string =>
  `${namespace}\u0000${workloadType}\u0000${workload}`;

/** Hours of all open releases' workloads, by workload. */
async function hoursOf(
  { cluster, revisions, pause }: ReleaseDeps,
  open: readonly Release[],
  range: TimeRange,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly RevisionHour[]>> {
  const workloads = [...new Map(open.map((r) => [keyOf(r), r])).values()];
  const hours = new Map<string, RevisionHour[]>(workloads.map((w) => [keyOf(w), []]));
  if (workloads.length === 0) return hours;
  const step = AT_A_TIME * HOUR;
  for (let from = range.from as number; from < range.to && !signal.aborted; from += step) {
    await pause();
    const part = { from: epochSeconds(from), to: epochSeconds(Math.min(from + step, range.to)) };
    for (const line of await revisions.revisionHours({ cluster, range: part, workloads })) {
      hours.get(keyOf(line))!.push(line);
    }
  }
  return hours;
}

async function judge(
  deps: ReleaseDeps,
  { rollout, ...named }: Release,
  hours: ReadonlyMap<string, readonly RevisionHour[]>,
  range: TimeRange,
  signal: AbortSignal,
): Promise<ReleaseFinding> {
  const { previous, next, until } = rollout;
  const at = next.first;
  const before = { from: epochSeconds(Math.max(range.from, at - SIDE)), to: at };
  const end = Math.min(at + SIDE, until ?? Infinity);
  const after = { from: at, to: epochSeconds(Math.max(at, Math.min(end, range.to))) };
  const alone = hoursAlone(hours.get(keyOf(named)) ?? []);
  const load = await loadOf(deps, named, range, signal);
  const sideOf = (side: TimeRange, revision: string) => ({
    range: side,
    hours: alone
      .filter((h) => h.revision === revision && h.hour >= side.from && h.hour + HOUR <= side.to)
      .map((h) => releaseHour(h, load.unitsIn(h))),
  });
  return judgeRelease({
    ...named,
    revision: next.revision,
    previous: previous.revision,
    at,
    unit: load.unit,
    load: load.source,
    before: sideOf(before, previous.revision),
    after: sideOf(after, next.revision),
    final: end <= range.to,
  });
}

/** Hours in which only one revision of the workload had pods. */
function hoursAlone(hours: readonly RevisionHour[]): readonly RevisionHour[] {
  const revisions = new Map<number, number>();
  for (const { hour } of hours) revisions.set(hour, (revisions.get(hour) ?? 0) + 1);
  return hours.filter(({ hour }) => revisions.get(hour) === 1);
}

interface Load {
  readonly unit: string;
  readonly source: ReleaseFinding['load'];
  readonly unitsIn: (hour: RevisionHour) => number;
}

async function loadOf(
  { source, units, status }: ReleaseDeps,
  { namespace, workload, workloadType }: WorkloadName,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Load> {
  const entry = units.find(
    (unit) =>
      unit.namespace === namespace &&
      unit.workload === workload &&
      (unit.workloadType === '' || unit.workloadType === workloadType),
  );
  if (!entry || !source) {
    return {
      unit: 'megabyte received',
      source: 'traffic',
      unitsIn: ({ receivedBytes }) => receivedBytes / MEGABYTE,
    };
  }
  const outcome = await unitsOf({ source, status }, entry.query, range, signal);
  const points = new Map<number, number>(
    outcome.ok ? outcome.value.map(({ hour, value }) => [hour, value]) : [],
  );
  // Without an answer no hour has a load, and the verdict is that there is too little data.
  return { unit: entry.unit, source: 'expression', unitsIn: ({ hour }) => points.get(hour) ?? 0 };
}

const releaseHour = (h: RevisionHour, units: number): ReleaseHour => ({
  hour: h.hour,
  units,
  energy: h.energy,
  emissions: h.operational + h.embodied,
  cpuSeconds: h.cpuSeconds,
  podSeconds: h.podSeconds,
  cpuRequestSeconds: h.cpuRequestSeconds,
});
