/** The collecting half of the exporter in this process, on a clock that the caller moves. */
import { composeEngine } from '../../exporter/src/app/compose.js';
import { loadConfig } from '../../exporter/src/app/config.js';
import { loadInput } from '../../exporter/src/app/launch-input.js';
import { modeOf } from '../../exporter/src/app/mode.js';
import { systemStopwatch } from '../../exporter/src/app/system.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { OFFLINE } from './exporter.js';

export interface EngineRun {
  /** By flag name without dashes before it, for example "prometheus-url". */
  readonly flags: Readonly<Record<string, string>>;
  /** What the clock shows at first, seconds since the epoch. */
  readonly from: number;
  /** The engine is stopped when it would sleep until this instant or later. */
  readonly until: number;
  /** Called whenever the engine has slept, with what the clock shows. */
  readonly onWake?: (now: number) => Promise<void>;
}

/** Runs the same program as the process does, sleeping no real time. Returns what it warned of. */
export async function runEngine({ flags, from, until, onWake }: EngineRun): Promise<readonly string[]> {
  const keys = Object.entries({ ...OFFLINE, ...flags }).map(([k, v]) => [
    k.replaceAll('-', '_').toUpperCase(),
    v,
  ]);
  const input = loadInput({
    flags: Object.fromEntries(keys),
    env: {},
    dotenvText: '',
    isTerminal: false,
  });
  const loaded = loadConfig(input);
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  let now = from;
  const stop = new AbortController();
  const warnings: string[] = [];
  const ignore = () => undefined;
  const warn = (fields: object, message: string) =>
    void warnings.push(`${message} ${JSON.stringify({ ...fields })}`);
  const engine = await composeEngine(loaded.config, modeOf(loaded.config), {
    clock: { now: () => epochSeconds(now) },
    stopwatch: systemStopwatch,
    sleepUntil: async (at) => {
      now = at;
      if (now >= until) stop.abort();
      else await onWake?.(now);
    },
    log: { debug: ignore, info: ignore, warn, error: warn },
    build: { version: '0', revision: '0', nodeVersion: '0' },
    onSnapshot: ignore,
    onStatus: ignore,
    onProgress: ignore,
  });
  try {
    await engine.run(stop.signal);
  } finally {
    await engine.close();
  }
  return warnings;
}
