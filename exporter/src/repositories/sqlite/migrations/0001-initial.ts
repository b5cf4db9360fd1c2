/**
 * Three grains of time: intervals, hours and days, each written whole and keyed by cluster and time first, without rowid and
 * without secondary indexes, so that a range is one scan. The rows of pods are one block of bytes a bucket (see pod-block and
 * pod-sums); nodes and namespaces, which most questions are about, are rows. What repeats is in dimension tables, whose ids are
 * small integers. Amounts are INTEGER and sum exactly.
 */
export const initial = {
  version: 1,
  name: 'initial',
  sql: `
-- complete, partial, impossible: how many commits have left an interval in that state; never falls.
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
-- last_day: the newest sealed day that has it.
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
  last_day INTEGER,
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

-- What the figures of a node rest on that is kept in hours and days too: sums of one basis have one band, zone and currency.
-- Half-widths in thousandths of a natural log; that of the power depends on the load and is weighted into the sums.
CREATE TABLE basis (
  id INTEGER PRIMARY KEY,
  grid_zone TEXT NOT NULL,
  provider TEXT NOT NULL,
  method TEXT NOT NULL,
  estimated INTEGER NOT NULL CHECK (estimated IN (0, 1)),
  currency_id INTEGER NOT NULL REFERENCES currency,
  pue_lo INTEGER NOT NULL,
  pue_hi INTEGER NOT NULL,
  intensity_lo INTEGER NOT NULL,
  intensity_hi INTEGER NOT NULL,
  embodied_lo INTEGER NOT NULL,
  embodied_hi INTEGER NOT NULL,
  UNIQUE (grid_zone, provider, method, estimated, currency_id, pue_lo, pue_hi, intensity_lo, intensity_hi, embodied_lo, embodied_hi)
) STRICT;

-- The rest of it, kept with single intervals.
CREATE TABLE provenance (
  id INTEGER PRIMARY KEY,
  reasons TEXT NOT NULL,
  pue REAL NOT NULL,
  pue_source TEXT NOT NULL,
  intensity REAL NOT NULL,
  intensity_source TEXT NOT NULL,
  intensity_time INTEGER NOT NULL,
  power_profile TEXT NOT NULL,
  measured_source TEXT NOT NULL,
  UNIQUE (intensity_time, intensity, power_profile, reasons, pue, pue_source, intensity_source, measured_source)
) STRICT;

-- Of intervals that are rolled up and pruned, the last of each node in an hour stays, later the last in a day. No foreign key to
-- provenance, of which unused rows are collected: each would search this table.
CREATE TABLE node_usage (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  node_spec_id INTEGER NOT NULL REFERENCES node_spec,
  basis_id INTEGER NOT NULL REFERENCES basis,
  provenance_id INTEGER NOT NULL,
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
  PRIMARY KEY (cluster_id, start, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE node_hour (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  node_spec_id INTEGER NOT NULL REFERENCES node_spec,
  basis_id INTEGER NOT NULL REFERENCES basis,
  energy INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  energy_power_lo_high INTEGER NOT NULL,
  energy_power_lo_low INTEGER NOT NULL,
  energy_power_hi_high INTEGER NOT NULL,
  energy_power_hi_low INTEGER NOT NULL,
  operational_power_lo_high INTEGER NOT NULL,
  operational_power_lo_low INTEGER NOT NULL,
  operational_power_hi_high INTEGER NOT NULL,
  operational_power_hi_low INTEGER NOT NULL,
  first_start INTEGER NOT NULL,
  last_start INTEGER NOT NULL,
  estimated_energy INTEGER NOT NULL,
  measured_energy INTEGER,
  milliseconds INTEGER NOT NULL,
  cpu_microseconds INTEGER NOT NULL,
  cpu_max INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start, node_id, node_spec_id, basis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE node_day (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  node_id INTEGER NOT NULL REFERENCES node,
  node_spec_id INTEGER NOT NULL REFERENCES node_spec,
  basis_id INTEGER NOT NULL REFERENCES basis,
  energy INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  energy_power_lo_high INTEGER NOT NULL,
  energy_power_lo_low INTEGER NOT NULL,
  energy_power_hi_high INTEGER NOT NULL,
  energy_power_hi_low INTEGER NOT NULL,
  operational_power_lo_high INTEGER NOT NULL,
  operational_power_lo_low INTEGER NOT NULL,
  operational_power_hi_high INTEGER NOT NULL,
  operational_power_hi_low INTEGER NOT NULL,
  first_start INTEGER NOT NULL,
  last_start INTEGER NOT NULL,
  estimated_energy INTEGER NOT NULL,
  measured_energy INTEGER,
  milliseconds INTEGER NOT NULL,
  cpu_microseconds INTEGER NOT NULL,
  cpu_max INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start, node_id, node_spec_id, basis_id)
) STRICT, WITHOUT ROWID;

-- *_high * 2^28 + *_low: energy or emissions, each times the half-width of the power that it was computed with.
CREATE TABLE namespace_usage (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  namespace_id INTEGER NOT NULL REFERENCES namespace,
  basis_id INTEGER NOT NULL REFERENCES basis,
  energy INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  energy_power_lo_high INTEGER NOT NULL,
  energy_power_lo_low INTEGER NOT NULL,
  energy_power_hi_high INTEGER NOT NULL,
  energy_power_hi_low INTEGER NOT NULL,
  operational_power_lo_high INTEGER NOT NULL,
  operational_power_lo_low INTEGER NOT NULL,
  operational_power_hi_high INTEGER NOT NULL,
  operational_power_hi_low INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start, namespace_id, basis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE namespace_hour (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  namespace_id INTEGER NOT NULL REFERENCES namespace,
  basis_id INTEGER NOT NULL REFERENCES basis,
  energy INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  energy_power_lo_high INTEGER NOT NULL,
  energy_power_lo_low INTEGER NOT NULL,
  energy_power_hi_high INTEGER NOT NULL,
  energy_power_hi_low INTEGER NOT NULL,
  operational_power_lo_high INTEGER NOT NULL,
  operational_power_lo_low INTEGER NOT NULL,
  operational_power_hi_high INTEGER NOT NULL,
  operational_power_hi_low INTEGER NOT NULL,
  first_start INTEGER NOT NULL,
  last_start INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start, namespace_id, basis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE namespace_day (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  namespace_id INTEGER NOT NULL REFERENCES namespace,
  basis_id INTEGER NOT NULL REFERENCES basis,
  energy INTEGER NOT NULL,
  operational INTEGER NOT NULL,
  embodied INTEGER NOT NULL,
  cost INTEGER,
  energy_power_lo_high INTEGER NOT NULL,
  energy_power_lo_low INTEGER NOT NULL,
  energy_power_hi_high INTEGER NOT NULL,
  energy_power_hi_low INTEGER NOT NULL,
  operational_power_lo_high INTEGER NOT NULL,
  operational_power_lo_low INTEGER NOT NULL,
  operational_power_hi_high INTEGER NOT NULL,
  operational_power_hi_low INTEGER NOT NULL,
  first_start INTEGER NOT NULL,
  last_start INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, start, namespace_id, basis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pod_usage (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  block BLOB NOT NULL,
  PRIMARY KEY (cluster_id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE pod_hour (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  block BLOB NOT NULL,
  PRIMARY KEY (cluster_id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE pod_day (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  block BLOB NOT NULL,
  PRIMARY KEY (cluster_id, start)
) STRICT, WITHOUT ROWID;

-- Use of CPU (millionths of a core) and memory (bytes) by the pods of a workload, weighted by time.
CREATE TABLE workload_hour_histogram (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload,
  cpu BLOB NOT NULL,
  memory BLOB NOT NULL,
  PRIMARY KEY (cluster_id, start, workload_id)
) STRICT, WITHOUT ROWID;

-- Hours and days that are whole: of every interval in them something is known for good, be it that nothing can be. known: covered
-- time, microseconds; first and last known interval. held: its sums are there; raw: so are the rows of its intervals.
CREATE TABLE hour_seal (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1)),
  raw INTEGER NOT NULL CHECK (raw IN (0, 1)),
  known INTEGER NOT NULL,
  first_start INTEGER,
  last_start INTEGER,
  PRIMARY KEY (cluster_id, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_seal (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  start INTEGER NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1)),
  known INTEGER NOT NULL,
  first_start INTEGER,
  last_start INTEGER,
  PRIMARY KEY (cluster_id, start)
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
