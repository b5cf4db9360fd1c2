/** The undisturbed twin: what a ledger is when nothing happens to it, and which statements made it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { live } from './collector.js';
import { readContent } from './content.js';
import { lifeFrom, type Scenario, type Setting } from './scenario.js';
import { writeWindows } from './windows.js';

export interface Twin extends Setting {
  readonly content: readonly string[];
  /** By text of the statement: the clock at each time that it was given; 0: when the ledger is opened. */
  readonly statements: ReadonlyMap<string, readonly number[]>;
  /** Real time that one interval took, on the machine as busy as it is. */
  readonly intervalMs: number;
}

/** @param folder where it leaves "twin.db" and what is observed */
export async function makeTwin(scenario: Scenario, folder: string): Promise<Twin> {
  const [path, record] = [join(folder, 'twin.db'), join(folder, 'statements.json')];
  const setting = { scenario, windows: await writeWindows(scenario, folder) };
  const began = performance.now();
  const life = await live(lifeFrom(setting, path, scenario.begin), { sabotage: { record } });
  if (life.code !== 0 || life.errors.length > 0) throw new Error(`the twin failed: ${JSON.stringify(life)}`);
  const statements = JSON.parse(readFileSync(record, 'utf8')) as Record<string, number[]>;
  const intervals = (scenario.end - scenario.begin) / scenario.step;
  return {
    ...setting,
    content: readContent(path),
    statements: new Map(Object.entries(statements)),
    intervalMs: (performance.now() - began) / intervals,
  };
}
