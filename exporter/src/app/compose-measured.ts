/** The part of the map behind what meters are for beside a node's own figure, and behind telling stored intervals anew. */
import { familyOf } from '../data/instance-type.js';
import { createTables } from '../data/tables.js';
import { resolveProfile } from '../domain/energy/resolve-profile.js';
import type { CalibrationResult } from '../domain/energy/calibration.js';
import { DAY } from '../domain/interval.js';
import { seconds } from '../domain/units.js';
import { calibratedProfile, type CalibrationDeps } from '../pipeline/calibrate.js';
import { createModelReview, type ModelReview } from '../pipeline/model-review.js';
import type { CalibratedProfiles, FactorSources } from '../pipeline/resolve-factors.js';
import { createRestater } from '../pipeline/restate.js';
import type { StatusKeeper } from '../pipeline/status.js';
import type { Clock } from '../ports/clock.js';
import type { Stores } from '../repositories/factory.js';
import type { Config } from './config.js';
import type { EngineLog, Revision } from './engine.js';
import type { Mode } from './mode.js';

export interface MeasuredDeps {
  readonly stores: Stores;
  readonly status: StatusKeeper;
  readonly clock: Clock;
  readonly log: EngineLog;
}

/** How far the model is off, and fits to meters where CALIBRATE asks for them. */
export function composeReview(config: Config, mode: Mode, deps: MeasuredDeps): Promise<ModelReview> {
  const { stores, status, clock, log } = deps;
  return createModelReview({
    comparison: stores.comparison,
    cluster: mode.cluster,
    calibration: config.measured.calibrate ? calibrationOf(config) : null,
    notes: stores.ledger,
    status,
    clock,
    log,
  });
}

/** What restates intervals by revised factors, as much as fits into the time that it is given. */
export function composeRestater(config: Config, sources: FactorSources, deps: MeasuredDeps): Revision {
  const { stores, clock, log } = deps;
  const { rawRetention, backfill } = config.time;
  const restater = createRestater({
    intensity: sources.intensity,
    embodied: sources.embodied,
    store: stores.factors,
    ledger: stores.ledger,
    settings: config.model,
    clock,
    reach: seconds(Math.max(rawRetention, backfill) + DAY),
    log,
  });
  return {
    run: async (signal) => {
      let intervals = 0;
      for (;;) {
        const done = await restater.run(signal);
        intervals += done.intervals;
        if (!done.more || done.intervals === 0 || signal.aborted) return { intervals };
      }
    },
  };
}

/** @param result the fits in use, whenever asked; null: none */
export function calibratedBy(
  config: Config,
  result: () => CalibrationResult | null | undefined,
): CalibratedProfiles {
  const deps = calibrationOf(config);
  return {
    of: (provider, instanceType) => {
      const fits = result();
      return fits ? calibratedProfile(fits, { provider, instanceType }, deps) : null;
    },
  };
}

function calibrationOf(config: Config): Omit<CalibrationDeps, 'year'> {
  const tables = createTables({ profiles: config.powerProfiles });
  return {
    priorOf: (provider, instanceType) => resolveProfile({ instanceType }, provider, tables, config.model),
    familyOf,
    curve: config.model.curve,
    scopes: config.measured.scopes,
  };
}
