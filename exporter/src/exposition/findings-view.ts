/** What analyses have found, as the families are read from it. */
import type { BudgetState } from '../domain/budget/state.js';
import type { ZoneOutlook } from '../domain/forecast/outlook.js';
import type { SciFinding } from '../domain/sci/sci.js';
import type { Score } from '../domain/score/score.js';

export interface FindingsView {
  readonly scores: readonly Score[];
  readonly budgets: readonly BudgetState[];
  readonly outlooks: readonly ZoneOutlook[];
  readonly sci: readonly SciFinding[];
}

export const NO_FINDINGS: FindingsView = { scores: [], budgets: [], outlooks: [], sci: [] };
