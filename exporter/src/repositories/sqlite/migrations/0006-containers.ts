/** Use by container, of workloads whose pods have several: one compressed value (container-block.ts) beside that of the pods. */
export const containers = {
  version: 6,
  name: 'containers',
  sql: `
ALTER TABLE pod_usage ADD COLUMN containers BLOB;
ALTER TABLE pod_hour ADD COLUMN containers BLOB;
`,
} as const;
