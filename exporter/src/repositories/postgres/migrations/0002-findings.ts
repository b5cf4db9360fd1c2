/** Factors and how they were revised, and what analyses have found and proposed. Names compare by their bytes. */
const NAME = 'text COLLATE "C" NOT NULL';

export const findings = {
  version: 2,
  name: 'findings',
  sql: `
-- What live sources of factors have said, shared by all clusters. changed_at: when a source last said something new.
CREATE TABLE intensity (
  grid_zone ${NAME},
  hour bigint NOT NULL,
  source ${NAME},
  value double precision NOT NULL CHECK (value >= 0),
  provisional boolean NOT NULL,
  fetched_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (grid_zone, hour, source)
);
CREATE INDEX intensity_changed ON intensity (changed_at);

CREATE TABLE embodied (
  source ${NAME},
  provider ${NAME},
  instance_type ${NAME},
  total double precision CHECK (total >= 0),
  lo int NOT NULL,
  hi int NOT NULL,
  closest_match text NOT NULL,
  fetched_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (source, provider, instance_type)
);

-- A node's interval told anew. Emissions in micrograms; the factor in g/kWh, or kg for the embodied total of a machine.
CREATE TABLE restatement (
  start bigint NOT NULL,
  node_id int NOT NULL REFERENCES node,
  at bigint NOT NULL,
  reason ${NAME},
  old_emissions bigint NOT NULL,
  new_emissions bigint NOT NULL,
  old_factor double precision NOT NULL,
  new_factor double precision NOT NULL,
  old_source text NOT NULL,
  new_source text NOT NULL,
  PRIMARY KEY (start, node_id, at, reason)
);

-- Absolute changes of emissions by reason, micrograms; never falls, while restatements are pruned.
CREATE TABLE restated (
  cluster_id int NOT NULL REFERENCES cluster,
  reason ${NAME},
  emissions numeric NOT NULL,
  PRIMARY KEY (cluster_id, reason)
);

-- Recommendations as documents, beside what they are looked for by; their changes of status; and what each hour of an applied
-- one saved. saving_shown holds what counters have shown, which never falls: unit is "ug" or a currency.
CREATE TABLE recommendation (
  cluster_id int NOT NULL REFERENCES cluster,
  id ${NAME},
  type ${NAME},
  status ${NAME} CHECK (status IN ('active', 'applied', 'ignored', 'stale')),
  namespace ${NAME},
  workload ${NAME},
  node ${NAME},
  verdict text,
  body text NOT NULL,
  baseline text,
  PRIMARY KEY (cluster_id, id)
);

CREATE TABLE recommendation_event (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id int NOT NULL REFERENCES cluster,
  id ${NAME},
  at bigint NOT NULL,
  namespace ${NAME},
  body text NOT NULL
);
CREATE INDEX recommendation_event_at ON recommendation_event (at);

CREATE TABLE saving (
  cluster_id int NOT NULL REFERENCES cluster,
  id ${NAME},
  start bigint NOT NULL,
  energy bigint NOT NULL,
  emissions bigint NOT NULL,
  cost bigint,
  currency ${NAME},
  PRIMARY KEY (cluster_id, id, start)
);

CREATE TABLE saving_shown (
  cluster_id int NOT NULL REFERENCES cluster,
  namespace ${NAME},
  type ${NAME},
  unit ${NAME},
  amount numeric NOT NULL,
  PRIMARY KEY (cluster_id, namespace, type, unit)
);

CREATE TABLE recommendation_scan (
  cluster_id int PRIMARY KEY REFERENCES cluster,
  body text NOT NULL
);

-- What analyses have found: one document a subject, replaced whole.
CREATE TABLE finding (
  cluster_id int NOT NULL REFERENCES cluster,
  kind ${NAME},
  subject ${NAME},
  at bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (cluster_id, kind, subject)
);
`,
} as const;
