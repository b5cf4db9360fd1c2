/**
 * Facts are keyed by time first, without rowid and without secondary indexes: an interval is appended at the end of the tree and
 * a range is one scan. Everything that repeats is in dimension tables, whose ids are small integers. Amounts are INTEGER and
 * sum exactly; observations are REAL, which SQLite keeps as short as an integer where they are whole.
 */
export const initial = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE cluster (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  step INTEGER NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0,
  partial INTEGER NOT NULL DEFAULT 0,
  impossible INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE note (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (cluster_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE currency (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE interval (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  step INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'impossible')),
  coverage REAL NOT NULL CHECK (coverage BETWEEN 0 AND 1),
  partial_reasons TEXT NOT NULL,
  revision TEXT NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts > 0),
  committed_at INTEGER NOT NULL,
  currency_id INTEGER NOT NULL REFERENCES currency,
  calculation_version INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE namespace (
  id INTEGER PRIMARY KEY,
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  name TEXT NOT NULL,
  UNIQUE (cluster_id, name)
) STRICT;

CREATE TABLE workload (
  id INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  UNIQUE (namespace_id, name, type)
) STRICT;

CREATE TABLE node (
  id INTEGER PRIMARY KEY,
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  name TEXT NOT NULL,
  UNIQUE (cluster_id, name)
) STRICT;

CREATE TABLE label_set (
  id INTEGER PRIMARY KEY,
  json TEXT NOT NULL UNIQUE
) STRICT;

-- A pod on a node with one version of its requests, owner and labels; or a node's system or idle share, whose namespace,
-- workload and pod are then '__system__' or '__idle__'. Namespace and cluster follow from the others; reads group by them.
CREATE TABLE entity (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('pod', 'system', 'idle')),
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  namespace_id INTEGER NOT NULL REFERENCES namespace,
  workload_id INTEGER NOT NULL REFERENCES workload,
  node_id INTEGER NOT NULL REFERENCES node,
  pod TEXT NOT NULL,
  uid TEXT NOT NULL,
  label_set_id INTEGER NOT NULL REFERENCES label_set,
  cpu_request REAL,
  memory_request REAL,
  UNIQUE (node_id, pod, uid, kind, workload_id, label_set_id, cpu_request, memory_request)
) STRICT;

CREATE TABLE node_spec (
  id INTEGER PRIMARY KEY,
  instance_type TEXT NOT NULL,
  region TEXT NOT NULL,
  zone TEXT NOT NULL,
  architecture TEXT NOT NULL,
  cpu_capacity REAL NOT NULL,
  memory_capacity REAL NOT NULL,
  embodied_total REAL NOT NULL,
  UNIQUE (instance_type, region, zone, architecture, cpu_capacity, memory_capacity, embodied_total)
) STRICT;

-- Half-widths that hold for many intervals, in thousandths of a natural log. The power band depends on the load: see node_usage.
CREATE TABLE band (
  id INTEGER PRIMARY KEY,
  pue_lo INTEGER NOT NULL,
  pue_hi INTEGER NOT NULL,
  intensity_lo INTEGER NOT NULL,
  intensity_hi INTEGER NOT NULL,
  embodied_lo INTEGER NOT NULL,
  embodied_hi INTEGER NOT NULL,
  UNIQUE (pue_lo, pue_hi, intensity_lo, intensity_hi, embodied_lo, embodied_hi)
) STRICT;

CREATE TABLE provenance (
  id INTEGER PRIMARY KEY,
  method TEXT NOT NULL,
  estimated INTEGER NOT NULL CHECK (estimated IN (0, 1)),
  reasons TEXT NOT NULL,
  provider TEXT NOT NULL,
  grid_zone TEXT NOT NULL,
  pue REAL NOT NULL,
  pue_source TEXT NOT NULL,
  intensity REAL NOT NULL,
  intensity_source TEXT NOT NULL,
  intensity_time INTEGER NOT NULL,
  power_profile TEXT NOT NULL,
  measured_source TEXT NOT NULL,
  band_id INTEGER NOT NULL REFERENCES band,
  UNIQUE (intensity_time, grid_zone, power_profile, method, estimated, reasons, provider, pue, pue_source, intensity,
          intensity_source, measured_source, band_id)
) STRICT;

CREATE TABLE node_usage (
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  node_spec_id INTEGER NOT NULL REFERENCES node_spec,
  provenance_id INTEGER NOT NULL REFERENCES provenance,
  currency_id INTEGER NOT NULL REFERENCES currency,
  power_lo INTEGER NOT NULL,
  power_hi INTEGER NOT NULL,
  seconds REAL NOT NULL,
  cpu_seconds REAL NOT NULL,
  energy INTEGER NOT NULL,
  estimated_energy INTEGER NOT NULL,
  measured_energy INTEGER,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  PRIMARY KEY (start, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pod_usage (
  start INTEGER NOT NULL,
  entity_id INTEGER NOT NULL REFERENCES entity,
  seconds REAL NOT NULL,
  energy INTEGER NOT NULL,
  dynamic INTEGER NOT NULL,
  storage INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  cpu_seconds REAL NOT NULL,
  memory REAL NOT NULL,
  received REAL NOT NULL,
  transmitted REAL NOT NULL,
  read REAL NOT NULL,
  written REAL NOT NULL,
  restarts REAL NOT NULL,
  PRIMARY KEY (start, entity_id)
) STRICT, WITHOUT ROWID;

-- Sums since the ledger began. Beside each truth stands what has been shown of it, which never falls.
CREATE TABLE workload_counter (
  workload_id INTEGER PRIMARY KEY REFERENCES workload,
  ordinal INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  operational_shown INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  embodied_shown INTEGER NOT NULL
) STRICT;

CREATE TABLE workload_energy (
  workload_id INTEGER NOT NULL REFERENCES workload,
  method TEXT NOT NULL,
  energy INTEGER NOT NULL,
  energy_shown INTEGER NOT NULL,
  PRIMARY KEY (workload_id, method)
) STRICT, WITHOUT ROWID;

CREATE TABLE workload_cost (
  workload_id INTEGER NOT NULL REFERENCES workload,
  currency_id INTEGER NOT NULL REFERENCES currency,
  cost INTEGER NOT NULL,
  cost_shown INTEGER NOT NULL,
  PRIMARY KEY (workload_id, currency_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE node_counter (
  node_id INTEGER PRIMARY KEY REFERENCES node,
  last_seen INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  operational_shown INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  embodied_shown INTEGER NOT NULL
) STRICT;

CREATE TABLE node_energy (
  node_id INTEGER NOT NULL REFERENCES node,
  part TEXT NOT NULL CHECK (part IN ('pods', 'system', 'idle')),
  method TEXT NOT NULL,
  energy INTEGER NOT NULL,
  energy_shown INTEGER NOT NULL,
  PRIMARY KEY (node_id, part, method)
) STRICT, WITHOUT ROWID;
`,
} as const;
