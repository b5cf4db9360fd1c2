/** Whether what was proposed is what a window now shows, and since when. */
import { DAY, HOUR } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import type { Observed } from './lifecycle.js';
import { localHour, localHours } from './local-time.js';
import type { KnownAutoscaler } from './knowledge.js';
import type { Recommendation } from './model.js';
import { kindOf } from './node-pool.js';
import { workloadKey, type NodeProfile, type UsageWindow, type WorkloadProfile } from './usage-window.js';

/** @param tolerance how far a request may be from the proposed one, as a share of it */
export function observeApplied(
  usage: UsageWindow,
  autoscalers: readonly KnownAutoscaler[] | null,
  tolerance: number,
): Observed {
  const workloads = new Map(usage.workloads.map((w) => [workloadKey(w), w]));
  const newest = usage.hours.length - 1;
  const hourAfter = (index: number): EpochSeconds => epochSeconds(usage.hours[Math.min(index + 1, newest)]!);
  const goneSince = (last: number): EpochSeconds | null => (last < newest ? hourAfter(last) : null);
  const appliedSince = (r: Recommendation): EpochSeconds | null => {
    const w = workloads.get(workloadKey(r.target));
    switch (r.type) {
      case 'RIGHTSIZING_CPU':
        return w
          ? requestedSince(usage, w, w.cpuRequests, changeOf(r, 'cpu_request_cores'), tolerance)
          : null;
      case 'RIGHTSIZING_MEMORY':
        return w
          ? requestedSince(usage, w, w.memoryRequests, changeOf(r, 'memory_request_bytes'), tolerance)
          : null;
      case 'ZOMBIE_WORKLOAD':
        return w ? goneSince(w.last) : r.lastSeen;
      case 'IDLE_NAMESPACE': {
        const lasts = usage.workloads.filter((x) => x.namespace === r.target.namespace).map((x) => x.last);
        return lasts.length > 0 ? goneSince(Math.max(...lasts)) : r.lastSeen;
      }
      case 'AUTOSCALING_CANDIDATE':
        return isAutoscaled(autoscalers, r) ? usage.range.to : null;
      case 'OFF_PEAK_SCALING':
        return w && newest - w.last < DAY / HOUR && isDownOffPeak(usage, w, r, tolerance)
          ? epochSeconds(usage.range.to - DAY)
          : null;
      case 'CARBON_AWARE_SCHEDULING':
        return w ? movedSince(usage, w, r) : null;
      case 'UNDERUTILIZED_NODE':
      case 'OVERPROVISIONED_NODE': {
        const node = usage.nodes.find((n) => n.node === r.target.node);
        if (!node) return null;
        if (isResized(node, r, tolerance)) return usage.range.to;
        return isOneLess(usage, node) ? goneSince(node.last) : null;
      }
    }
  };
  return { appliedSince };
}

/** Whether a machine that keeps its name has the proposed size: machines of one's own are resized in place. */
const isResized = (node: NodeProfile, r: Recommendation, tolerance: number): boolean =>
  r.type === 'OVERPROVISIONED_NODE' &&
  node.cpuCapacity < Number(r.current['cpu_cores']) &&
  node.cpuCapacity <= (1 + tolerance) * Number(r.proposed['cpu_cores']);

/** Whether there are fewer machines of its kind than a day before it went: one that was replaced by another saves nothing. */
function isOneLess(usage: UsageWindow, gone: NodeProfile): boolean {
  const alike = usage.nodes.filter((n) => kindOf(n) === kindOf(gone) && n.region === gone.region);
  const countAt = (index: number) => alike.filter((n) => n.first <= index && n.last >= index).length;
  return countAt(usage.hours.length - 1) < countAt(Math.max(0, gone.last - DAY / HOUR));
}

interface Change {
  readonly from: number;
  readonly to: number;
}

const changeOf = ({ current, proposed }: Recommendation, figure: string): Change => ({
  from: Number(current[figure]),
  to: Number(proposed[figure]),
});

/**
 * The first hour of those up to the newest in which the request is near what was proposed. Where that is a small part of the
 * request of a pod, as of one container of several, near is measured by the part.
 */
function requestedSince(
  usage: UsageWindow,
  w: WorkloadProfile,
  requests: Float32Array,
  { from, to }: Change,
  tolerance: number,
): EpochSeconds | null {
  const room = tolerance * Math.min(to, Math.abs(from - to));
  const isNear = (request: number) => Math.abs(request - to) <= room;
  let i = w.last;
  if (!isNear(requests[i]!)) return null;
  // Hours without a pod say nothing of its request.
  while (i > w.first && (requests[i - 1]! === 0 || isNear(requests[i - 1]!))) i--;
  return usage.hours[i]!;
}

function isAutoscaled(autoscalers: readonly KnownAutoscaler[] | null, { target }: Recommendation): boolean {
  return (autoscalers ?? []).some(
    (a) =>
      a.namespace === target.namespace &&
      a.workload === target.workload &&
      a.workloadType === target.workloadType,
  );
}

/** Over the last day: pods in the quiet hours against those of the others. */
function isDownOffPeak(
  usage: UsageWindow,
  w: WorkloadProfile,
  r: Recommendation,
  tolerance: number,
): boolean {
  const from = Number(r.evidence['quiet_from_hour']);
  const length = Number(r.evidence['quiet_hours']);
  const hours = localHours(usage.hours, String(r.proposed['time_zone']));
  const sums = { quiet: 0, quietHours: 0, busy: 0, busyHours: 0 };
  for (let i = Math.max(0, hours.length - DAY / HOUR); i < hours.length; i++) {
    const isQuiet = (hours[i]!.hour - from + 24) % 24 < length;
    sums[isQuiet ? 'quiet' : 'busy'] += w.pods[i]!;
    sums[isQuiet ? 'quietHours' : 'busyHours']++;
  }
  if (sums.quietHours < length || sums.busy === 0) return false;
  return sums.quiet / sums.quietHours <= tolerance * (sums.busy / sums.busyHours);
}

/**
 * The start of the first of its last runs that were each within an hour of a proposed time of day, when they are as many as are
 * proposed and at all of these times; of one run a day the start of the last.
 */
function movedSince(
  usage: UsageWindow,
  w: WorkloadProfile,
  { proposed }: Recommendation,
): EpochSeconds | null {
  const wanted = String(proposed['start_hours'] ?? proposed['start_hour'])
    .split(',')
    .map(Number);
  const last = startsOf(w).slice(-wanted.length);
  const hours = last.map((index) => localHour(usage.hours[index]!, String(proposed['time_zone'])).hour);
  const ascending = (values: readonly number[]) => values.toSorted((x, y) => x - y);
  const met = ascending(hours);
  const isMoved = ascending(wanted).every((hour, k) => k < met.length && isNear(met[k]!, hour));
  return isMoved ? usage.hours[last[0]!]! : null;
}

/** Hours in which a run began. */
const startsOf = (w: WorkloadProfile): readonly number[] =>
  [...w.dynamic.keys()].filter((i) => w.dynamic[i]! > 0 && !(w.dynamic[i - 1]! > 0));

/** Hours of the day at most one apart. */
function isNear(a: number, b: number): boolean {
  const away = Math.abs(a - b);
  return Math.min(away, 24 - away) <= 1;
}
