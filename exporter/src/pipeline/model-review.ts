/**
 * The power model looked at from time to time in the light of what meters have read: how far it is off, and, where that is wanted,
 * fits for machines without meters. Runs between cycles, on what the ledger holds.
 */
import type { Calibration, CalibrationResult } from '../domain/energy/calibration.js';
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { epochSeconds, seconds, type EpochSeconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { ComparisonHistory } from '../ports/comparison.js';
import type { Ledger } from '../ports/ledger.js';
import type { ModelError } from '../ports/status.js';
import { calibrateAll, type CalibrationDeps } from './calibrate.js';
import { compareCells } from './compare.js';
import type { StatusKeeper } from './status.js';

export interface ModelReviewDeps {
  readonly comparison: ComparisonHistory;
  readonly cluster: string;
  /** Null: nothing is fitted. */
  readonly calibration: Omit<CalibrationDeps, 'year'> | null;
  readonly notes: Pick<Ledger, 'note' | 'setNote'>;
  readonly status: Pick<StatusKeeper, 'modelErrors' | 'calibrated'>;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void };
}

export interface ModelReview {
  /** Do what is due: errors once an hour, fits once a day. Tells no interval anew: a fit holds for what is computed from then on. */
  run(signal: AbortSignal): Promise<{ readonly intervals: number }>;
  /** The fits in use; null: none yet. */
  calibration(): CalibrationResult | null;
}

/** Note in the ledger: the fits in use and when they were made, so that a restart does not forget them. */
const CALIBRATION = 'calibration';
/** Time that fits are made from; older samples may be of machines that worked otherwise. */
const CALIBRATION_WINDOW = seconds(7 * DAY);

interface Kept {
  readonly at: EpochSeconds;
  readonly result: CalibrationResult;
}

export async function createModelReview(deps: ModelReviewDeps): Promise<ModelReview> {
  const stored = deps.calibration && (await deps.notes.note(CALIBRATION));
  return new Review(deps, stored ? (JSON.parse(stored) as Kept) : null);
}

class Review implements ModelReview {
  readonly #deps: ModelReviewDeps;
  #kept: Kept | null;
  #comparedAt = -Infinity;
  #triedAt = -Infinity;

  constructor(deps: ModelReviewDeps, kept: Kept | null) {
    this.#deps = deps;
    this.#kept = kept;
    deps.status.calibrated(kept?.result ?? null);
  }

  calibration(): CalibrationResult | null {
    return this.#kept?.result ?? null;
  }

  async run(signal: AbortSignal): Promise<{ intervals: number }> {
    const hour = floorTo(this.#deps.clock.now(), HOUR);
    if (hour > this.#comparedAt && !signal.aborted) {
      await this.#compare();
      this.#comparedAt = hour;
    }
    if (this.#deps.calibration && this.#fitIsDue(hour) && !signal.aborted) {
      await this.#calibrate(this.#deps.calibration);
      this.#triedAt = hour;
    }
    return { intervals: 0 };
  }

  async #compare(): Promise<void> {
    const { status } = this.#deps;
    const range = this.#last(DAY);
    const rows = compareCells(await this.#cells(range), 'instance_type', range, null);
    status.modelErrors(
      rows.map(({ key, source, scope, bias }): ModelError => ({
        instanceType: key['instance_type']!,
        source: `${source}:${scope}`,
        ratio: bias,
      })),
    );
  }

  /** Once a day, and until there are fits every hour. */
  #fitIsDue(hour: EpochSeconds): boolean {
    if (this.#kept && floorTo(this.#kept.at, DAY) >= floorTo(hour, DAY)) return false;
    return hour > this.#triedAt;
  }

  async #calibrate(deps: Omit<CalibrationDeps, 'year'>): Promise<void> {
    const { notes, status, clock, log } = this.#deps;
    const at = clock.now();
    const day = new Date(at * 1000).toISOString().slice(0, 10);
    const cells = await this.#cells(this.#last(CALIBRATION_WINDOW));
    const found = calibrateAll(cells, { ...deps, year: Number(day.slice(0, 4)) });
    const result: CalibrationResult = {
      byInstanceFamily: dated(found.byInstanceFamily, day),
      byCpuFamily: dated(found.byCpuFamily, day),
      refused: found.refused,
    };
    const fits = [...Object.values(result.byInstanceFamily), ...Object.values(result.byCpuFamily)];
    if (fits.length === 0) return;
    this.#kept = { at, result };
    await notes.setNote(CALIBRATION, JSON.stringify(this.#kept));
    status.calibrated(result);
    for (const { profile, before, after } of fits)
      log.info({ profile: profile.name, before, after }, 'fitted');
  }

  #cells(range: TimeRange) {
    const filters = { cluster: [this.#deps.cluster] };
    return this.#deps.comparison.comparisonCells({ range, filters, step: null });
  }

  #last(length: number): TimeRange {
    const to = this.#deps.clock.now();
    return { from: epochSeconds(to - length), to };
  }
}

/** Named by day as well: fits of different days are different figures. */
function dated(
  fits: Readonly<Record<string, Calibration>>,
  day: string,
): Readonly<Record<string, Calibration>> {
  return Object.fromEntries(
    Object.entries(fits).map(([key, fit]) => {
      const profile = { ...fit.profile, name: `${fit.profile.name}@${day}` };
      return [key, { ...fit, profile }];
    }),
  );
}
