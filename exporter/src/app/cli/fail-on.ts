/** Conditions of `report --fail-on`, for gates in CI: "co2e_grams>1000". */
import { closest } from 'fastest-levenshtein';
import { co2eOf, energyOf, estimatedRatio, gramsOf, isZero, moneyOf } from '../../pipeline/figures.js';
import type { ReportHead } from '../../pipeline/report.js';
import { mistake, quote, type Mistake } from '../config.js';

export const FAIL_ON_METRICS = [
  'energy_joules',
  'co2e_grams',
  'co2e_operational_grams',
  'co2e_embodied_grams',
  'cost',
  'coverage',
  'estimated_ratio',
] as const;
export type FailOnMetric = (typeof FAIL_ON_METRICS)[number];

const OPERATORS = {
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
} as const;
type Operator = keyof typeof OPERATORS;

export interface Condition<M extends string = FailOnMetric> {
  readonly metric: M;
  readonly operator: Operator;
  readonly threshold: number;
  readonly text: string;
}

/** "met" carries the figure that met it; "unknown": there is nothing to compare. */
export type Verdict =
  { readonly state: 'met' | 'unmet'; readonly figure: string } | { readonly state: 'unknown' };

export const parseCondition = (text: string): Condition | Mistake => parseConditionOn(text, FAIL_ON_METRICS);

/** @param metrics that it may be about; the first is used in the example */
export function parseConditionOn<M extends string>(
  text: string,
  metrics: readonly M[],
): Condition<M> | Mistake {
  const match = /^\s*(\w+)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i.exec(text);
  const rule = 'must be METRIC>NUMBER, with > >= < or <=';
  if (!match) {
    const example = (metrics as readonly string[]).includes('co2e_grams') ? 'co2e_grams' : metrics[0]!;
    const fix = `for example --fail-on='${example}>1000'`;
    return mistake('--fail-on', { wrong: 'is not a condition', got: quote(text), rule, fix });
  }
  const metric = metrics.find((name) => name === match[1]);
  if (metric === undefined) {
    return mistake('--fail-on', {
      wrong: 'has a metric that is not known',
      got: quote(match[1]!),
      rule: `must be ${metrics.join(', ')}`,
      fix: `did you mean ${closest(match[1]!, [...metrics])}?`,
    });
  }
  return { metric, operator: match[2] as Operator, threshold: Number(match[3]), text: text.trim() };
}

/** On the total of a report. A cost is met when that of any currency meets it. */
export const judge = (condition: Condition, head: ReportHead): Verdict =>
  judgeFigures(condition, figuresOf(condition.metric, head));

/** Met when any of the figures, each with its unit, meets it; unknown without any. */
export function judgeFigures(
  { operator, threshold }: Pick<Condition<string>, 'operator' | 'threshold'>,
  figures: readonly (readonly [value: number, unit: string])[],
): Verdict {
  if (figures.length === 0) return { state: 'unknown' };
  const met = figures.filter(([value]) => OPERATORS[operator](value, threshold));
  const [value, unit] = met[0] ?? figures[0]!;
  return { state: met.length > 0 ? 'met' : 'unmet', figure: `${value}${unit}` };
}

function figuresOf(
  metric: FailOnMetric,
  { total, coverage }: ReportHead,
): readonly (readonly [number, string])[] {
  if (metric === 'coverage') return [[coverage, '']];
  if (coverage === 0 && isZero(total)) return [];
  switch (metric) {
    case 'energy_joules':
      return [[energyOf(total).value, ' J']];
    case 'co2e_grams':
      return [[co2eOf(total).value, ' g']];
    case 'co2e_operational_grams':
      return [[gramsOf(total.operational), ' g']];
    case 'co2e_embodied_grams':
      return [[gramsOf(total.embodied), ' g']];
    case 'cost':
      return total.cost.map(({ currency, nano }) => [moneyOf(nano), ` ${currency}`] as const);
    case 'estimated_ratio': {
      const ratio = estimatedRatio(total);
      return ratio === null ? [] : [[ratio, '']];
    }
  }
}
