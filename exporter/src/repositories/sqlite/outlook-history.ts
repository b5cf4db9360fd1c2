import type { Database } from 'better-sqlite3';
import type { TimeRange } from '../../domain/interval.js';
import type { FindingKind, FindingsQuery } from '../../ports/findings.js';
import type { IntensityQuery } from '../../ports/intensity-history.js';
import type { OutlookHistory } from '../../ports/outlook-history.js';
import type { EventQuery, RecommendationQuery } from '../../ports/recommendations.js';
import type { RevisionHoursQuery } from '../../ports/revision-history.js';
import { SqliteFindingsHistory } from './findings.js';
import { SqliteIntensityHistory } from './intensity-history.js';
import { SqliteRecommendationHistory } from './recommendation-history.js';
import { SqliteRevisionHistory } from './revision-history.js';

/** `OutlookHistory` of every cluster in a SQLite file. @param db a read-only connection, closed with it */
export function sqliteOutlookHistory(db: Database): OutlookHistory {
  const findings = new SqliteFindingsHistory(db);
  const intensities = new SqliteIntensityHistory(db);
  const revisions = new SqliteRevisionHistory(db);
  const recommendations = new SqliteRecommendationHistory(db);
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
    close: async () => {
      db.close();
    },
  };
}
