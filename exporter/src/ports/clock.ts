import type { EpochSeconds } from '../domain/units.js';

/** Time is injected: nothing but main.ts reads the machine's clock. */
export interface Clock {
  now(): EpochSeconds;
}
