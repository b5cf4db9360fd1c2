/** Recommendations as a table, and back: what a panel is given is what the data source was answered. */
import type { DataFrame, Field } from '@grafana/data';
import type { Recommendation, Status } from '../api/recommendations';
import { currencyUnit, frame, numbers, strings, times, UNIT } from './fields';

const RECOMMENDATIONS_FRAME = 'recommendations';

type Items = readonly Recommendation[];

export function recommendationsFrame(items: Items): DataFrame {
  const fields = [
    ...stateFields(items),
    ...targetFields(items),
    ...savingFields(items),
    ...detailFields(items),
  ];
  return frame(RECOMMENDATIONS_FRAME, fields, { preferredVisualisationType: 'table' });
}

const texts = (name: string, items: Items, of: (item: Recommendation) => string | null): Field<string> =>
  strings(
    name,
    items.map((item) => of(item) ?? ''),
  );

const stateFields = (items: Items): Field[] => [
  texts('id', items, (i) => i.id),
  texts('type', items, (i) => i.type),
  texts('status', items, (i) => i.status),
  texts('priority', items, (i) => i.priority),
  numbers(
    'confidence',
    items.map((i) => i.confidence),
    { unit: UNIT.ratio },
  ),
];

const targetFields = (items: Items): Field[] =>
  (['cluster', 'namespace', 'workload', 'workload_type', 'container', 'node'] as const).map((name) =>
    texts(name, items, ({ target }) => target[name]),
  );

function savingFields(items: Items): Field[] {
  const currency = items.find((i) => i.savings.cost_per_year)?.savings.cost_per_year?.currency ?? '';
  const grams = (name: string, of: (item: Recommendation) => number | null) =>
    numbers(name, items.map(of), { unit: UNIT.grams });
  return [
    grams('co2e_grams_per_year', (i) => i.savings.co2e_grams_per_year),
    numbers(
      'cost_per_year',
      items.map((i) => i.savings.cost_per_year?.amount ?? null),
      currency === '' ? {} : { unit: currencyUnit(currency) },
    ),
    texts('currency', items, (i) => i.savings.cost_per_year?.currency ?? null),
    grams('realised_grams', (i) => i.realised?.co2e_grams ?? null),
    texts('verdict', items, (i) => i.realised?.verdict ?? null),
  ];
}

const detailFields = (items: Items): Field[] => [
  texts('current', items, (i) => JSON.stringify(i.current)),
  texts('proposed', items, (i) => JSON.stringify(i.proposed)),
  texts('evidence', items, (i) => JSON.stringify(i.evidence)),
  ...(['since', 'first_seen', 'last_seen'] as const).map((name) =>
    times(
      name,
      items.map((item) => item[name]),
    ),
  ),
];

/** Null: the frame is not one of recommendations. */
export function recommendationsOf(data: DataFrame): readonly Recommendation[] | null {
  const fields = new Map(data.fields.map((f) => [f.name, f]));
  if (!fields.has('id') || !fields.has('co2e_grams_per_year') || !fields.has('status')) return null;
  return Array.from({ length: data.length }, (_, row) => recommendationAt(fields, row));
}

function recommendationAt(fields: ReadonlyMap<string, Field>, row: number): Recommendation {
  const value = (name: string): unknown => fields.get(name)?.values[row] as unknown;
  const text = (name: string): string => (value(name) as string | undefined) ?? '';
  const amount = (name: string): number | null => (value(name) as number | null | undefined) ?? null;
  const object = (name: string) => JSON.parse(text(name) || '{}') as Record<string, unknown>;
  const orNull = (name: string) => text(name) || null;
  const time = (name: string) => new Date(Number(value(name) ?? 0)).toISOString();
  const [cost, realised] = [amount('cost_per_year'), amount('realised_grams')];
  return {
    id: text('id'),
    type: text('type'),
    status: text('status') as Status,
    priority: text('priority'),
    confidence: amount('confidence') ?? 0,
    target: {
      cluster: text('cluster'),
      namespace: orNull('namespace'),
      workload: orNull('workload'),
      workload_type: orNull('workload_type'),
      container: orNull('container'),
      node: orNull('node'),
    },
    current: object('current'),
    proposed: object('proposed'),
    evidence: object('evidence'),
    savings: {
      co2e_grams_per_year: amount('co2e_grams_per_year') ?? 0,
      cost_per_year: cost === null ? null : { amount: cost, currency: text('currency') },
    },
    realised: realised === null ? null : { co2e_grams: realised, verdict: text('verdict') },
    since: time('since'),
    first_seen: time('first_seen'),
    last_seen: time('last_seen'),
  };
}
