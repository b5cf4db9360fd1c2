/** Parameters and answers shared by routes: the same schemas validate, type the handlers and generate the OpenAPI document. */
import { z } from 'zod';
import { FACTORS } from '../domain/uncertainty.js';
import { METRICS, SORT_KEYS, type Sort, type SortKey } from '../pipeline/query-history.js';
import { QueryProblem } from '../pipeline/query-range.js';
import { GROUP_KEYS, type Filters, type GroupKey } from '../ports/history.js';

const MAX_ALTERNATIVES = 50;

const name = z.string().regex(/^[^\p{Cc}]{1,253}$/u, 'is not 1 to 253 printable characters');
const alternatives = (what: string) =>
  z
    .array(name)
    .max(MAX_ALTERNATIVES)
    .optional()
    .meta({ description: `Only this ${what}; may be repeated, up to ${MAX_ALTERNATIVES} times` });

/** Formats are checked where they are understood (pipeline/query-range); these only bound them. */
const short = (description: string, example: string) =>
  z.string().min(1).max(40).optional().meta({ description, example });

export const rangeParameters = {
  last: short(
    'Length of the range up to now: <n>min, h, d, w, m (30 days), y (365 days), or ytd; default 24h',
    '7d',
  ),
  from: short('Start of the range: RFC 3339 or epoch seconds', '2026-01-01T00:00:00Z'),
  to: short('End of the range, exclusive: RFC 3339 or epoch seconds; default now', '2026-01-02T00:00:00Z'),
};

export const filterParameters = {
  cluster: alternatives('cluster'),
  namespace: alternatives('namespace'),
  workload: alternatives('workload'),
  node: alternatives('node'),
};

type FilterQuery = z.infer<z.ZodObject<typeof filterParameters>>;

/** The filters among a route's parameters, and nothing else of them. */
export function filtersOf(query: FilterQuery): Filters {
  const { cluster = [], namespace = [], workload = [], node = [] } = query;
  return { cluster, namespace, workload, node };
}

/** Of the names given to `by` and `metric`, also several in one, with commas between. */
export const COMMA_LISTS: ReadonlySet<string> = new Set(['by', 'metric']);

const LABEL_GROUP = /^label:[^\p{Cc},]{1,317}$/u;
const groupKey = z.custom<GroupKey>(
  (key) =>
    typeof key === 'string' && ((GROUP_KEYS as readonly string[]).includes(key) || LABEL_GROUP.test(key)),
);
const GROUPS = `${GROUP_KEYS.join(', ')}, or label:<key> with a pod label of POD_LABELS`;

export const byParameter = z
  .array(groupKey)
  .max(MAX_ALTERNATIVES)
  .optional()
  .transform((keys) => [...new Set(keys)])
  .meta({
    type: 'array',
    items: { type: 'string', anyOf: [{ enum: [...GROUP_KEYS] }, { pattern: '^label:.' }] },
    description: `Group by these keys; may be repeated or a comma list: ${GROUPS}`,
    example: ['namespace'],
  });

/** The keys to group by; a label that the ledger does not keep is refused (`QueryProblem`), naming those that it keeps. */
export function groupsOf(by: readonly GroupKey[], podLabels: readonly string[]): readonly GroupKey[] {
  const unknown = by.find(
    (key) => key.startsWith('label:') && !podLabels.includes(key.slice('label:'.length)),
  );
  if (unknown === undefined) return by;
  const kept = podLabels.map((label) => `label:${label}`);
  throw new QueryProblem(
    'by',
    'by names a pod label that the ledger does not keep.',
    kept.length === 0
      ? 'POD_LABELS is empty: name the label there, and its pods are grouped from then on.'
      : `Allowed: ${[...GROUP_KEYS, ...kept].join(', ')}. Others can be added to POD_LABELS.`,
  );
}

export const metricParameter = z
  .array(z.enum(METRICS))
  .max(MAX_ALTERNATIVES)
  .optional()
  .transform((metrics) => [...new Set(metrics)])
  .meta({
    type: 'array',
    items: { type: 'string', enum: [...METRICS] },
    description: 'Only these figures; may be repeated or a comma list',
  });

export const stepParameter = short(
  'Length of a bucket, a multiple of the step of the ledger; default from the range',
  '1h',
);

const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`]);
export const sortParameter = z
  .enum(SORTS)
  .default('-co2e_grams')
  .transform((text): Sort => ({ key: text.replace(/^-/, '') as SortKey, descending: text.startsWith('-') }))
  .meta({ type: 'string', enum: SORTS, default: '-co2e_grams', description: 'Order; "-" for largest first' });

export const MAX_LIMIT = 1000;
export const pageParameters = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(100)
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: 100,
      description: `Entries a page, 1 to ${MAX_LIMIT}`,
    }),
  cursor: z
    .string()
    .regex(/^[\w-]{1,6000}$/, 'is not a cursor')
    .optional()
    .meta({ description: 'next_cursor of the page before' }),
};

// ------------------------------------------------------------------------------------------------------------ answers

export const instantSchema = z.string().meta({ format: 'date-time' });
export const coverageSchema = z
  .number()
  .min(0)
  .max(1)
  .meta({ description: 'Share of the range of which the figures are known' });
export const estimatedRatioSchema = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: 'Share of the energy that is estimated, not measured; null without energy' });
export const unitsSchema = z.record(z.string(), z.string());
export const nextCursorSchema = z.string().nullable().meta({ description: 'Null: this is the last page' });

const amount = z.number().nullable();

export const figuresShape = {
  energy_joules: amount.optional(),
  energy_joules_low: amount.optional(),
  energy_joules_high: amount.optional(),
  co2e_grams: z
    .object({ operational: amount, embodied: amount, total: amount, low: amount, high: amount })
    .optional(),
  cost: z
    .array(z.object({ currency: z.string(), amount: z.number() }))
    .optional()
    .meta({ description: 'By currency; empty where no price is known' }),
  coverage: coverageSchema,
  estimated_ratio: estimatedRatioSchema,
  uncertainty_driver: z
    .enum(FACTORS)
    .nullable()
    .meta({ description: 'The factor that widens low and high of the emissions most' }),
};
export const figuresSchema = z.object(figuresShape).meta({ id: 'Figures' });
export type Figures = z.infer<typeof figuresSchema>;

export const keySchema = z.record(z.string(), z.string()).meta({ description: 'What the figures are of' });
