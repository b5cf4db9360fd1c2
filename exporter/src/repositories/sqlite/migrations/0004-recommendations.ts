/**
 * Recommendations as documents, beside what they are looked for by; their changes of status; and what each hour of an applied one
 * saved. `saving_shown` holds what counters have shown, which never falls: unit is "ug" or a currency.
 */
export const recommendations = {
  version: 4,
  name: 'recommendations',
  sql: `
CREATE TABLE recommendation (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'applied', 'ignored', 'stale')),
  namespace TEXT NOT NULL,
  workload TEXT NOT NULL,
  node TEXT NOT NULL,
  verdict TEXT,
  body TEXT NOT NULL,
  baseline TEXT,
  PRIMARY KEY (cluster_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE recommendation_event (
  number INTEGER PRIMARY KEY,
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX recommendation_event_at ON recommendation_event (at);

CREATE TABLE saving (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  id TEXT NOT NULL,
  start INTEGER NOT NULL,
  energy INTEGER NOT NULL,
  emissions INTEGER NOT NULL,
  cost INTEGER,
  currency TEXT NOT NULL,
  PRIMARY KEY (cluster_id, id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE saving_shown (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  namespace TEXT NOT NULL,
  type TEXT NOT NULL,
  unit TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, namespace, type, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE recommendation_scan (
  cluster_id INTEGER PRIMARY KEY REFERENCES cluster,
  body TEXT NOT NULL
) STRICT;
`,
} as const;
