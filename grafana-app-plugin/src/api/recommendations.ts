/** Recommendations: what of the API's answer is shown, and what is done with one. */
import type { GreenKubeApi } from './client';
import type { components } from './schema';

export type Status = 'active' | 'applied' | 'ignored' | 'stale';
export type Details = Readonly<Record<string, unknown>>;

interface Money {
  readonly currency: string;
  readonly amount: number;
}

export interface Recommendation {
  readonly id: string;
  readonly type: string;
  readonly status: Status;
  readonly priority: string;
  readonly confidence: number;
  readonly target: {
    readonly cluster: string;
    readonly namespace: string | null;
    readonly workload: string | null;
    readonly workload_type: string | null;
    readonly container: string | null;
    readonly node: string | null;
  };
  readonly current: Details;
  readonly proposed: Details;
  readonly evidence: Details;
  readonly savings: {
    readonly co2e_grams_per_year: number;
    readonly cost_per_year: Money | null;
  };
  /** Measured since it was applied; null: not applied, or too short a time ago. */
  readonly realised: { readonly co2e_grams: number; readonly verdict: string } | null;
  /** When it got its status. */
  readonly since: string;
  readonly first_seen: string;
  readonly last_seen: string;
}

/** What the last scan of a cluster found in all. */
export type Scan = components['schemas']['RecommendationScan'];

const pathOf = (id: string): string => `/api/v1/recommendations/${encodeURIComponent(id)}`;

/** The patch as YAML, with its command in the first comment. */
export const fetchPatch = (api: GreenKubeApi, id: string): Promise<string> => api.text(`${pathOf(id)}/patch`);

export const LIFECYCLE = {
  apply: (api: GreenKubeApi, id: string) => api.change('PATCH', `${pathOf(id)}/apply`),
  ignore: (api: GreenKubeApi, id: string) => api.change('PATCH', `${pathOf(id)}/ignore`),
  restore: (api: GreenKubeApi, id: string) => api.change('DELETE', `${pathOf(id)}/ignore`),
} as const;
export type LifecycleAction = keyof typeof LIFECYCLE;

/** What can be done with one, by its status. */
export const ACTIONS: Readonly<Record<Status, readonly LifecycleAction[]>> = {
  active: ['apply', 'ignore'],
  applied: [],
  ignored: ['restore'],
  stale: [],
};
