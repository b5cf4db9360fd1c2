/**
 * The same three grains of time as in the other databases: intervals, hours and days. Rows of pods are ordinary rows, those of
 * intervals and hours in one partition a day (partitions.ts), so that pruning drops a table. Amounts of one interval are bigint;
 * sums over time numeric, so that no sum can overflow. Names compare by their bytes. Dimension tables belong to one cluster, whose
 * only writer may so collect what nothing refers to any more; only `currency` is shared.
 */
const NAME = 'text COLLATE "C" NOT NULL';

const SUMS = `
  energy numeric NOT NULL,
  operational numeric NOT NULL,
  embodied numeric NOT NULL,
  cost numeric,
  energy_power_lo numeric NOT NULL,
  energy_power_hi numeric NOT NULL,
  operational_power_lo numeric NOT NULL,
  operational_power_hi numeric NOT NULL,
  first_start bigint NOT NULL,
  last_start bigint NOT NULL`;

const podTable = (grain: 'hour' | 'day') => `
CREATE TABLE pod_${grain} (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  entity_id int NOT NULL,
  basis_id int NOT NULL,${SUMS},
  dynamic numeric NOT NULL,
  storage numeric NOT NULL,
  milliseconds numeric NOT NULL,
  cpu_microseconds numeric NOT NULL,
  memory_byte_seconds numeric NOT NULL,
  received numeric NOT NULL,
  transmitted numeric NOT NULL,
  read numeric NOT NULL,
  written numeric NOT NULL,
  restarts numeric NOT NULL,
  samples bigint NOT NULL,
  cpu_max bigint NOT NULL,
  memory_max bigint NOT NULL
)${grain === 'hour' ? ' PARTITION BY RANGE (start)' : ''};
CREATE INDEX pod_${grain}_start ON pod_${grain} (cluster_id, start);`;

const nodeTable = (grain: 'hour' | 'day') => `
CREATE TABLE node_${grain} (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  node_id int NOT NULL REFERENCES node,
  node_spec_id int NOT NULL REFERENCES node_spec,
  basis_id int NOT NULL REFERENCES basis,${SUMS},
  estimated_energy numeric NOT NULL,
  measured_energy numeric,
  milliseconds numeric NOT NULL,
  cpu_microseconds numeric NOT NULL,
  cpu_max bigint NOT NULL,
  samples bigint NOT NULL,
  PRIMARY KEY (cluster_id, start, node_id, node_spec_id, basis_id)
);`;

const namespaceTable = (grain: 'usage' | 'hour' | 'day') => `
CREATE TABLE namespace_${grain} (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  namespace_id int NOT NULL REFERENCES namespace,
  basis_id int NOT NULL REFERENCES basis,${SUMS},
  PRIMARY KEY (cluster_id, start, namespace_id, basis_id)
);`;

export const initial = {
  version: 1,
  name: 'initial',
  sql: `
-- complete, partial, impossible: how many commits have left an interval in that state; never falls.
CREATE TABLE cluster (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name ${NAME} UNIQUE,
  step int NOT NULL,
  complete bigint NOT NULL DEFAULT 0,
  partial bigint NOT NULL DEFAULT 0,
  impossible bigint NOT NULL DEFAULT 0
);

-- Who writes for a cluster. The token grows with every writer; a transaction of an earlier one is refused by it.
CREATE TABLE lease (
  cluster_id int PRIMARY KEY REFERENCES cluster,
  token bigint NOT NULL DEFAULT 0,
  holder text NOT NULL DEFAULT ''
);

-- When the writer was last heard of. Apart from the lease, which a transaction that writes holds until it ends.
CREATE TABLE heartbeat (
  cluster_id int PRIMARY KEY REFERENCES cluster,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE note (
  cluster_id int NOT NULL REFERENCES cluster,
  key ${NAME},
  value text NOT NULL,
  PRIMARY KEY (cluster_id, key)
);

CREATE TABLE currency (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code ${NAME} UNIQUE
);

CREATE TABLE interval_mark (
  cluster_id int NOT NULL REFERENCES cluster,
  start bigint NOT NULL,
  step int NOT NULL,
  state text NOT NULL CHECK (state IN ('complete', 'partial', 'impossible')),
  coverage double precision NOT NULL CHECK (coverage BETWEEN 0 AND 1),
  partial_reasons text NOT NULL,
  revision text NOT NULL,
  attempts int NOT NULL CHECK (attempts > 0),
  committed_at bigint NOT NULL,
  currency_id int NOT NULL REFERENCES currency,
  calculation_version int NOT NULL,
  PRIMARY KEY (cluster_id, start)
);

CREATE TABLE namespace (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  name ${NAME},
  UNIQUE (cluster_id, name)
);

CREATE TABLE workload (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace_id int NOT NULL REFERENCES namespace,
  name ${NAME},
  type ${NAME},
  UNIQUE (namespace_id, name, type)
);

CREATE TABLE node (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  name ${NAME},
  UNIQUE (cluster_id, name)
);

-- Found by a digest: an index entry may not be as long as labels can be.
CREATE TABLE label_set (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  digest ${NAME},
  json text NOT NULL,
  UNIQUE (cluster_id, digest)
);

-- A pod on a node with one version of its requests, owner and labels; or a node's system or idle share, whose namespace, workload
-- and pod are then '__system__' or '__idle__'. A request of -1: none. last_day: the newest sealed day that has it.
CREATE TABLE entity (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('pod', 'system', 'idle')),
  cluster_id int NOT NULL REFERENCES cluster,
  namespace_id int NOT NULL REFERENCES namespace,
  workload_id int NOT NULL REFERENCES workload,
  node_id int NOT NULL REFERENCES node,
  pod ${NAME},
  uid ${NAME},
  label_set_id int NOT NULL REFERENCES label_set,
  cpu_request double precision NOT NULL,
  memory_request double precision NOT NULL,
  last_day bigint,
  UNIQUE (node_id, pod, uid, kind, workload_id, label_set_id, cpu_request, memory_request)
);
CREATE INDEX entity_label_set ON entity (label_set_id);

CREATE TABLE node_spec (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  instance_type ${NAME},
  region ${NAME},
  zone ${NAME},
  architecture ${NAME},
  cpu_capacity double precision NOT NULL,
  memory_capacity double precision NOT NULL,
  embodied_total double precision NOT NULL,
  UNIQUE (cluster_id, instance_type, region, zone, architecture, cpu_capacity, memory_capacity, embodied_total)
);

-- What the figures of a node rest on that is kept in hours and days too: sums of one basis have one band, zone and currency.
-- Half-widths in thousandths of a natural log; that of the power depends on the load and is weighted into the sums.
CREATE TABLE basis (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  grid_zone ${NAME},
  provider ${NAME},
  method ${NAME},
  estimated int NOT NULL CHECK (estimated IN (0, 1)),
  currency_id int NOT NULL REFERENCES currency,
  pue_lo int NOT NULL,
  pue_hi int NOT NULL,
  intensity_lo int NOT NULL,
  intensity_hi int NOT NULL,
  embodied_lo int NOT NULL,
  embodied_hi int NOT NULL,
  UNIQUE (cluster_id, grid_zone, provider, method, estimated, currency_id,
    pue_lo, pue_hi, intensity_lo, intensity_hi, embodied_lo, embodied_hi)
);

-- The rest of it, kept with single intervals.
CREATE TABLE provenance (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  reasons ${NAME},
  pue double precision NOT NULL,
  pue_source ${NAME},
  intensity double precision NOT NULL,
  intensity_source ${NAME},
  intensity_time bigint NOT NULL,
  power_profile ${NAME},
  measured_source ${NAME},
  UNIQUE (cluster_id, intensity_time, intensity, power_profile, reasons, pue, pue_source, intensity_source, measured_source)
);

-- Of intervals that are rolled up and pruned, the last of each node in an hour stays, later the last in a day.
CREATE TABLE node_usage (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  node_id int NOT NULL REFERENCES node,
  node_spec_id int NOT NULL REFERENCES node_spec,
  basis_id int NOT NULL REFERENCES basis,
  provenance_id int NOT NULL,
  power_lo int NOT NULL,
  power_hi int NOT NULL,
  seconds double precision NOT NULL,
  cpu_seconds double precision NOT NULL,
  energy bigint NOT NULL,
  estimated_energy bigint NOT NULL,
  measured_energy bigint,
  operational bigint NOT NULL,
  embodied bigint NOT NULL,
  cost bigint,
  PRIMARY KEY (cluster_id, start, node_id)
);

-- What meters said beside what the model says of the same scope. place: 0 counts for the node, the others are for comparing.
CREATE TABLE meter_usage (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  node_id int NOT NULL REFERENCES node,
  place int NOT NULL,
  source ${NAME},
  scope ${NAME},
  measured bigint NOT NULL,
  estimated bigint,
  PRIMARY KEY (cluster_id, start, node_id, place)
);

-- position: of the row among those of its interval. cpu: microseconds. Wide columns first, so that none is padded. Rows of pods are
-- always read a whole bucket of time at once, and replaced so: an index of buckets takes a fifth of the room of a primary key.
CREATE TABLE pod_usage (
  start bigint NOT NULL,
  energy bigint NOT NULL,
  dynamic bigint NOT NULL,
  storage bigint NOT NULL,
  operational bigint NOT NULL,
  embodied bigint NOT NULL,
  cost bigint,
  cpu bigint NOT NULL,
  memory bigint NOT NULL,
  received bigint NOT NULL,
  transmitted bigint NOT NULL,
  read bigint NOT NULL,
  written bigint NOT NULL,
  seconds double precision NOT NULL,
  restarts double precision NOT NULL,
  cluster_id int NOT NULL,
  entity_id int NOT NULL,
  basis_id int NOT NULL,
  position int NOT NULL,
  power_lo smallint NOT NULL,
  power_hi smallint NOT NULL
) PARTITION BY RANGE (start);
CREATE INDEX pod_usage_start ON pod_usage (cluster_id, start);
${podTable('hour')}
${podTable('day')}
${nodeTable('hour')}
${nodeTable('day')}
${namespaceTable('usage')}
${namespaceTable('hour')}
${namespaceTable('day')}

-- Use of CPU (millionths of a core) and memory (bytes) by the pods of a workload, weighted by time.
CREATE TABLE workload_hour_histogram (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  workload_id int NOT NULL REFERENCES workload,
  cpu bytea NOT NULL,
  memory bytea NOT NULL,
  PRIMARY KEY (cluster_id, start, workload_id)
);

-- Hours and days that are whole: of every interval in them something is known for good, be it that nothing can be. known: covered
-- time, microseconds; first and last known interval. held: its sums are there; raw: so are the rows of its intervals.
CREATE TABLE hour_seal (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  held boolean NOT NULL,
  raw boolean NOT NULL,
  known bigint NOT NULL,
  first_start bigint,
  last_start bigint,
  PRIMARY KEY (cluster_id, start)
);

CREATE TABLE day_seal (
  cluster_id int NOT NULL,
  start bigint NOT NULL,
  held boolean NOT NULL,
  known bigint NOT NULL,
  first_start bigint,
  last_start bigint,
  PRIMARY KEY (cluster_id, start)
);

-- Sums since the ledger began. Beside each truth stands what has been shown of it, which never falls.
CREATE TABLE workload_counter (
  workload_id int PRIMARY KEY REFERENCES workload,
  cluster_id int NOT NULL REFERENCES cluster,
  ordinal int NOT NULL,
  last_seen bigint NOT NULL,
  operational numeric NOT NULL,
  operational_shown numeric NOT NULL,
  embodied numeric NOT NULL,
  embodied_shown numeric NOT NULL
);

CREATE TABLE workload_energy (
  workload_id int NOT NULL REFERENCES workload,
  method ${NAME},
  energy numeric NOT NULL,
  energy_shown numeric NOT NULL,
  PRIMARY KEY (workload_id, method)
);

CREATE TABLE workload_cost (
  workload_id int NOT NULL REFERENCES workload,
  currency_id int NOT NULL REFERENCES currency,
  cost numeric NOT NULL,
  cost_shown numeric NOT NULL,
  PRIMARY KEY (workload_id, currency_id)
);

CREATE TABLE node_counter (
  node_id int PRIMARY KEY REFERENCES node,
  last_seen bigint NOT NULL,
  operational numeric NOT NULL,
  operational_shown numeric NOT NULL,
  embodied numeric NOT NULL,
  embodied_shown numeric NOT NULL
);

CREATE TABLE node_energy (
  node_id int NOT NULL REFERENCES node,
  part ${NAME},
  method ${NAME},
  energy numeric NOT NULL,
  energy_shown numeric NOT NULL,
  PRIMARY KEY (node_id, part, method)
);
`,
} as const;
