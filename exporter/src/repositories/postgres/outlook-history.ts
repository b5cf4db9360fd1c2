import type { TimeRange } from '../../domain/interval.js';
import type { FindingKind, FindingsQuery } from '../../ports/findings.js';
import type { IntensityQuery } from '../../ports/intensity-history.js';
import type { OutlookHistory } from '../../ports/outlook-history.js';
import type { EventQuery, RecommendationQuery } from '../../ports/recommendations.js';
import type { RevisionHoursQuery } from '../../ports/revision-history.js';
import type { Database } from './connection.js';
import { readIntensity } from './factor-store.js';
import { PostgresFindingsHistory } from './findings.js';
import { PostgresRecommendationHistory } from './recommendation-history.js';
import { PostgresRevisionHistory } from './revision-history.js';

/** Skips from one zone to the next by the primary key, of which there are few among many hours. */
const ZONES = `WITH RECURSIVE z (zone) AS (
  SELECT min(grid_zone) FROM intensity
  UNION ALL SELECT (SELECT min(grid_zone) FROM intensity WHERE grid_zone > z.zone) FROM z WHERE z.zone IS NOT NULL
) SELECT zone FROM z WHERE zone IS NOT NULL`;

/** `OutlookHistory` of every cluster in a PostgreSQL schema. @param database closed with it */
export function postgresOutlookHistory(database: Database): OutlookHistory {
  const findings = new PostgresFindingsHistory(database);
  const revisions = new PostgresRevisionHistory(database);
  const recommendations = new PostgresRecommendationHistory(database);
  return {
    findings: <K extends FindingKind>(query: FindingsQuery<K>) => findings.findings(query),
    intensity: ({ gridZone, range }: IntensityQuery) => readIntensity(database, gridZone, range),
    intensityZones: async () => (await database.rows<{ zone: string }>(ZONES)).map(({ zone }) => zone),
    revisions: (cluster: string, range: TimeRange) => revisions.revisions(cluster, range),
    revisionHours: (query: RevisionHoursQuery) => revisions.revisionHours(query),
    recommendations: (query: RecommendationQuery) => recommendations.recommendations(query),
    recommendationEvents: (query: EventQuery) => recommendations.recommendationEvents(query),
    bookedSavings: (range: TimeRange | null) => recommendations.bookedSavings(range),
    scans: () => recommendations.scans(),
    close: () => database.close(),
  };
}
