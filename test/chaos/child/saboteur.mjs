/**
 * Preloaded into a process under test: sees every statement that it gives to SQLite, and can end the process at a chosen one,
 * record them all, or make the writer break a rule. Works on the driver's native classes, so nothing of the program is changed.
 *
 * CHAOS_SABOTAGE: { kill?: { sql: string | null, n: number, when: 'before' | 'after' }, record?: path, breakage?: name }
 */
import { writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { breakages } from './breakages.mjs';

const { kill, record, breakage } = JSON.parse(process.env.CHAOS_SABOTAGE ?? '{}');
const fromExporter = createRequire(new URL('../../../exporter/dist/main.js', import.meta.url));
const native = nativeClass(fromExporter('better-sqlite3'));
const { prepare, exec } = native;

/** What the driver's own class wraps; also its transactions go through that. */
function nativeClass(Database) {
  const any = new Database(':memory:');
  const [inner] = Object.getOwnPropertySymbols(any);
  const prototype = Object.getPrototypeOf(any[inner]);
  any.close();
  return prototype;
}

/** By text of the statement: the clock of the process (`globalThis.chaosClock`) at each time it was given; 0: at the opening. */
const seen = new Map();
let left = kill?.n ?? Infinity;

function die() {
  writeSync(1, 'dying\n');
  process.kill(process.pid, 'SIGKILL');
}

/** Do what a statement does; die before or after it when it is the chosen one. */
function watched(sql, work) {
  const chosen = kill && (kill.sql === null || kill.sql === sql) && --left === 0;
  if (record) seen.set(sql, [...(seen.get(sql) ?? []), globalThis.chaosClock ?? 0]);
  if (chosen && kill.when === 'before') die();
  const result = work();
  if (chosen) die();
  return result;
}

const oneLine = (sql) => sql.replace(/\s+/g, ' ').trim();
const plan = breakage ? breakages[breakage] : {};

native.exec = function (sql) {
  return watched(oneLine(sql), () => exec.call(this, sql));
};

native.prepare = function (sql, ...rest) {
  const statement = prepare.call(this, plan.rewrite?.(sql) ?? sql, ...rest);
  const text = oneLine(sql);
  for (const method of ['run', 'get', 'all', 'iterate']) {
    const original = statement[method];
    statement[method] = function (...values) {
      plan.before?.(text, (between) => this.database.exec(between));
      if (plan.swallows?.(text)) return undefined;
      return watched(text, () => original.apply(this, values));
    };
  }
  return statement;
};

if (record) process.on('exit', () => writeFileSync(record, JSON.stringify(Object.fromEntries(seen))));
