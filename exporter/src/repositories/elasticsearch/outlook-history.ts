import type { TimeRange } from '../../domain/interval.js';
import type { FindingKind, FindingsQuery } from '../../ports/findings.js';
import type { IntensityQuery } from '../../ports/intensity-history.js';
import type { OutlookHistory } from '../../ports/outlook-history.js';
import type { EventQuery, RecommendationQuery } from '../../ports/recommendations.js';
import type { RevisionHoursQuery } from '../../ports/revision-history.js';
import type { Connection } from './connection.js';
import { ElasticsearchFindingsHistory } from './findings.js';
import { HistoryState } from './history-state.js';
import { ElasticsearchIntensityHistory } from './intensity-history.js';
import { ElasticsearchRecommendationHistory } from './recommendation-history.js';
import { ElasticsearchRevisionHistory } from './revision-history.js';

/** `OutlookHistory` of every cluster. @param connection closed with it */
export function elasticsearchOutlookHistory(connection: Connection): OutlookHistory {
  const state = new HistoryState(connection);
  const findings = new ElasticsearchFindingsHistory(connection, state);
  const intensities = new ElasticsearchIntensityHistory(connection);
  const revisions = new ElasticsearchRevisionHistory(connection, state);
  const recommendations = new ElasticsearchRecommendationHistory(connection, state);
  return {
    findings: <K extends FindingKind>(query: FindingsQuery<K>) => findings.findings(query),
    intensity: (query: IntensityQuery) => intensities.intensity(query),
    intensityZones: () => intensities.intensityZones(),
    revisions: (cluster: string, range: TimeRange) => revisions.revisions(cluster, range),
    revisionHours: (query: RevisionHoursQuery) => revisions.revisionHours(query),
    recommendations: (query: RecommendationQuery) => recommendations.recommendations(query),
    recommendationEvents: (query: EventQuery) => recommendations.recommendationEvents(query),
    bookedSavings: (range: TimeRange | null) => recommendations.bookedSavings(range),
    scans: () => recommendations.scans(),
    close: () => connection.close(),
  };
}
