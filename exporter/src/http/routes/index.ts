/** The routing table: what is not listed here does not exist. A new resource is a new file and a line here. */
import { budgets } from './budgets.js';
import { clusters } from './clusters.js';
import { compatByNamespace, compatList, compatSummary, compatTimeseries, compatTopPods } from './compat.js';
import { compatDashboard, compatDashboardTimeseries } from './compat-dashboard.js';
import { config } from './config.js';
import { energyComparison } from './energy-comparison.js';
import { explainRoute } from './explain.js';
import { health, healthService, healthServices } from './health.js';
import { intensity } from './intensity.js';
import { intensityForecast } from './intensity-forecast.js';
import { backfill, job, jobs } from './jobs.js';
import { landing } from './landing.js';
import { livez } from './livez.js';
import { compatMetrics, metrics } from './metrics.js';
import { namespaces } from './namespaces.js';
import { nodes } from './nodes.js';
import { readyz } from './readyz.js';
import {
  activeRecommendations,
  appliedRecommendations,
  ignoredRecommendations,
  recommendations,
  topRecommendations,
} from './recommendations.js';
import {
  applyRecommendation,
  ignoreRecommendation,
  recommendation,
  recommendationPatch,
  restoreRecommendation,
} from './recommendations-one.js';
import { recommendationHistory, recommendationSavings, recommendationScan } from './recommendations-past.js';
import { releases } from './releases.js';
import { reportExport } from './report-export.js';
import { reportSummary } from './report-summary.js';
import { reportYears } from './report-years.js';
import type { Route } from './route.js';
import { sci } from './sci.js';
import { score } from './score.js';
import { series } from './series.js';
import { totals } from './totals.js';
import { version } from './version.js';
import { workloads } from './workloads.js';

export const ROUTES: readonly Route[] = [
  landing,
  livez,
  readyz,
  metrics,
  compatMetrics,
  health,
  healthServices,
  healthService,
  version,
  config,
  totals,
  series,
  explainRoute,
  energyComparison,
  clusters,
  nodes,
  namespaces,
  workloads,
  intensity,
  intensityForecast,
  recommendations,
  activeRecommendations,
  topRecommendations,
  ignoredRecommendations,
  appliedRecommendations,
  recommendationHistory,
  recommendationSavings,
  recommendationScan,
  recommendation,
  recommendationPatch,
  applyRecommendation,
  ignoreRecommendation,
  restoreRecommendation,
  score,
  budgets,
  sci,
  releases,
  reportSummary,
  reportYears,
  reportExport,
  compatList,
  compatSummary,
  compatTimeseries,
  compatByNamespace,
  compatTopPods,
  compatDashboard,
  compatDashboardTimeseries,
  backfill,
  jobs,
  job,
];
