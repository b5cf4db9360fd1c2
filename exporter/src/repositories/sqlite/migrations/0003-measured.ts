/**
 * What meters said beside what the model says of the same scope, one row a node, interval and meter, kept as long as the rows of
 * the interval; and what restatements have come to since the ledger began.
 */
export const measured = {
  version: 3,
  name: 'measured',
  sql: `
CREATE TABLE meter (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  scope TEXT NOT NULL,
  UNIQUE (source, scope)
) STRICT;

-- place: 0 counts for the node, the others are for comparing. estimated: of the same scope, without calibration; null where the
-- model has no such part. Millijoules.
CREATE TABLE meter_usage (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  place INTEGER NOT NULL,
  meter_id INTEGER NOT NULL REFERENCES meter,
  measured INTEGER NOT NULL,
  estimated INTEGER,
  PRIMARY KEY (cluster_id, start, node_id, place)
) STRICT, WITHOUT ROWID;

-- Absolute changes of emissions by reason, micrograms; never falls, while restatements are pruned.
CREATE TABLE restated (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  reason TEXT NOT NULL,
  emissions INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, reason)
) STRICT, WITHOUT ROWID;
`,
} as const;
