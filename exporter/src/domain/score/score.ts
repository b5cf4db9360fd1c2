/** The sustainability score: a weighted mean of the dimensions that have data, and what is missing said beside it. */
import type { TimeRange } from '../interval.js';
import {
  DIMENSIONS,
  FORMULAS,
  WEIGHTS,
  type Dimension,
  type LeftOutReason,
  type ScoreInput,
} from './dimensions.js';
import { largestLosses, type Loss } from './losses.js';

export interface ScoredDimension {
  readonly dimension: Dimension;
  /** Part it has in this score; those of one score sum to 1. */
  readonly weight: number;
  /** 0..100. */
  readonly score: number;
  /** Points of the whole score that it lost: weight x (100 - score). */
  readonly pointsLost: number;
  /** Sum to `pointsLost`. */
  readonly lostTo: readonly Loss[];
}

export interface LeftOutDimension {
  readonly dimension: Dimension;
  /** That it would have had if all dimensions had data. */
  readonly weight: number;
  readonly reason: LeftOutReason;
}

/** Of one namespace, or of the cluster (namespace empty). */
export interface Score {
  readonly namespace: string;
  readonly window: TimeRange;
  /** Share of the window that is known, 0..1. */
  readonly coverage: number;
  /** 0..100; null: no dimension has data. */
  readonly score: number | null;
  readonly dimensions: readonly ScoredDimension[];
  readonly leftOut: readonly LeftOutDimension[];
}

export function scoreOf(namespace: string, window: TimeRange, coverage: number, input: ScoreInput): Score {
  const answers = DIMENSIONS.map((dimension) => ({ dimension, answer: FORMULAS[dimension](input) }));
  const leftOut: LeftOutDimension[] = [];
  const held = answers.flatMap(({ dimension, answer }) => {
    if (typeof answer !== 'string') return [{ dimension, answer }];
    leftOut.push({ dimension, weight: WEIGHTS[dimension], reason: answer });
    return [];
  });
  const whole = held.reduce((sum, { dimension }) => sum + WEIGHTS[dimension], 0);
  const dimensions = held.map(({ dimension, answer }): ScoredDimension => {
    const weight = WEIGHTS[dimension] / whole;
    return {
      dimension,
      weight,
      score: answer.score,
      pointsLost: weight * (100 - answer.score),
      lostTo: largestLosses(answer.losses, weight),
    };
  });
  const lost = dimensions.reduce((sum, { pointsLost }) => sum + pointsLost, 0);
  const score = dimensions.length === 0 ? null : Math.min(100, Math.max(0, 100 - lost));
  return { namespace, window, coverage, score, dimensions, leftOut };
}
