/**
 * A writer of the built exporter that commits what it is told, in order, and prunes now and then. Tells on standard output, a
 * line each: "open" when it holds the ledger, "done N" after the N-th commit, "end". Its one argument is JSON:
 * `options` of the store, `file` with the results (of `v8.serialize`, for their bytes), `prune` every so many commits; `pause`: it
 * stops itself (SIGSTOP) after that commit. On PostgreSQL also `kill`: { n, when: 'before' | 'after' } ends it at the n-th
 * statement, and `breakage`: 'mark-later' lets the rows of an interval become durable before its mark.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deserialize } from 'node:v8';
import { openStores } from '../../../exporter/dist/repositories/factory.js';

const { options, file, prune, kill, pause, breakage } = JSON.parse(process.argv[2]);
const results = deserialize(readFileSync(file));
const tell = (line) => writeSync(1, `${line}\n`);

const fromExporter = createRequire(new URL('../../../exporter/dist/main.js', import.meta.url));
const { Client } = fromExporter('pg');
const { query } = Client.prototype;
let left = kill?.n ?? Infinity;

Client.prototype.query = function (...given) {
  const text = typeof given[0] === 'string' ? given[0] : '';
  const chosen = --left === 0;
  if (chosen && kill.when === 'before') process.kill(process.pid, 'SIGKILL');
  const run = () => query.apply(this, given);
  const split = breakage === 'mark-later' && text.startsWith('INSERT INTO interval_mark');
  const answer = split
    ? query
        .call(this, 'COMMIT')
        .then(() => query.call(this, 'BEGIN'))
        .then(run)
    : run();
  if (!chosen) return answer;
  if (answer instanceof Promise) return answer.finally(() => process.kill(process.pid, 'SIGKILL'));
  answer.on('finish', () => process.kill(process.pid, 'SIGKILL'));
  return answer;
};

const { ledger } = await openStores(options, {
  signal: new AbortController().signal,
  onWaiting: () => tell('waiting'),
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
  if (n === pause) process.kill(process.pid, 'SIGSTOP');
}
await ledger.close();
tell('end');
