/** From the pipeline's status to what /readyz, /health and the landing page say of it. */
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { PipelineStatus, SourceStatus } from '../ports/status.js';
import { formatDuration } from '../pipeline/query-range.js';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** A check that is not required never fails readiness. */
  readonly required: boolean;
  /** Null when all is well. A code or a plain sentence: nothing that names a host, a path or a workload. */
  readonly reason: string | null;
}

export interface Assessment {
  readonly ready: boolean;
  readonly checks: readonly Check[];
  readonly freshness: Freshness;
}

export interface Freshness {
  readonly lastCompleted: EpochSeconds | null;
  /** Seconds since the end of the newest complete interval, or since the start of the server when there is none. */
  readonly age: number;
  readonly staleAfter: number;
  readonly stale: boolean;
}

const MIN_STALE_SECONDS = 15 * 60;

export function assess(
  status: PipelineStatus,
  times: { readonly now: EpochSeconds; readonly startedAt: EpochSeconds; readonly step: Seconds },
): Assessment {
  const freshness = freshnessOf(status, times);
  const checks = [
    databaseCheck(status),
    ...roleCheck(status),
    ...(status.standby ? [] : [freshnessCheck(status, freshness)]),
    ...status.sources.map(sourceCheck),
  ];
  return { ready: checks.every((c) => c.ok || !c.required), checks, freshness };
}

function freshnessOf(
  { lastCompleted }: PipelineStatus,
  { now, startedAt, step }: { now: EpochSeconds; startedAt: EpochSeconds; step: Seconds },
): Freshness {
  const staleAfter = Math.max(3 * step, MIN_STALE_SECONDS);
  const age = Math.max(0, now - (lastCompleted ?? startedAt));
  return { lastCompleted, age, staleAfter, stale: age > staleAfter };
}

function databaseCheck({ databaseError }: PipelineStatus): Check {
  const ok = databaseError === null;
  return { name: 'database', ok, required: true, reason: ok ? null : 'the ledger cannot be written' };
}

/** Which of several replicas this is; what the collecting one knows of freshness is not known here. */
function roleCheck({ standby }: PipelineStatus): readonly Check[] {
  if (standby === undefined) return [];
  const reason = standby ? 'standby: another replica collects, this one serves' : 'collecting';
  return [{ name: 'role', ok: true, required: false, reason }];
}

/** The first backfill may take longer than data stay fresh; it is progress, not staleness. */
function freshnessCheck(
  { backfill }: PipelineStatus,
  { lastCompleted, age, staleAfter, stale }: Freshness,
): Check {
  const since =
    lastCompleted === null ? 'no interval is complete yet' : `newest data end ${Math.round(age)} s ago`;
  if (!stale)
    return { name: 'freshness', ok: true, required: true, reason: lastCompleted === null ? since : null };
  return {
    name: 'freshness',
    ok: backfill !== null,
    required: true,
    reason: `${since}, more than ${formatDuration(staleAfter)}${backfill === null ? '' : '; backfill under way'}`,
  };
}

/** A source that is not required may have nothing to be asked for a long time: when all that is due is in already. */
function sourceCheck(source: SourceStatus): Check {
  const { name, up, required } = source;
  return { name, ok: up ?? !required, required, reason: reasonOf(source) };
}

function reasonOf({ up, lastError }: SourceStatus): string | null {
  if (up === true) return null;
  return up === null ? 'not asked yet' : (lastError?.reason ?? 'down');
}
