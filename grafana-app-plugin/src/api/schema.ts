/** Generated from the OpenAPI document of the exporter by `pnpm gen`: change the schemas of exporter/src/http. */

export interface paths {
    readonly "/": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A page for people: version, freshness, state of the sources, links */
        readonly get: operations["getLanding"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/backfill": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Collect what the ledger does not hold complete of a range, as far as the source still has it */
        readonly post: operations["postBackfill"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/budgets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The configured budgets: used, how fast, and what they come to by the end of their period */
        readonly get: operations["getBudgets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/clusters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Clusters that the database holds, with the time that is known of each */
        readonly get: operations["getClusters"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The configuration in effect, each key with its origin, secrets redacted */
        readonly get: operations["getConfig"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/energy/comparison": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Estimated against measured energy of the same scope, by node or instance type and meter */
        readonly get: operations["getEnergyComparison"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/explain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The formula of one figure of one interval: each factor with value, source, version, year, age and band */
        readonly get: operations["getExplain"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How the exporter and each of its sources do */
        readonly get: operations["getHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/health/services": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Each service that the exporter works with: status, latency, last success */
        readonly get: operations["getHealthServices"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/health/services/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One service */
        readonly get: operations["getHealthServicesName"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/intensity": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Carbon intensity of the electricity of a zone, hour by hour, with source and age */
        readonly get: operations["getIntensity"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/intensity/forecast": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Carbon intensity of the hours ahead, and the best window for a job of given length */
        readonly get: operations["getIntensityForecast"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Jobs since the start of the process, newest first; the last 100 that have ended are remembered */
        readonly get: operations["getJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One job with its progress */
        readonly get: operations["getJobsId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: one row a pod and node, summed over the range, in the order of their names */
        readonly get: operations["getCompatMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/by-namespace": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: sums by namespace, largest first; what nodes did beside pods is __system__ and __idle__ */
        readonly get: operations["getCompatMetricsByNamespace"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/dashboard-summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: the sums of the windows 1h, 6h, 24h, 7d, 30d, 1y, ytd, up to date */
        readonly get: operations["getCompatMetricsDashboardSummary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/dashboard-timeseries/{slug}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: one window over time, by hour (to 24h), day (to 30d), ISO week (1y) or month (ytd) */
        readonly get: operations["getCompatMetricsDashboardTimeseriesSlug"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: sums of the range, and how many pods and namespaces there were */
        readonly get: operations["getCompatMetricsSummary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/timeseries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: sums by hour, day, ISO week or month; null where nothing is known */
        readonly get: operations["getCompatMetricsTimeseries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics/top-pods": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** GreenKube 0.2: the pods with the largest operational emissions */
        readonly get: operations["getCompatMetricsTopPods"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/namespaces": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Namespaces seen in a range */
        readonly get: operations["getNamespaces"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/nodes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nodes seen in a range, with the factors of their newest interval and where each comes from */
        readonly get: operations["getNodes"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Recommendations of any status, largest savings first, with what they claim to save and can save */
        readonly get: operations["getRecommendations"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One recommendation with its evidence */
        readonly get: operations["getRecommendationsId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/{id}/apply": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /** Say that it has been followed: its savings are measured from now on */
        readonly patch: operations["patchRecommendationsIdApply"];
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/{id}/ignore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Take the ignoring back */
        readonly delete: operations["deleteRecommendationsIdIgnore"];
        readonly options?: never;
        readonly head?: never;
        /** Say that it is not wanted: it stays ignored through scans */
        readonly patch: operations["patchRecommendationsIdIgnore"];
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/{id}/patch": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Its patch as YAML, with the command that applies it in the first line */
        readonly get: operations["getRecommendationsIdPatch"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/active": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Recommendations that wait for somebody */
        readonly get: operations["getRecommendationsActive"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/applied": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Recommendations that were followed, with what was saved */
        readonly get: operations["getRecommendationsApplied"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Changes of status, newest first */
        readonly get: operations["getRecommendationsHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/ignored": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Recommendations that somebody does not want */
        readonly get: operations["getRecommendationsIgnored"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/savings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What applied recommendations have saved, hour by hour against the same hours of the week before */
        readonly get: operations["getRecommendationsSavings"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/scan": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Look at everything again now, not only when the next hour is whole */
        readonly post: operations["postRecommendationsScan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recommendations/top": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The active recommendations with the largest savings */
        readonly get: operations["getRecommendationsTop"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/releases": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Releases of workloads: energy and emissions per unit of work before and after, and a verdict */
        readonly get: operations["getReleases"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/report/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A report as a file: one row a period and group, with scopes, method, sources and a hash of the rows */
        readonly get: operations["getReportExport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/report/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a report of a range comes to */
        readonly get: operations["getReportSummary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/report/years": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Calendar years (UTC) between the oldest and the newest known interval, ascending */
        readonly get: operations["getReportYears"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/sci": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Software Carbon Intensity (ISO/IEC 21031) of the workloads whose unit of work is configured */
        readonly get: operations["getSci"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/score": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Sustainability score of the cluster and of each namespace, with the points lost and to what */
        readonly get: operations["getScore"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/series": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Energy, emissions and cost over time: one series a group and metric */
        readonly get: operations["getSeries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/totals": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Energy, emissions and cost of a range: one row a group, and the total of all groups */
        readonly get: operations["getTotals"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/version": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is running */
        readonly get: operations["getVersion"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/workloads": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Workloads seen in a range */
        readonly get: operations["getWorkloads"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/livez": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process answers */
        readonly get: operations["getLivez"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The last published snapshot in the Prometheus text format or OpenMetrics */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/prometheus/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same snapshot under the names of GreenKube 0.2 (COMPAT_METRICS=true) */
        readonly get: operations["getPrometheusMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether data are fresh and every required source answers; 503 if not, with the same body */
        readonly get: operations["getReadyz"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Budget: {
            /**
             * Format: date-time
             * @description Up to when use counts
             */
            readonly as_of: string;
            /** @description Use so far over an even use of the budget: 1 lasts exactly for the period */
            readonly burn_rate: number | null;
            /** @description The same of the last 24 hours */
            readonly burn_rate_24h: number | null;
            /** @description Share of the elapsed part of the period that is known */
            readonly coverage: number;
            /** Format: date-time */
            readonly from: string;
            /** @description Cluster, and namespace or label:<key>, that the budget is of */
            readonly key: {
                readonly [key: string]: string;
            };
            readonly limit: number;
            readonly name: string;
            /** @enum {string} */
            readonly period: "day" | "week" | "month";
            /** @description At the end of the period, with a 90 % band; null: too little is known */
            readonly projected: {
                readonly high: number;
                readonly low: number;
                readonly value: number;
            } | null;
            /** @description projected / limit */
            readonly projected_ratio: number | null;
            /**
             * Format: date-time
             * @description When the limit is or was reached; null: not within the period
             */
            readonly runs_out_at: string | null;
            /** @enum {string} */
            readonly status: "ok" | "at-risk" | "exhausted" | "unknown";
            readonly time_zone: string;
            /** Format: date-time */
            readonly to: string;
            /** @description g, kWh, or the currency */
            readonly unit: string;
            readonly used: number;
            /** @description By what is uncertain about the figure; null for money */
            readonly used_high: number | null;
            /** @description By what is uncertain about the figure; null for money */
            readonly used_low: number | null;
            readonly used_ratio: number;
        };
        readonly Budgets: {
            /**
             * Format: date-time
             * @description When the newest of them was found; null: there is none
             */
            readonly computed_at: string | null;
            readonly items: readonly components["schemas"]["Budget"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly CalculationStep: {
            readonly formula: string;
            readonly name: string;
            /** @description The formula with the numbers in place of its symbols */
            readonly numbers: string;
            readonly symbol: string;
            readonly unit: string;
            readonly value: number;
        };
        readonly Cluster: {
            readonly cluster: string;
            /**
             * Format: date-time
             * @description Start of its oldest known interval
             */
            readonly first_seen: string | null;
            /**
             * Format: date-time
             * @description Start of its newest known interval
             */
            readonly last_seen: string | null;
            /** @description Length of an interval of its ledger */
            readonly step: string;
        };
        readonly Clusters: {
            readonly items: readonly components["schemas"]["Cluster"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
        };
        readonly CompatDashboard: {
            readonly namespace: string | null;
            readonly windows: {
                readonly [key: string]: components["schemas"]["CompatWindow"];
            };
        };
        readonly CompatDashboardTimeseries: {
            readonly namespace: string | null;
            readonly points: readonly {
                /**
                 * Format: date-time
                 * @description Start of the period
                 */
                readonly bucket_ts: string;
                readonly co2e_grams: number | null;
                readonly coverage: number;
                readonly currency: string | null;
                readonly embodied_co2e_grams: number | null;
                readonly joules: number | null;
                readonly namespace: string | null;
                readonly total_co2e_all_scopes: number | null;
                /** @description Null: no price is known, or prices are in several currencies */
                readonly total_cost: number | null;
                readonly window_slug: string;
            }[];
            readonly window_slug: string;
        };
        readonly CompatMetric: {
            /** @description Operational, scope 2 */
            readonly co2e_grams: number;
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            readonly currency: string | null;
            readonly duration_seconds: number;
            readonly embodied_co2e_grams: number;
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            readonly is_estimated: boolean;
            readonly joules: number;
            readonly namespace: string;
            readonly node: string;
            readonly owner_kind: string;
            readonly owner_name: string;
            readonly pod_name: string;
            /**
             * Format: date-time
             * @description Start of the range
             */
            readonly timestamp: string;
            readonly total_co2e_grams: number;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
        };
        readonly CompatMetrics: {
            readonly items: readonly components["schemas"]["CompatMetric"][];
            readonly limit: number;
            readonly offset: number;
            readonly total: number;
        };
        readonly CompatNamespaces: readonly {
            readonly co2e_grams: number;
            readonly currency: string | null;
            readonly embodied_co2e_grams: number;
            readonly energy_joules: number;
            readonly namespace: string;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
        }[];
        readonly CompatSummary: {
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            readonly currency: string | null;
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            /** Format: date-time */
            readonly from: string;
            readonly namespace_count: number;
            readonly pod_count: number;
            /** Format: date-time */
            readonly to: string;
            readonly total_co2e_all_scopes: number | null;
            /** @description Operational, scope 2 */
            readonly total_co2e_grams: number | null;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
            /** @description Embodied, scope 3 */
            readonly total_embodied_co2e_grams: number | null;
            readonly total_energy_joules: number | null;
        };
        readonly CompatTimeseries: readonly {
            readonly co2e_grams: number | null;
            readonly coverage: number;
            readonly currency: string | null;
            readonly embodied_co2e_grams: number | null;
            readonly joules: number | null;
            /** @description Start of the period; of a week its ISO name, 2026-W02 */
            readonly timestamp: string;
            readonly total_co2e_all_scopes: number | null;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
        }[];
        readonly CompatTopPods: readonly {
            readonly co2e_grams: number;
            readonly currency: string | null;
            readonly embodied_co2e_grams: number;
            readonly energy_joules: number;
            readonly namespace: string;
            readonly pod_name: string;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
        }[];
        readonly CompatWindow: {
            readonly coverage: number;
            readonly currency: string | null;
            readonly namespace: string | null;
            readonly namespace_count: number;
            readonly pod_count: number;
            readonly total_co2e_all_scopes: number | null;
            /** @description Operational, scope 2 */
            readonly total_co2e_grams: number | null;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
            /** @description Embodied, scope 3 */
            readonly total_embodied_co2e_grams: number | null;
            readonly total_energy_joules: number | null;
            /** Format: date-time */
            readonly updated_at: string;
            readonly window_slug: string;
        };
        readonly Config: {
            readonly items: readonly components["schemas"]["ConfigRow"][];
        };
        readonly ConfigRow: {
            readonly group: string;
            readonly key: string;
            /** @description The name it was given by: the key, an alias, NAME_FILE, a flag */
            readonly name: string;
            /** @description flag, file, env, .env, preset or default */
            readonly origin: string;
            /** @description As it would be written; a secret that is set is "<redacted>" */
            readonly value: string;
        };
        readonly EnergyComparison: {
            /** @enum {string} */
            readonly by: "node" | "instance_type";
            /** Format: date-time */
            readonly from: string;
            readonly rows: readonly {
                /** @description (estimated - measured) / measured, of the sums */
                readonly bias_ratio: number;
                /** @description Share of the range of which the figures are known */
                readonly coverage: number;
                readonly deciles: readonly {
                    /** @description (estimated - measured) / measured, of the sums */
                    readonly bias_ratio: number;
                    readonly decile: number;
                    readonly estimated_joules: number;
                    readonly hours: number;
                    /** @description Mean |error| below 20 % load; null: no such load was seen */
                    readonly mae_watts: number | null;
                    /** @description Mean |error| / measured at 20 % load and above; null: no such load was seen */
                    readonly mape: number | null;
                    readonly measured_joules: number;
                    readonly nodes: number;
                    /** @description Of the estimate against the meter; null: the measured power never changed */
                    readonly r2: number | null;
                    readonly rmse_watts: number;
                    /** @description Least and largest utilisation for which the figures hold */
                    readonly utilisation: readonly [
                        number,
                        number
                    ];
                }[];
                readonly estimated_joules: number;
                /** @description Null: too few tenths of utilisation were seen */
                readonly fit: {
                    readonly exponent: number;
                    /** @description Number of intervals */
                    readonly n: number;
                    readonly r2: number | null;
                    /** @description W per vCPU at full load, memory included, as metered */
                    readonly w_full: number;
                    /** @description W per vCPU without load, memory included, as metered */
                    readonly w_idle: number;
                } | null;
                /**
                 * Format: date-time
                 * @description Start of the bucket, where a step was asked for
                 */
                readonly from?: string;
                readonly hours: number;
                /** @description What the figures are of */
                readonly key: {
                    readonly [key: string]: string;
                };
                /** @description Mean |error| below 20 % load; null: no such load was seen */
                readonly mae_watts: number | null;
                /** @description Mean |error| / measured at 20 % load and above; null: no such load was seen */
                readonly mape: number | null;
                readonly measured_joules: number;
                readonly nodes: number;
                /** @description Of the estimate against the meter; null: the measured power never changed */
                readonly r2: number | null;
                readonly rmse_watts: number;
                /** @description What the meter sees; the estimate is of the same */
                readonly scope: string;
                readonly source: string;
                /** @description Least and largest utilisation for which the figures hold */
                readonly utilisation: readonly [
                    number,
                    number
                ];
            }[];
            readonly step: string | null;
            /** Format: date-time */
            readonly to: string;
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly Explanation: {
            readonly calculation_version: number;
            /** @description Why it may not be */
            readonly differences: readonly string[];
            readonly estimated: boolean;
            /** @description Whether that is the stored figure to the last unit */
            readonly exact: boolean | null;
            readonly factors: readonly components["schemas"]["Factor"][];
            readonly formula: string;
            readonly high: number | null;
            readonly interval: {
                readonly cluster: string;
                /** @description Share of the range of which the figures are known */
                readonly coverage: number;
                /** Format: date-time */
                readonly end: string;
                readonly partial_reasons: readonly ("samples-missing" | "source-warning" | "series-rejected" | "series-capped" | "inventory-missing" | "meters-missing" | "no-data" | "source-retention")[];
                /** Format: date-time */
                readonly start: string;
                /** @enum {string} */
                readonly state: "complete" | "partial" | "impossible";
            };
            readonly low: number | null;
            readonly methods: readonly ("measured" | "calibrated" | "estimated")[];
            /**
             * @description row: one pod, or the system or idle share of a node; node: a whole node; sum: several rows
             * @enum {string}
             */
            readonly of: "row" | "node" | "sum";
            /** @description The largest parts of a sum or node; each can be asked about */
            readonly parts: readonly {
                readonly series: string;
                readonly share: number;
                readonly value: number;
            }[];
            readonly parts_unit: string;
            readonly reasons: readonly ("POWER_MODEL" | "POWER_PROVIDER_MEAN" | "POWER_DEFAULT" | "POWER_RELATIVE" | "PROVIDER_UNKNOWN" | "PUE_DEFAULT" | "ZONE_DEFAULT" | "INTENSITY_YEARLY_MEAN" | "INTENSITY_COUNTRY_MEAN" | "INTENSITY_DEFAULT" | "INTENSITY_STALE" | "INTENSITY_PROVISIONAL" | "EMBODIED_DEFAULT" | "EMBODIED_CLOSEST_MATCH" | "PRICE_DEFAULT" | "PRICE_TABLE" | "NODE_CPU_UNKNOWN" | "COVERAGE_PARTIAL" | "COST_PROVISIONAL")[];
            /** @description The figure computed again from what the ledger kept; null for a sum */
            readonly recomputed: number | null;
            readonly rest: {
                readonly count: number;
                readonly value: number;
            } | null;
            readonly series: string;
            readonly steps: readonly components["schemas"]["CalculationStep"][];
            readonly unit: string;
            /** @description As stored; null: no price is known */
            readonly value: number | null;
        };
        readonly Factor: {
            /** @description How long before the interval that was */
            readonly age_seconds: number | null;
            readonly high: number | null;
            /** @description Null: taken as known */
            readonly low: number | null;
            readonly name: string;
            readonly source: string;
            /** @description As the formulas write it */
            readonly symbol: string;
            /**
             * Format: date-time
             * @description The instant that the value holds for
             */
            readonly time: string | null;
            readonly unit: string;
            readonly value: number;
            readonly version: string | null;
            /** @description That the value was published for */
            readonly year: number | null;
        };
        readonly Figures: {
            readonly co2e_grams?: {
                readonly embodied: number | null;
                readonly high: number | null;
                readonly low: number | null;
                readonly operational: number | null;
                readonly total: number | null;
            };
            /** @description By currency; empty where no price is known */
            readonly cost?: readonly {
                readonly amount: number;
                readonly currency: string;
            }[];
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            readonly energy_joules?: number | null;
            readonly energy_joules_high?: number | null;
            readonly energy_joules_low?: number | null;
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            /**
             * @description The factor that widens low and high of the emissions most
             * @enum {string|null}
             */
            readonly uncertainty_driver: "power" | "pue" | "intensity" | "embodied" | null;
        };
        readonly Health: {
            readonly backfill: {
                readonly done: number;
                readonly total: number;
            } | null;
            readonly checks: readonly {
                readonly name: string;
                readonly ok: boolean;
                readonly reason: string | null;
                readonly required: boolean;
            }[];
            readonly cluster: string;
            readonly freshness: {
                readonly age_seconds: number;
                /** Format: date-time */
                readonly last_completed: string | null;
                readonly stale: boolean;
                readonly stale_after_seconds: number;
            };
            readonly intervals_pending: number;
            readonly services: {
                readonly [key: string]: components["schemas"]["Service"];
            };
            /** @enum {string} */
            readonly status: "ok" | "degraded" | "error";
            readonly version: string;
        };
        readonly Intensity: {
            /** Format: date-time */
            readonly from: string;
            /** @description What the newest interval was computed with; null: no node draws from the zone */
            readonly in_use: {
                readonly age_seconds: number;
                /** @enum {string} */
                readonly source: "electricity-maps" | "uk-carbon-intensity" | "prometheus" | "demo" | "yearly-mean" | "country-mean" | "default";
                /**
                 * Format: date-time
                 * @description The instant that the value holds for
                 */
                readonly time: string;
                readonly value: number;
            } | null;
            /** @description Hours that a live source has told; of several sources the most trusted */
            readonly points: readonly {
                /** @description Since the hour ended */
                readonly age_seconds: number;
                /** Format: date-time */
                readonly fetched_at: string;
                /** @description The source itself calls it an estimate */
                readonly provisional: boolean;
                /** @enum {string} */
                readonly source: "electricity-maps" | "uk-carbon-intensity" | "prometheus" | "demo" | "yearly-mean" | "country-mean" | "default";
                /**
                 * Format: date-time
                 * @description Start of the hour
                 */
                readonly time: string;
                readonly value: number;
            }[];
            /** Format: date-time */
            readonly to: string;
            readonly units: {
                readonly [key: string]: string;
            };
            readonly zone: string;
            /** @description Zones of which anything is known */
            readonly zones: readonly string[];
        };
        readonly IntensityForecast: {
            /** @description How wrong hour-of-week was on the last days, each forecast from what was known at its beginning */
            readonly backtest: {
                readonly bias: number;
                readonly days: number;
                readonly hours: number;
                readonly mae: number;
                readonly mape: number | null;
                /** @description Share of the hours that came within low..high */
                readonly within: number;
            } | null;
            /** @description For a job of the duration asked for; null without one, or where none fits */
            readonly best_window: {
                /** Format: date-time */
                readonly from: string;
                /** @description Mean intensity over the window */
                readonly mean: number;
                /** @description Mean of the same length beginning now */
                readonly mean_now: number | null;
                /** @description 1 - mean / mean_now */
                readonly saved_ratio: number | null;
                readonly starts_in_seconds: number;
                /** Format: date-time */
                readonly to: string;
            } | null;
            /** Format: date-time */
            readonly computed_at: string;
            readonly history_hours: number;
            readonly horizon: string;
            /** @description What the cleanest quarter of the past hours stayed at or below */
            readonly low_threshold: number | null;
            /** @description Hours ahead at or below low_threshold */
            readonly low_windows: readonly {
                /** Format: date-time */
                readonly from: string;
                /** @description Mean intensity over the window */
                readonly mean: number;
                /** Format: date-time */
                readonly to: string;
            }[];
            /**
             * @description Who forecasts: a live provider, or the same hour of past weeks; null: nobody can
             * @enum {string|null}
             */
            readonly method: "provider" | "hour-of-week" | null;
            readonly points: readonly {
                readonly high: number;
                /** @description With high, the middle 80 % of how far past hours, or the forecasts of the provider, were off; the value itself while too few of those are known */
                readonly low: number;
                /**
                 * Format: date-time
                 * @description Start of the hour
                 */
                readonly time: string;
                readonly value: number;
            }[];
            readonly source: string;
            readonly units: {
                readonly [key: string]: string;
            };
            readonly zone: string;
        };
        readonly Job: {
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly finished_at: string | null;
            /**
             * Format: date-time
             * @description Of the range that a backfill collects; null for other work
             */
            readonly from: string | null;
            readonly id: string;
            /** @enum {string} */
            readonly kind: "backfill" | "scan";
            /** @description Why it failed; empty when there is nothing to say */
            readonly message: string;
            /** @description In intervals, or hours of a scan; null until the amount of work is known */
            readonly progress: {
                readonly done: number;
                readonly total: number;
            } | null;
            /** Format: date-time */
            readonly started_at: string | null;
            /** @enum {string} */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
            /** Format: date-time */
            readonly to: string | null;
        };
        readonly Jobs: {
            readonly items: readonly components["schemas"]["Job"][];
        };
        readonly Namespace: {
            readonly cluster: string;
            /** Format: date-time */
            readonly first_seen: string;
            /** Format: date-time */
            readonly last_seen: string;
            readonly namespace: string;
        };
        readonly Namespaces: {
            /** Format: date-time */
            readonly from: string;
            readonly items: readonly components["schemas"]["Namespace"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            /** Format: date-time */
            readonly to: string;
        };
        readonly Node: {
            readonly architecture: string;
            readonly cloud_provider: string;
            readonly cluster: string;
            readonly cpu_capacity_cores: number;
            /** @description Of the whole machine over its life */
            readonly embodied_emissions_kg: number;
            readonly estimated: boolean;
            /** Format: date-time */
            readonly first_seen: string;
            readonly grid_zone: string;
            readonly instance_type: string;
            readonly intensity: {
                readonly grams_per_kwh: number;
                /** @enum {string} */
                readonly source: "electricity-maps" | "uk-carbon-intensity" | "prometheus" | "demo" | "yearly-mean" | "country-mean" | "default";
                /** Format: date-time */
                readonly time: string;
            };
            /** @description Seen in the newest interval */
            readonly is_active: boolean;
            /** Format: date-time */
            readonly last_seen: string;
            readonly memory_capacity_bytes: number;
            /** @enum {string} */
            readonly method: "measured" | "calibrated" | "estimated";
            readonly name: string;
            readonly power_profile: string;
            /** @description Where the profile is from, with how well a fit to meters does; null: it is not the one in use now */
            readonly power_profile_source: string | null;
            readonly pue: {
                readonly source: string;
                readonly value: number;
            };
            readonly reasons: readonly ("POWER_MODEL" | "POWER_PROVIDER_MEAN" | "POWER_DEFAULT" | "POWER_RELATIVE" | "PROVIDER_UNKNOWN" | "PUE_DEFAULT" | "ZONE_DEFAULT" | "INTENSITY_YEARLY_MEAN" | "INTENSITY_COUNTRY_MEAN" | "INTENSITY_DEFAULT" | "INTENSITY_STALE" | "INTENSITY_PROVISIONAL" | "EMBODIED_DEFAULT" | "EMBODIED_CLOSEST_MATCH" | "PRICE_DEFAULT" | "PRICE_TABLE" | "NODE_CPU_UNKNOWN" | "COVERAGE_PARTIAL" | "COST_PROVISIONAL")[];
            readonly region: string;
            readonly zone: string;
        };
        readonly Nodes: {
            /** Format: date-time */
            readonly from: string;
            readonly items: readonly components["schemas"]["Node"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            /** Format: date-time */
            readonly to: string;
        };
        readonly Problem: {
            readonly detail: string;
            /** @description What to write or do instead */
            readonly fix?: string;
            /** @description The parameter that is wrong */
            readonly parameter?: string;
            /** @description Under which the log says more */
            readonly request_id?: string;
            readonly status: number;
            readonly title: string;
            /**
             * @description Stable identifier, /problems/<name>
             * @example /problems/invalid-parameter
             */
            readonly type: string;
        };
        readonly Readiness: {
            readonly checks: readonly {
                readonly name: string;
                readonly ok: boolean;
                readonly reason: string | null;
                readonly required: boolean;
            }[];
            /** @enum {string} */
            readonly status: "ok" | "unavailable";
        };
        /** @description Measured against the same hours of the week before; low and high bound 95 %. Below 0: more was taken than before */
        readonly RealisedSavings: {
            readonly co2e_grams: number;
            readonly co2e_grams_high: number;
            readonly co2e_grams_low: number;
            readonly cost: {
                readonly amount: number;
                readonly currency: string;
            } | null;
            readonly energy_joules: number;
            /** Format: date-time */
            readonly from: string;
            readonly hours: number;
            /** Format: date-time */
            readonly to: string;
            /** @enum {string} */
            readonly verdict: "verified" | "not distinguishable" | "regressed";
        } | null;
        readonly Recommendation: {
            /** @enum {string|null} */
            readonly applied_by: "scan" | "operator" | null;
            readonly confidence: number;
            readonly current: {
                readonly [key: string]: number | string;
            };
            /** @description The numbers that it rests on, units in their names; caveats: what could not be looked at */
            readonly evidence: {
                readonly caveats: readonly ("CONTAINERS_UNKNOWN" | "CONTAINER_USE_UNKNOWN" | "AUTOSCALERS_UNKNOWN" | "AUTOSCALED" | "OUT_OF_MEMORY" | "OUT_OF_MEMORY_UNKNOWN" | "SHORT_HISTORY" | "TIME_ZONE_UNKNOWN" | "SCHEDULE_UNKNOWN" | "VOLUMES_STAY" | "CONSTRAINTS_UNKNOWN" | "NODE_POOL_RESIZE" | "RUN_SPACING")[];
                readonly samples: number;
                readonly window: {
                    /** Format: date-time */
                    readonly from: string;
                    /** Format: date-time */
                    readonly to: string;
                };
            } & {
                readonly [key: string]: number | string;
            };
            /** Format: date-time */
            readonly first_seen: string;
            readonly id: string;
            readonly ignored_reason: string | null;
            /** Format: date-time */
            readonly last_seen: string;
            readonly patch_url: string;
            /** @enum {string} */
            readonly priority: "high" | "medium" | "low";
            readonly proposed: {
                readonly [key: string]: number | string;
            };
            readonly realised: components["schemas"]["RealisedSavings"];
            readonly savings: {
                readonly co2e_grams_per_year: number;
                readonly co2e_grams_per_year_high: number;
                readonly co2e_grams_per_year_low: number;
                /** @description Null: no price is known */
                readonly cost_per_year: {
                    readonly amount: number;
                    readonly currency: string;
                } | null;
                readonly energy_joules_per_year: number;
                /** @description The part that falls at once; the rest falls only when nodes go */
                readonly immediate: {
                    readonly co2e_grams_per_year: number;
                    /** @description Null: no price is known */
                    readonly cost_per_year: {
                        readonly amount: number;
                        readonly currency: string;
                    } | null;
                    readonly energy_joules_per_year: number;
                };
            };
            /**
             * Format: date-time
             * @description When it got its status
             */
            readonly since: string;
            /** @enum {string} */
            readonly status: "active" | "applied" | "ignored" | "stale";
            readonly target: components["schemas"]["RecommendationTarget"];
            /** @enum {string} */
            readonly type: "ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE";
        };
        readonly RecommendationEvent: {
            /** Format: date-time */
            readonly at: string;
            /** @enum {string} */
            readonly by: "scan" | "operator";
            /**
             * @description Null: it was new
             * @enum {string|null}
             */
            readonly from: "active" | "applied" | "ignored" | "stale" | null;
            readonly id: string;
            readonly reason: string;
            readonly target: components["schemas"]["RecommendationTarget"];
            /** @enum {string} */
            readonly to: "active" | "applied" | "ignored" | "stale";
            /** @enum {string} */
            readonly type: "ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE";
        };
        readonly RecommendationEvents: {
            readonly items: readonly components["schemas"]["RecommendationEvent"][];
        };
        readonly Recommendations: {
            readonly items: readonly components["schemas"]["Recommendation"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            /** @description The last scan of each cluster: claimed and realisable savings of all active ones */
            readonly scans: readonly components["schemas"]["RecommendationScan"][];
            /** @description Sums over all pages of what was asked for; savings do not overlap */
            readonly totals: {
                readonly co2e_grams_per_year: number;
                /** @description Null: no price is known */
                readonly cost_per_year: {
                    readonly amount: number;
                    readonly currency: string;
                } | null;
                readonly count: number;
                readonly energy_joules_per_year: number;
                readonly immediate: components["schemas"]["YearlyAmounts"];
            };
        };
        readonly RecommendationSavings: {
            /** Format: date-time */
            readonly from: string | null;
            readonly items: readonly {
                readonly co2e_grams: number;
                readonly cost: readonly {
                    readonly amount: number;
                    readonly currency: string;
                }[];
                readonly energy_joules: number;
                readonly hours: number;
                readonly id: string;
                /** @description Of the whole time since it was applied; null: not applied now */
                readonly realised: {
                    readonly co2e_grams: number;
                    readonly co2e_grams_high: number;
                    readonly co2e_grams_low: number;
                    readonly cost: {
                        readonly amount: number;
                        readonly currency: string;
                    } | null;
                    readonly energy_joules: number;
                    /** Format: date-time */
                    readonly from: string;
                    readonly hours: number;
                    /** Format: date-time */
                    readonly to: string;
                    /** @enum {string} */
                    readonly verdict: "verified" | "not distinguishable" | "regressed";
                } | null;
                readonly target: components["schemas"]["RecommendationTarget"];
                /** @enum {string} */
                readonly type: "ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE";
            }[];
            /** Format: date-time */
            readonly to: string | null;
            readonly total: {
                readonly co2e_grams: number;
                readonly cost: readonly {
                    readonly amount: number;
                    readonly currency: string;
                }[];
                readonly energy_joules: number;
                readonly hours: number;
                readonly verified_co2e_grams: number;
            };
        };
        readonly RecommendationScan: {
            /** Format: date-time */
            readonly at: string;
            readonly caveats: readonly ("CONTAINERS_UNKNOWN" | "CONTAINER_USE_UNKNOWN" | "AUTOSCALERS_UNKNOWN" | "AUTOSCALED" | "OUT_OF_MEMORY" | "OUT_OF_MEMORY_UNKNOWN" | "SHORT_HISTORY" | "TIME_ZONE_UNKNOWN" | "SCHEDULE_UNKNOWN" | "VOLUMES_STAY" | "CONSTRAINTS_UNKNOWN" | "NODE_POOL_RESIZE" | "RUN_SPACING")[];
            readonly claimed: components["schemas"]["YearlyAmounts"];
            readonly cluster: string;
            /** @description Whole hours that the window held */
            readonly hours: number;
            readonly immediate: components["schemas"]["YearlyAmounts"];
            readonly nodes: number;
            /** @description What falls at once, and what goes with the nodes that all active recommendations together make dispensable */
            readonly realisable: {
                readonly co2e_grams_per_year: number;
                /** @description Null: no price is known */
                readonly cost_per_year: {
                    readonly amount: number;
                    readonly currency: string;
                } | null;
                readonly energy_joules_per_year: number;
            };
            readonly removable_nodes: readonly string[];
            readonly window: {
                /** Format: date-time */
                readonly from: string;
                /** Format: date-time */
                readonly to: string;
            };
            readonly workloads: number;
        };
        readonly RecommendationTarget: {
            readonly cluster: string;
            /** @description Null: all containers, or which one is not known */
            readonly container: string | null;
            readonly namespace: string | null;
            readonly node: string | null;
            readonly workload: string | null;
            readonly workload_type: string | null;
        };
        readonly Release: {
            readonly after: {
                /** Format: date-time */
                readonly from: string;
                /** @description Hours in which it ran alone and did work */
                readonly hours: number;
                /** Format: date-time */
                readonly to: string;
                readonly units: number;
            };
            /**
             * Format: date-time
             * @description When its first pod ran
             */
            readonly at: string;
            readonly before: {
                /** Format: date-time */
                readonly from: string;
                /** @description Hours in which it ran alone and did work */
                readonly hours: number;
                /** Format: date-time */
                readonly to: string;
                readonly units: number;
            };
            /** @description Null: too few hours of the same load */
            readonly cpu_seconds_per_unit: {
                readonly after: number;
                /** @description Per unit of work, at the same load */
                readonly before: number;
                readonly high: number;
                /** @description Hours of the same load that were compared */
                readonly hours: number;
                /** @description Lower end of the 95 % interval of the ratio */
                readonly low: number;
                /** @description after / before */
                readonly ratio: number;
            } | null;
            /** @description False: later hours are still added */
            readonly final: boolean;
            /** @description Null: too few hours of the same load */
            readonly grams_per_unit: {
                readonly after: number;
                /** @description Per unit of work, at the same load */
                readonly before: number;
                readonly high: number;
                /** @description Hours of the same load that were compared */
                readonly hours: number;
                /** @description Lower end of the 95 % interval of the ratio */
                readonly low: number;
                /** @description after / before */
                readonly ratio: number;
            } | null;
            /** @description Null: too few hours of the same load */
            readonly joules_per_unit: {
                readonly after: number;
                /** @description Per unit of work, at the same load */
                readonly before: number;
                readonly high: number;
                /** @description Hours of the same load that were compared */
                readonly hours: number;
                /** @description Lower end of the 95 % interval of the ratio */
                readonly low: number;
                /** @description after / before */
                readonly ratio: number;
            } | null;
            /** @description What the figures are of */
            readonly key: {
                readonly [key: string]: string;
            };
            /**
             * @description The expression of SCI_FILE, or what the pods received
             * @enum {string}
             */
            readonly load: "expression" | "traffic";
            /** @description The revision that it replaced */
            readonly previous: string;
            /** @description CPU request of a pod after / before */
            readonly request_ratio: number | null;
            /** @description Name of its ReplicaSet or ControllerRevision */
            readonly revision: string;
            readonly unit: string;
            /**
             * @description moved: other machines, not the release; not-distinguishable: less than 5 % or not certain
             * @enum {string}
             */
            readonly verdict: "regressed" | "improved" | "moved" | "not-distinguishable" | "too-little-data";
            readonly workload_type: string;
        };
        readonly Releases: {
            /**
             * Format: date-time
             * @description When the newest of them was found; null: there is none
             */
            readonly computed_at: string | null;
            readonly items: readonly components["schemas"]["Release"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly ReportSummary: {
            /** @description To be shown wherever the figures are */
            readonly attribution: string;
            readonly calculation_version: number;
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            readonly currency: string | null;
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
            readonly total: components["schemas"]["Figures"];
            readonly total_co2e_all_scopes: number | null;
            /** @description Operational, scope 2 */
            readonly total_co2e_grams: number | null;
            /** @description Null: no price is known, or prices are in several currencies */
            readonly total_cost: number | null;
            /** @description Embodied, scope 3 */
            readonly total_embodied_co2e_grams: number | null;
            readonly total_energy_joules: number | null;
            /** @description Rows of the export with the same parameters and no step */
            readonly total_rows: number;
            readonly unique_namespaces: number;
            readonly unique_pods: number;
        };
        readonly ReportYears: readonly number[];
        readonly Score: {
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            readonly dimensions: readonly {
                /** @enum {string} */
                readonly dimension: "resource_efficiency" | "carbon_efficiency" | "waste_elimination" | "node_efficiency" | "scaling_practices" | "carbon_aware_scheduling" | "stability";
                /** @description Largest first; they sum to points_lost */
                readonly lost_to: readonly {
                    /**
                     * @description "other": all that are not named
                     * @enum {string}
                     */
                    readonly kind: "workload" | "namespace" | "node" | "zone" | "other";
                    readonly name: string;
                    /** @description Points of the whole score */
                    readonly points: number;
                }[];
                /** @description Points of the whole score: weight x (100 - score) */
                readonly points_lost: number;
                readonly score: number;
                /** @description Part of this score; those of one score sum to 1 */
                readonly weight: number;
            }[];
            /** Format: date-time */
            readonly from: string;
            /** @description What the figures are of */
            readonly key: {
                readonly [key: string]: string;
            };
            /** @description Dimensions without data; the weights of the others are scaled up */
            readonly left_out: readonly {
                /** @enum {string} */
                readonly dimension: "resource_efficiency" | "carbon_efficiency" | "waste_elimination" | "node_efficiency" | "scaling_practices" | "carbon_aware_scheduling" | "stability";
                /** @enum {string} */
                readonly reason: "no-requests" | "no-energy" | "no-pods" | "no-nodes" | "not-scanned" | "no-scalable-workloads" | "no-batch-work";
                /** @description That it has where every dimension has data */
                readonly weight: number;
            }[];
            /** @description Null: no dimension has data */
            readonly score: number | null;
            /** Format: date-time */
            readonly to: string;
        };
        readonly Scores: {
            /**
             * Format: date-time
             * @description When the newest of them was found; null: there is none
             */
            readonly computed_at: string | null;
            readonly items: readonly components["schemas"]["Score"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly Series: {
            readonly coverage: readonly number[];
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            /** Format: date-time */
            readonly from: string;
            readonly series: readonly {
                /** @description What the figures are of */
                readonly key: {
                    readonly [key: string]: string;
                };
                readonly metric: string;
                /** @description J, g, or the currency */
                readonly unit: string;
                /** @description One a time; null: nothing known; 0: zero */
                readonly values: readonly (number | null)[];
            }[];
            readonly step: string;
            /** @description Start of each bucket, epoch seconds */
            readonly times: readonly number[];
            /** Format: date-time */
            readonly to: string;
        };
        readonly Service: {
            readonly configured: boolean;
            /** @description Its address was found in the cluster, not configured */
            readonly discovered: boolean;
            /** @description Failed calls by reason since the start */
            readonly errors: {
                readonly [key: string]: number;
            };
            /** @description How its address was chosen among the Services of the cluster */
            readonly explanation: string | null;
            readonly last_error: {
                /** Format: date-time */
                readonly at: string;
                readonly message: string;
                readonly reason: string;
            } | null;
            /** Format: date-time */
            readonly last_success: string | null;
            /** @description Of the last call */
            readonly latency_ms: number | null;
            readonly name: string;
            /** @description Readiness fails while it is unreachable */
            readonly required: boolean;
            /**
             * @description unknown: not asked yet; unconfigured: not used
             * @enum {string}
             */
            readonly status: "healthy" | "unreachable" | "unknown" | "unconfigured";
        };
        readonly Services: {
            readonly services: {
                readonly [key: string]: components["schemas"]["Service"];
            };
        };
        readonly SoftwareCarbonIntensities: {
            /**
             * Format: date-time
             * @description When the newest of them was found; null: there is none
             */
            readonly computed_at: string | null;
            readonly items: readonly components["schemas"]["SoftwareCarbonIntensity"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly SoftwareCarbonIntensity: {
            /** @description What the figures are of */
            readonly key: {
                readonly [key: string]: string;
            };
            readonly last_24h: {
                readonly co2e_grams: {
                    readonly embodied: number;
                    readonly operational: number;
                    readonly total: number;
                };
                readonly energy_joules: number;
                /** Format: date-time */
                readonly from: string;
                /** @description ((E x I) + M) / R; null: no unit of work was done in the hours that are known */
                readonly grams_per_unit: number | null;
                /** @description Hours in which units and emissions are known; all sums are over them */
                readonly hours: number;
                readonly joules_per_unit: number | null;
                /** Format: date-time */
                readonly to: string;
                /** @description R */
                readonly units: number;
            };
            /** @description Why there are no figures */
            readonly problem: string | null;
            readonly query: string;
            /** @description Who counts the units */
            readonly source: string;
            readonly unit: string;
            readonly window: {
                readonly co2e_grams: {
                    readonly embodied: number;
                    readonly operational: number;
                    readonly total: number;
                };
                readonly energy_joules: number;
                /** Format: date-time */
                readonly from: string;
                /** @description ((E x I) + M) / R; null: no unit of work was done in the hours that are known */
                readonly grams_per_unit: number | null;
                /** @description Hours in which units and emissions are known; all sums are over them */
                readonly hours: number;
                readonly joules_per_unit: number | null;
                /** Format: date-time */
                readonly to: string;
                /** @description R */
                readonly units: number;
            };
        };
        readonly Totals: {
            readonly by: readonly string[];
            /** @description Share of the range of which the figures are known */
            readonly coverage: number;
            /** @description Share of the energy that is estimated, not measured; null without energy */
            readonly estimated_ratio: number | null;
            /** Format: date-time */
            readonly from: string;
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            readonly rows: readonly {
                readonly co2e_grams?: {
                    readonly embodied: number | null;
                    readonly high: number | null;
                    readonly low: number | null;
                    readonly operational: number | null;
                    readonly total: number | null;
                };
                /** @description By currency; empty where no price is known */
                readonly cost?: readonly {
                    readonly amount: number;
                    readonly currency: string;
                }[];
                /** @description Share of the range of which the figures are known */
                readonly coverage: number;
                readonly energy_joules?: number | null;
                readonly energy_joules_high?: number | null;
                readonly energy_joules_low?: number | null;
                /** @description Share of the energy that is estimated, not measured; null without energy */
                readonly estimated_ratio: number | null;
                /** @description What the figures are of */
                readonly key: {
                    readonly [key: string]: string;
                };
                /**
                 * @description The factor that widens low and high of the emissions most
                 * @enum {string|null}
                 */
                readonly uncertainty_driver: "power" | "pue" | "intensity" | "embodied" | null;
            }[];
            /** Format: date-time */
            readonly to: string;
            readonly total: components["schemas"]["Figures"];
            readonly units: {
                readonly [key: string]: string;
            };
        };
        readonly Version: {
            readonly node_version: string;
            readonly revision: string;
            readonly version: string;
        };
        readonly Workload: {
            readonly cluster: string;
            /** Format: date-time */
            readonly first_seen: string;
            /** Format: date-time */
            readonly last_seen: string;
            readonly namespace: string;
            readonly workload: string;
            /** @description Kind of its top controller, for example Deployment */
            readonly workload_type: string;
        };
        readonly Workloads: {
            /** Format: date-time */
            readonly from: string;
            readonly items: readonly components["schemas"]["Workload"][];
            /** @description Null: this is the last page */
            readonly next_cursor: string | null;
            /** Format: date-time */
            readonly to: string;
        };
        readonly YearlyAmounts: {
            readonly co2e_grams_per_year: number;
            /** @description Null: no price is known */
            readonly cost_per_year: {
                readonly amount: number;
                readonly currency: string;
            } | null;
            readonly energy_joules_per_year: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getLanding: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/html": string;
                };
            };
        };
    };
    readonly postBackfill: {
        readonly parameters: {
            readonly query?: {
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Accepted: work that goes on in the background */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    readonly getBudgets: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Budgets"];
                };
            };
        };
    };
    readonly getClusters: {
        readonly parameters: {
            readonly query?: {
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Clusters"];
                };
            };
        };
    };
    readonly getConfig: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Config"];
                };
            };
        };
    };
    readonly getEnergyComparison: {
        readonly parameters: {
            readonly query?: {
                /** @description What a row is of */
                readonly by?: "node" | "instance_type";
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Length of a bucket, a multiple of the step of the ledger; default from the range */
                readonly step?: string;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EnergyComparison"];
                };
            };
        };
    };
    readonly getExplain: {
        readonly parameters: {
            readonly query: {
                /** @description A figure as Prometheus writes a series, with equality matchers: a metric of /metrics, or a metric of /api/v1/totals with namespace, pod or node */
                readonly series: string;
                /** @description An instant of the interval: RFC 3339 or epoch seconds; default the newest known */
                readonly time?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Explanation"];
                };
            };
        };
    };
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    readonly getHealthServices: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Services"];
                };
            };
        };
    };
    readonly getHealthServicesName: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description One of prometheus, kubernetes, opencost, electricity_maps, boavizta, database, or demo */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Service"];
                };
            };
        };
    };
    readonly getIntensity: {
        readonly parameters: {
            readonly query: {
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Grid zone, as Electricity Maps names it */
                readonly zone: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Intensity"];
                };
            };
        };
    };
    readonly getIntensityForecast: {
        readonly parameters: {
            readonly query: {
                /** @description Length of a job, in whole minutes */
                readonly duration?: string;
                /** @description How far ahead, at most 72h */
                readonly horizon?: string;
                /** @description Grid zone, as Electricity Maps names it */
                readonly zone: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IntensityForecast"];
                };
            };
        };
    };
    readonly getJobs: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Jobs"];
                };
            };
        };
    };
    readonly getJobsId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description As POST /api/v1/backfill answered it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    readonly getCompatMetrics: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Rows of the answer, 1 to 10000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Rows to skip, 0 to 9999999 */
                readonly offset?: number;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatMetrics"];
                };
            };
        };
    };
    readonly getCompatMetricsByNamespace: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatNamespaces"];
                };
            };
        };
    };
    readonly getCompatMetricsDashboardSummary: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatDashboard"];
                };
            };
        };
    };
    readonly getCompatMetricsDashboardTimeseriesSlug: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path: {
                /** @description The window */
                readonly slug: "1h" | "6h" | "24h" | "7d" | "30d" | "1y" | "ytd";
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatDashboardTimeseries"];
                };
            };
        };
    };
    readonly getCompatMetricsSummary: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatSummary"];
                };
            };
        };
    };
    readonly getCompatMetricsTimeseries: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of a period */
                readonly granularity?: "hour" | "day" | "week" | "month";
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatTimeseries"];
                };
            };
        };
    };
    readonly getCompatMetricsTopPods: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Pods of the answer, 1 to 50 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CompatTopPods"];
                };
            };
        };
    };
    readonly getNamespaces: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Namespaces"];
                };
            };
        };
    };
    readonly getNodes: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Nodes"];
                };
            };
        };
    };
    readonly getRecommendations: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only these priorities; may be repeated */
                readonly priority?: readonly ("high" | "medium" | "low")[];
                /** @description By claimed savings of a year; "-" for largest first */
                readonly sort?: "co2e_grams" | "-co2e_grams" | "cost" | "-cost";
                /** @description Only these statuses; may be repeated */
                readonly status?: readonly ("active" | "applied" | "ignored" | "stale")[];
                /** @description Only these types; may be repeated */
                readonly type?: readonly ("ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendations"];
                };
            };
        };
    };
    readonly getRecommendationsId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description As GET /api/v1/recommendations answers it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendation"];
                };
            };
        };
    };
    readonly patchRecommendationsIdApply: {
        readonly parameters: {
            readonly query?: {
                /** @description Why, for whoever reads it later */
                readonly reason?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description As GET /api/v1/recommendations answers it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendation"];
                };
            };
        };
    };
    readonly deleteRecommendationsIdIgnore: {
        readonly parameters: {
            readonly query?: {
                /** @description Why, for whoever reads it later */
                readonly reason?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description As GET /api/v1/recommendations answers it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendation"];
                };
            };
        };
    };
    readonly patchRecommendationsIdIgnore: {
        readonly parameters: {
            readonly query?: {
                /** @description Why, for whoever reads it later */
                readonly reason?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description As GET /api/v1/recommendations answers it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendation"];
                };
            };
        };
    };
    readonly getRecommendationsIdPatch: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description As GET /api/v1/recommendations answers it */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/yaml": string;
                };
            };
        };
    };
    readonly getRecommendationsActive: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only these priorities; may be repeated */
                readonly priority?: readonly ("high" | "medium" | "low")[];
                /** @description By claimed savings of a year; "-" for largest first */
                readonly sort?: "co2e_grams" | "-co2e_grams" | "cost" | "-cost";
                /** @description Only these types; may be repeated */
                readonly type?: readonly ("ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendations"];
                };
            };
        };
    };
    readonly getRecommendationsApplied: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only these priorities; may be repeated */
                readonly priority?: readonly ("high" | "medium" | "low")[];
                /** @description By claimed savings of a year; "-" for largest first */
                readonly sort?: "co2e_grams" | "-co2e_grams" | "cost" | "-cost";
                /** @description Only these types; may be repeated */
                readonly type?: readonly ("ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendations"];
                };
            };
        };
    };
    readonly getRecommendationsHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecommendationEvents"];
                };
            };
        };
    };
    readonly getRecommendationsIgnored: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only these priorities; may be repeated */
                readonly priority?: readonly ("high" | "medium" | "low")[];
                /** @description By claimed savings of a year; "-" for largest first */
                readonly sort?: "co2e_grams" | "-co2e_grams" | "cost" | "-cost";
                /** @description Only these types; may be repeated */
                readonly type?: readonly ("ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendations"];
                };
            };
        };
    };
    readonly getRecommendationsSavings: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecommendationSavings"];
                };
            };
        };
    };
    readonly postRecommendationsScan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Accepted: work that goes on in the background */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    readonly getRecommendationsTop: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description How many, 1 to 50 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Only these priorities; may be repeated */
                readonly priority?: readonly ("high" | "medium" | "low")[];
                /** @description By claimed savings of a year; "-" for largest first */
                readonly sort?: "co2e_grams" | "-co2e_grams" | "cost" | "-cost";
                /** @description Only these types; may be repeated */
                readonly type?: readonly ("ZOMBIE_WORKLOAD" | "IDLE_NAMESPACE" | "RIGHTSIZING_CPU" | "RIGHTSIZING_MEMORY" | "AUTOSCALING_CANDIDATE" | "OFF_PEAK_SCALING" | "CARBON_AWARE_SCHEDULING" | "UNDERUTILIZED_NODE" | "OVERPROVISIONED_NODE")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Recommendations"];
                };
            };
        };
    };
    readonly getReleases: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only these verdicts; may be repeated */
                readonly verdict?: readonly ("regressed" | "improved" | "moved" | "not-distinguishable" | "too-little-data")[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Releases"];
                };
            };
        };
    };
    readonly getReportExport: {
        readonly parameters: {
            readonly query?: {
                /** @description Group by these keys; may be repeated or a comma list: cluster, namespace, workload, pod, node, zone, provider, or label:<key> with a pod label of POD_LABELS */
                readonly by?: readonly (string | ("cluster" | "namespace" | "workload" | "pod" | "node" | "zone" | "provider") | unknown)[];
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Kind of file */
                readonly format?: "csv" | "json" | "parquet";
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description One row a period: raw is the step of the ledger, weeks are ISO weeks, all of UTC; default the whole range */
                readonly step?: "raw" | "hour" | "day" | "week" | "month" | "year";
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": string;
                    readonly "application/vnd.apache.parquet": string;
                    readonly "text/csv": string;
                };
            };
        };
    };
    readonly getReportSummary: {
        readonly parameters: {
            readonly query?: {
                /** @description Group by these keys; may be repeated or a comma list: cluster, namespace, workload, pod, node, zone, provider, or label:<key> with a pod label of POD_LABELS */
                readonly by?: readonly (string | ("cluster" | "namespace" | "workload" | "pod" | "node" | "zone" | "provider") | unknown)[];
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportSummary"];
                };
            };
        };
    };
    readonly getReportYears: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportYears"];
                };
            };
        };
    };
    readonly getSci: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SoftwareCarbonIntensities"];
                };
            };
        };
    };
    readonly getScore: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Scores"];
                };
            };
        };
    };
    readonly getSeries: {
        readonly parameters: {
            readonly query?: {
                /** @description Group by these keys; may be repeated or a comma list: cluster, namespace, workload, pod, node, zone, provider, or label:<key> with a pod label of POD_LABELS */
                readonly by?: readonly (string | ("cluster" | "namespace" | "workload" | "pod" | "node" | "zone" | "provider") | unknown)[];
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Only these figures; may be repeated or a comma list */
                readonly metric?: readonly ("energy_joules" | "co2e_grams" | "co2e_operational_grams" | "co2e_embodied_grams" | "cost")[];
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Length of a bucket, a multiple of the step of the ledger; default from the range */
                readonly step?: string;
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    readonly getTotals: {
        readonly parameters: {
            readonly query?: {
                /** @description Group by these keys; may be repeated or a comma list: cluster, namespace, workload, pod, node, zone, provider, or label:<key> with a pod label of POD_LABELS */
                readonly by?: readonly (string | ("cluster" | "namespace" | "workload" | "pod" | "node" | "zone" | "provider") | unknown)[];
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only these figures; may be repeated or a comma list */
                readonly metric?: readonly ("energy_joules" | "co2e_grams" | "co2e_operational_grams" | "co2e_embodied_grams" | "cost")[];
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description Only this node; may be repeated, up to 50 times */
                readonly node?: readonly string[];
                /** @description Order; "-" for largest first */
                readonly sort?: "energy_joules" | "-energy_joules" | "co2e_grams" | "-co2e_grams" | "co2e_operational_grams" | "-co2e_operational_grams" | "co2e_embodied_grams" | "-co2e_embodied_grams" | "cost" | "-cost" | "name" | "-name";
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Totals"];
                };
            };
        };
    };
    readonly getVersion: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Version"];
                };
            };
        };
    };
    readonly getWorkloads: {
        readonly parameters: {
            readonly query?: {
                /** @description Only this cluster; may be repeated, up to 50 times */
                readonly cluster?: readonly string[];
                /** @description next_cursor of the page before */
                readonly cursor?: string;
                /** @description Start of the range: RFC 3339 or epoch seconds */
                readonly from?: string;
                /** @description Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h */
                readonly last?: string;
                /** @description Entries a page, 1 to 1000 */
                readonly limit?: number;
                /** @description Only this namespace; may be repeated, up to 50 times */
                readonly namespace?: readonly string[];
                /** @description End of the range, exclusive: RFC 3339 or epoch seconds; default now */
                readonly to?: string;
                /** @description Only this workload; may be repeated, up to 50 times */
                readonly workload?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Workloads"];
                };
            };
        };
    };
    readonly getLivez: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly status: "ok";
                    };
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly getPrometheusMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly getReadyz: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
}
