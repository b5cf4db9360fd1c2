/**
 * What live sources of factors have said, shared by all clusters of the file. `changed_at` is when a source last said something
 * new, so that whoever depends on it can be told; `fetched_at`, when it last said anything.
 */
export const factors = {
  version: 2,
  name: 'factors',
  sql: `
CREATE TABLE intensity (
  grid_zone TEXT NOT NULL,
  hour INTEGER NOT NULL,
  source TEXT NOT NULL,
  value REAL NOT NULL CHECK (value >= 0),
  provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)),
  fetched_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (grid_zone, hour, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX intensity_changed ON intensity (changed_at);

CREATE TABLE embodied (
  source TEXT NOT NULL,
  provider TEXT NOT NULL,
  instance_type TEXT NOT NULL,
  total REAL CHECK (total >= 0),
  lo INTEGER NOT NULL,
  hi INTEGER NOT NULL,
  closest_match TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (source, provider, instance_type)
) STRICT, WITHOUT ROWID;

-- A node's interval told anew. Emissions in micrograms; the factor in g/kWh, or kg for the embodied total of a machine.
CREATE TABLE restatement (
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  old_emissions INTEGER NOT NULL,
  new_emissions INTEGER NOT NULL,
  old_factor REAL NOT NULL,
  new_factor REAL NOT NULL,
  old_source TEXT NOT NULL,
  new_source TEXT NOT NULL,
  PRIMARY KEY (start, node_id, at, reason)
) STRICT, WITHOUT ROWID;
`,
} as const;
