import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outlookContract } from '../../ports/outlook-history.contract.js';
import { STEP } from '../../ports/testing/results.js';
import { openReader, openWriter } from './connection.js';
import { SqliteFactorStore } from './factor-store.js';
import { SqliteFindingsStore } from './findings.js';
import { SqliteLedger } from './ledger.js';
import { sqliteOutlookHistory } from './outlook-history.js';

outlookContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-outlook-'));
  const path = join(folder, 'greenkube.db');
  const writer = openWriter(path);
  const reader = sqliteOutlookHistory(openReader(path));
  return {
    ledgers: { a: new SqliteLedger(writer, 'a', STEP), b: new SqliteLedger(writer, 'b', STEP) },
    findings: { a: new SqliteFindingsStore(writer.db, 'a'), b: new SqliteFindingsStore(writer.db, 'b') },
    factors: new SqliteFactorStore(writer.db),
    reader,
    remove: async () => {
      await reader.close();
      writer.close();
      await rm(folder, { recursive: true });
    },
  };
});
