/** What is observed of the demo world, worked out once and laid in files, an hour in each: a life then begins in no time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDemoSource } from '../../exporter/src/demo/usage-source.js';
import { createWorld } from '../../exporter/src/demo/world.js';
import { floorTo } from '../../exporter/src/domain/interval.js';
import type { UsageWindow } from '../../exporter/src/domain/model.js';
import { epochSeconds, seconds } from '../../exporter/src/domain/units.js';
import { DAY, HOUR, type Scenario } from './scenario.js';

/** Only so many machines of the world are looked at. */
export const MACHINES = 3;

/** @returns the folder, for `CollectorOptions.windows` */
export async function writeWindows({ start, end, step }: Scenario, folder: string): Promise<string> {
  const windows = join(folder, 'windows');
  mkdirSync(windows, { recursive: true });
  const source = createDemoSource(createWorld({ seed: 1, start: epochSeconds(start) }));
  for (let hour: number = floorTo(start, HOUR); hour < end + DAY / 4; hour += HOUR) {
    const range = { from: epochSeconds(hour), to: epochSeconds(hour + HOUR) };
    const answer = await source.observe(range, seconds(step));
    if (!answer.ok) throw new Error(answer.message);
    writeFileSync(join(windows, `${hour}.json`), JSON.stringify(answer.value.map(ofSomeMachines)));
  }
  return windows;
}

function ofSomeMachines(window: UsageWindow): UsageWindow {
  const nodes = window.nodes.slice(0, MACHINES);
  const names = new Set(nodes.map(({ node }) => node));
  return { ...window, nodes, pods: window.pods.filter(({ node }) => names.has(node)) };
}
