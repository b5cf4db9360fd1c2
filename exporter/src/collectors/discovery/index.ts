/** Finds Prometheus and OpenCost among the Services of the cluster, and says how it chose. Explicit URLs are the caller's to prefer. */
import type { ClusterService } from '../../ports/cluster-services.js';
import type { Probe } from './probe.js';
import { rank, type Scored } from './score.js';
import { SIGNS, type App } from './signs.js';

export { createProbe, type Probe, type ProbeOptions } from './probe.js';
export type { Scored } from './score.js';
export type { App } from './signs.js';

export interface Candidate extends Scored {
  /** "ok: Prometheus 2.42.0", "failed: …", or "not asked". */
  readonly probe: string;
}

export interface Discovered {
  /** The best candidate that answered; null: none did. */
  readonly url: string | null;
  /** Best first, at most ten. */
  readonly candidates: readonly Candidate[];
  /** One line for the log and /health/services. */
  readonly explanation: string;
}

/** Candidates asked for one app; a cluster with more look-alikes needs the URL set. */
const MAX_PROBES = 5;
const MAX_SHOWN = 10;

export async function discover(
  app: App,
  services: readonly ClusterService[],
  probe: Probe,
  signal?: AbortSignal,
): Promise<Discovered> {
  const ranked = rank(app, services);
  const candidates: Candidate[] = [];
  let chosen: Candidate | null = null;
  for (const scored of ranked) {
    if (chosen !== null || candidates.length >= MAX_PROBES || signal?.aborted) {
      candidates.push({ ...scored, probe: 'not asked' });
      continue;
    }
    const outcome = await probe(app, scored.url, signal);
    const said = outcome.ok ? `ok: ${outcome.value}` : `failed: ${outcome.message}`;
    const candidate = { ...scored, probe: said };
    candidates.push(candidate);
    if (outcome.ok) chosen = candidate;
  }
  return {
    url: chosen?.url ?? null,
    candidates: candidates.slice(0, MAX_SHOWN),
    explanation: explain(app, chosen, candidates, services.length),
  };
}

function explain(app: App, chosen: Candidate | null, all: readonly Candidate[], services: number): string {
  const { setting } = SIGNS[app];
  if (chosen !== null) {
    const others = all.length === 1 ? 'the only candidate' : `the best of ${all.length} candidates`;
    return `${app}: using ${chosen.url}, ${others} (${chosen.reasons.join(', ')}; ${chosen.probe}); ${setting} overrides it`;
  }
  if (all.length === 0) return `${app}: none of ${services} Services looks like it; set ${setting}`;
  const tried = all.filter(({ probe }) => probe !== 'not asked').map(({ url, probe }) => `${url} ${probe}`);
  return `${app}: no candidate answered (${tried.join('; ')}); set ${setting}`;
}
