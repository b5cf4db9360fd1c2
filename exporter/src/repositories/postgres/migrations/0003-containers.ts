const TABLE = `(
  cluster_id int NOT NULL REFERENCES cluster,
  start bigint NOT NULL,
  block bytea NOT NULL,
  PRIMARY KEY (cluster_id, start)
)`;

/** Use by container, of workloads whose pods have several: one compressed value (container-block.ts) an interval and an hour. */
export const containers = {
  version: 3,
  name: 'containers',
  sql: `CREATE TABLE container_usage ${TABLE}; CREATE TABLE container_hour ${TABLE};`,
} as const;
