/** The demo world, at any size, in a real Prometheus: loaded once, kept for a second run where the folder outlives the first. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scale } from '../../exporter/src/demo/scale.js';
import { createWorld, type World } from '../../exporter/src/demo/world.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { remoteWrite } from '../servers/remote-write.js';
import { renderWorld } from '../world/render.js';
import type { WorldFigures } from './results.js';

export interface WorldSpec {
  readonly scale: Scale;
  /** First and last instant of the samples, seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
}

export interface LoadedWorld {
  readonly server: PrometheusServer;
  readonly nodes: number;
  /** Mean number of pods over the range. */
  readonly pods: number;
  readonly series: number;
  readonly samples: number;
  readonly loadSeconds: number;
}

export function worldFigures(spec: WorldSpec, { nodes, pods, series }: Loaded): WorldFigures {
  return { nodes, pods, series, scrapeInterval: spec.scrapeInterval };
}

type Loaded = Omit<LoadedWorld, 'server'>;

const BATCH_SECONDS = 900;
const ANY_ORDER_SECONDS = 3000;

/** Starts a Prometheus in `dir` that holds the world; what an earlier run loaded there by the same specification is used. */
export async function startLoaded(
  spec: WorldSpec,
  dir: string,
  say: (line: string) => void,
): Promise<LoadedWorld> {
  const stamp = join(dir, 'loaded.json');
  const known = readStamp(stamp, spec);
  if (!known) rmSync(dir, { recursive: true, force: true });
  const server = await startPrometheus({ dir });
  if (known) return { server, ...known };
  try {
    const loaded = await load(spec, server.url, say);
    writeFileSync(stamp, JSON.stringify({ spec, loaded }));
    return { server, ...loaded };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function readStamp(file: string, spec: WorldSpec): Loaded | null {
  if (!existsSync(file)) return null;
  const stamp = JSON.parse(readFileSync(file, 'utf8')) as { spec: WorldSpec; loaded: Loaded };
  return JSON.stringify(stamp.spec) === JSON.stringify(spec) ? stamp.loaded : null;
}

async function load(spec: WorldSpec, url: string, say: (line: string) => void): Promise<Loaded> {
  const began = performance.now();
  const world = createWorld({ seed: 1, start: epochSeconds(spec.from), scale: spec.scale });
  let series = 0;
  let samples = 0;
  let told = began;
  for (const [i, part] of partsOf(world, spec).entries()) {
    let largest = 0;
    for (const batch of renderWorld(part, optionsOf(spec))) {
      await remoteWrite(url, batch);
      largest = Math.max(largest, batch.length);
      samples += batch.reduce((sum, each) => sum + each.samples.length, 0);
      if (performance.now() - told < 30_000) continue;
      told = performance.now();
      say(`loading: part ${i + 1}, ${(samples / 1e6).toFixed(1)} million samples`);
    }
    series += largest;
  }
  const loadSeconds = (performance.now() - began) / 1000;
  return { ...sizeOf(world, spec), series, samples, loadSeconds };
}

const optionsOf = ({ from, to, scrapeInterval }: WorldSpec) => ({
  from: epochSeconds(from),
  to: epochSeconds(to),
  scrapeInterval,
  batchSeconds: BATCH_SECONDS,
});

/**
 * Copies of the fleet one after the other, so that the series under way are those of one; a range longer than the hour within
 * which Prometheus takes samples in any order has to come as a whole.
 */
function partsOf(world: World, { scale, from, to }: WorldSpec): readonly World[] {
  if (to - from > ANY_ORDER_SECONDS) return [world];
  return Array.from({ length: scale.blocks }, (_, block) => ({
    ...world,
    nodesDuring: (range) => world.nodesDuring(range).filter((node) => node.slot.block === block),
    podsDuring: (range) => world.podsDuring(range).filter((pod) => pod.node.slot.block === block),
  }));
}

function sizeOf(world: World, spec: WorldSpec): { nodes: number; pods: number } {
  const at = (t: number) => ({ from: epochSeconds(t), to: epochSeconds(t + 1) });
  const count = Math.min(24, Math.ceil((spec.to - spec.from) / 3600));
  const instants = Array.from(
    { length: count },
    (_, i) => spec.from + ((i + 0.5) * (spec.to - spec.from)) / count,
  );
  const mean = (of: (t: number) => number): number =>
    Math.round(instants.reduce((sum, t) => sum + of(t), 0) / count);
  return {
    nodes: mean((t) => world.nodesDuring(at(t)).length),
    pods: mean((t) => world.podsDuring(at(t)).length),
  };
}
