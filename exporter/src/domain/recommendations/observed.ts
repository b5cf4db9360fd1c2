/** Whether what was proposed is what a window now shows, and since when. */
import { DAY, HOUR } from '../interval.js';
import { epochSeconds, type EpochSeconds } from '../units.js';
import type { Observed } from './lifecycle.js';
import { localHour, localHours } from './local-time.js';
import type { KnownAutoscaler } from './knowledge.js';
import type { Recommendation } from './model.js';
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
          ? requestedSince(usage, w, w.cpuRequests, Number(r.proposed['cpu_request_cores']), tolerance)
          : null;
      case 'RIGHTSIZING_MEMORY':
        return w
          ? requestedSince(usage, w, w.memoryRequests, Number(r.proposed['memory_request_bytes']), tolerance)
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
        return node && isOneLess(usage, node) ? goneSince(node.last) : null;
      }
    }
  };
  return { appliedSince };
}

/** Whether there are fewer machines of its kind than a day before it went: one that was replaced by another saves nothing. */
function isOneLess(usage: UsageWindow, gone: NodeProfile): boolean {
  const alike = usage.nodes.filter((n) => n.instanceType === gone.instanceType && n.region === gone.region);
  const countAt = (index: number) => alike.filter((n) => n.first <= index && n.last >= index).length;
  return countAt(usage.hours.length - 1) < countAt(Math.max(0, gone.last - DAY / HOUR));
}

/** The first hour of those up to the newest in which the request is near what was proposed. */
function requestedSince(
  usage: UsageWindow,
  w: WorkloadProfile,
  requests: Float32Array,
  proposed: number,
  tolerance: number,
): EpochSeconds | null {
  const isNear = (request: number) => Math.abs(request - proposed) <= tolerance * proposed;
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

/** The start of its last run, when that is within an hour of the proposed time of day. */
function movedSince(usage: UsageWindow, w: WorkloadProfile, r: Recommendation): EpochSeconds | null {
  let last = usage.hours.length - 1;
  while (last > w.first && w.dynamic[last] === 0) last--;
  while (last > w.first && w.dynamic[last - 1]! > 0) last--;
  const { hour } = localHour(usage.hours[last]!, String(r.proposed['time_zone']));
  const away = Math.abs(hour - Number(r.proposed['start_hour']));
  return Math.min(away, 24 - away) <= 1 ? usage.hours[last]! : null;
}
