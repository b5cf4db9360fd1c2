/** What analyses have found: one document a subject, replaced whole. */
export const findings = {
  version: 5,
  name: 'findings',
  sql: `
CREATE TABLE finding (
  cluster_id INTEGER NOT NULL REFERENCES cluster,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (cluster_id, kind, subject)
) STRICT, WITHOUT ROWID;
`,
} as const;
