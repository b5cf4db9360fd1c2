import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factorStoreContract } from '../../ports/factor-store.contract.js';
import { MemoryFactorStore } from '../../ports/testing/memory-factor-store.js';
import { openWriter } from './connection.js';
import { SqliteFactorStore } from './factor-store.js';

factorStoreContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'greenkube-factors-'));
  const path = join(folder, 'greenkube.db');
  let writer = openWriter(path);
  return {
    store: new SqliteFactorStore(writer.db),
    reopen: async () => {
      writer.close();
      writer = openWriter(path);
      return new SqliteFactorStore(writer.db);
    },
    remove: async () => {
      writer.close();
      await rm(folder, { recursive: true });
    },
  };
});

factorStoreContract('memory', async () => {
  const store = new MemoryFactorStore();
  return { store, reopen: async () => store, remove: async () => {} };
});
