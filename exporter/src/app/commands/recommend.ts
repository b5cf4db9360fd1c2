/** `greenkube recommend`: read what the last scan has found, print it, judge it. */
import { sumOf } from '../../domain/recommendations/claims.js';
import type {
  Recommendation,
  RecommendationType,
  Status,
  YearlyAmounts,
} from '../../domain/recommendations/model.js';
import { shapeRecommendation, shapeScan } from '../../http/recommendations.js';
import { openOutlookHistory } from '../../repositories/factory.js';
import { judgeFigures, parseConditionOn, type Condition } from '../cli/fail-on.js';
import { EXIT_THRESHOLD } from '../cli/help.js';
import { single } from '../cli/options.js';
import type { Mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';
import { csvOf, tableOf, type Listed } from './recommend-table.js';

const METRICS = [
  'co2e_grams_per_year',
  'cost_per_year',
  'realisable_co2e_grams_per_year',
  'realisable_cost_per_year',
  'count',
] as const;
type Metric = (typeof METRICS)[number];

/** @returns 0, or 3 when a condition of --fail-on is met */
export async function runRecommend(context: CommandContext): Promise<number> {
  const conditions = readConditions(context);
  const listed = await read(context);
  const { options, stdout } = context;
  const output = single(options, 'output') ?? 'table';
  stdout.write(output === 'json' ? jsonOf(listed) : output === 'csv' ? csvOf(listed) : tableOf(listed));
  return verdict(conditions, listed, context);
}

function readConditions({ options }: CommandContext): readonly Condition<Metric>[] {
  const judged = (options['fail-on'] ?? []).map((text) => parseConditionOn(text, METRICS));
  const mistakes = judged.filter((c): c is Mistake => 'message' in c);
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return judged.filter((c): c is Condition<Metric> => 'metric' in c);
}

async function read({ options, config, mode }: CommandContext): Promise<Listed> {
  const history = await openOutlookHistory({ ...databaseOf(config, mode), step: config.time.step });
  try {
    const clusters = options['cluster'] ?? [];
    const scans = (await history.scans()).filter(
      (s) => clusters.length === 0 || clusters.includes(s.cluster),
    );
    if (scans.length === 0) {
      throw new CommandFailure(
        'nothing has been scanned yet: the exporter does it when it runs and knows 24 whole hours',
      );
    }
    const found = await history.recommendations({
      clusters,
      statuses: (options['status'] ?? ['active']) as readonly Status[],
      types: (options['type'] ?? []) as readonly RecommendationType[],
      namespaces: options['namespace'] ?? [],
      workloads: options['workload'] ?? [],
      nodes: options['node'] ?? [],
      ids: [],
    });
    const grams = (r: Recommendation) => r.savings.claimed.grams;
    return {
      recommendations: found.toSorted((a, b) => grams(b) - grams(a) || (a.id < b.id ? -1 : 1)),
      scans,
    };
  } finally {
    await history.close();
  }
}

const jsonOf = ({ recommendations, scans }: Listed): string =>
  `${JSON.stringify(
    {
      items: recommendations.map((r) => ({ ...shapeRecommendation(r, ''), patch: r.patch.yaml })),
      scans: scans.map(shapeScan),
    },
    null,
    2,
  )}\n`;

function verdict(
  conditions: readonly Condition<Metric>[],
  listed: Listed,
  { stderr }: CommandContext,
): number {
  let met = false;
  for (const condition of conditions) {
    const result = judgeFigures(condition, figuresOf(condition.metric, listed));
    if (result.state === 'unknown') {
      throw new CommandFailure(`--fail-on=${condition.text} cannot be judged: no price is known`);
    }
    if (result.state === 'met') stderr.write(`--fail-on=${condition.text} is met: ${result.figure}\n`);
    met ||= result.state === 'met';
  }
  return met ? EXIT_THRESHOLD : EXIT_OK;
}

type Figures = readonly (readonly [value: number, unit: string])[];

function figuresOf(metric: Metric, { recommendations, scans }: Listed): Figures {
  switch (metric) {
    case 'count':
      return [[recommendations.length, '']];
    case 'co2e_grams_per_year':
      return [[sumOf(recommendations.map((r) => r.savings.claimed)).grams, ' g']];
    case 'cost_per_year':
      return costs(recommendations.map(({ savings }) => [savings.claimed, savings.currency]));
    case 'realisable_co2e_grams_per_year':
      return [[sumOf(scans.map((s) => s.totals.realisable)).grams, ' g']];
    case 'realisable_cost_per_year':
      return costs(scans.map(({ totals }) => [totals.realisable, totals.currency]));
  }
}

/** By currency. */
function costs(amounts: readonly (readonly [YearlyAmounts, string])[]): Figures {
  const sums = new Map<string, number>();
  for (const [{ cost }, currency] of amounts) {
    if (cost !== null) sums.set(currency, (sums.get(currency) ?? 0) + cost);
  }
  if (amounts.length === 0) return [[0, '']];
  return [...sums].map(([currency, sum]) => [sum, ` ${currency}`] as const);
}
