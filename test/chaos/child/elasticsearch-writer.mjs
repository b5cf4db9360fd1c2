/**
 * A writer of the built exporter that commits what it is told, in order, and prunes now and then. Tells on standard output, a
 * line each: "open" when it holds the ledger, "done N" after the N-th commit, "end". Its one argument is JSON: `options` of the
 * store, `file` with the results, `prune` every so many commits.
 */
import { readFileSync, writeSync } from 'node:fs';
import { openElasticsearchStores } from '../../../exporter/dist/repositories/elasticsearch/open.js';

const { options, file, prune } = JSON.parse(process.argv[2]);
const results = JSON.parse(readFileSync(file, 'utf8'));
const tell = (line) => writeSync(1, `${line}\n`);

const { ledger } = await openElasticsearchStores(options, {
  signal: new AbortController().signal,
  onWaiting: () => undefined,
});
tell('open');
const note = await ledger.note('next');
for (let n = Number(note ?? 0); n < results.length; n++) {
  const result = results[n];
  await ledger.commit(result, result.interval.start + 600);
  if ((n + 1) % prune === 0) {
    const before = { raw: result.interval.start - 6 * 3600, hour: result.interval.start - 86_400, day: null };
    while (Object.values(await ledger.prune(before)).some((pruned) => pruned > 0));
  }
  await ledger.setNote('next', String(n + 1));
  tell(`done ${n}`);
}
await ledger.close();
tell('end');
