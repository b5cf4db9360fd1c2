/** The files of the analyses: budgets, and the units of work behind Software Carbon Intensity. */
import { z } from 'zod';
import type { Budget, BudgetLimit, BudgetScope } from '../../domain/budget/budget.js';
import { PERIODS } from '../../domain/budget/period.js';
import { isTimeZone } from '../../domain/wall-clock.js';
import type { FunctionalUnit } from '../../domain/sci/sci.js';
import { by, type FileKind } from './files.js';
import { mistake, quote, type Mistake } from './mistake.js';
import type { Values } from './table.js';

const KUBERNETES_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const MAX_ENTRIES = 1000;

const text = (what: string, form: RegExp) => z.string(`is not a text`).regex(form, `is not ${what}`);
const kubernetesName = text('a Kubernetes name in lower case', KUBERNETES_NAME);
const title = text(
  'a name of 1 to 100 letters, digits, spaces and . _ / : -',
  /^[\p{L}\p{N}][\p{L}\p{N} ._/:-]{0,99}$/u,
);
const positive = z.number('is not a number').positive('is not above 0').max(1e15, 'is above 1e15');

/** `currency` of money that names none is filled in from CURRENCY. */
export type ConfiguredBudget = Omit<Budget, 'limit'> & {
  readonly limit: Omit<BudgetLimit, 'currency'> & { readonly currency: string | null };
};

const labels = z
  .record(z.string(), text('a label value', LABEL_VALUE), 'is not an object from label to value')
  .refine((value) => Object.keys(value).length > 0, 'names no label')
  .refine((value) => Object.keys(value).every((key) => LABEL_KEY.test(key)), 'has a key that is no label')
  .refine((value) => Object.keys(value).length <= 5, 'names more than 5 labels');

const budget = z
  .strictObject(
    {
      name: title,
      namespace: kubernetesName.optional(),
      labels: labels.optional(),
      cluster: z.literal(true, 'is not true').optional(),
      co2eGrams: positive.optional(),
      kwh: positive.optional(),
      cost: positive.optional(),
      currency: text('a currency code of three capital letters', /^[A-Z]{3}$/).optional(),
      period: z.enum(PERIODS, `is none of ${PERIODS.join(', ')}`),
      timeZone: z
        .string('is not a text')
        .refine(isTimeZone, 'is not a time zone such as Europe/Paris')
        .default('UTC'),
    },
    'is not an object',
  )
  .refine((b) => given(b.namespace, b.labels, b.cluster) === 1, {
    message: 'must have exactly one of "namespace", "labels" and "cluster"',
  })
  .refine((b) => given(b.co2eGrams, b.kwh, b.cost) === 1, {
    message: 'must have exactly one of "co2eGrams", "kwh" and "cost"',
  })
  .refine((b) => b.currency === undefined || b.cost !== undefined, {
    message: 'has a currency but no cost',
  })
  .transform((b): ConfiguredBudget => ({
    name: b.name,
    scope: scopeOf(b),
    limit: limitOf(b),
    period: b.period,
    timeZone: b.timeZone,
  }));

const given = (...values: readonly unknown[]): number => values.filter((value) => value !== undefined).length;

function scopeOf(b: {
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}): BudgetScope {
  if (b.namespace !== undefined) return { kind: 'namespace', namespace: b.namespace };
  return b.labels ? { kind: 'labels', labels: b.labels } : { kind: 'cluster' };
}

function limitOf(b: {
  readonly co2eGrams?: number | undefined;
  readonly kwh?: number | undefined;
  readonly cost?: number | undefined;
  readonly currency?: string | undefined;
}): ConfiguredBudget['limit'] {
  if (b.co2eGrams !== undefined) return { amount: 'co2e', value: b.co2eGrams, currency: '' };
  if (b.kwh !== undefined) return { amount: 'energy', value: b.kwh, currency: '' };
  return { amount: 'cost', value: b.cost!, currency: b.currency ?? null };
}

const unique =
  <T>(nameOf: (entry: T) => string) =>
  (entries: readonly T[]): boolean =>
    new Set(entries.map(nameOf)).size === entries.length;

export const BUDGETS: FileKind<readonly ConfiguredBudget[]> = {
  rule: 'must be {"budgets": [...]}, each {"name", "period"} with one of "namespace", "labels", "cluster" and one of "co2eGrams", "kwh", "cost"',
  fix: 'for example {"budgets": [{"name": "shop", "namespace": "shop", "co2eGrams": 50000, "period": "month"}]}',
  check: by(
    z
      .strictObject(
        {
          budgets: z
            .array(budget, 'is missing or not a list')
            .max(MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)
            .refine(
              unique((b: ConfiguredBudget) => b.name),
              'has two budgets of one name',
            ),
        },
        'is not an object',
      )
      .transform(({ budgets }) => budgets),
  ),
};

const unit = z
  .strictObject(
    {
      namespace: kubernetesName,
      workload: kubernetesName,
      workloadType: text('a kind such as Deployment', /^[A-Z][A-Za-z0-9]{0,62}$/).default(''),
      unit: title,
      query: z
        .string('is missing or not a text')
        .min(1, 'is empty')
        .max(4000, 'is longer than 4000 characters'),
    },
    'is not an object',
  )
  .transform((entry): FunctionalUnit => entry);

export const SCI: FileKind<readonly FunctionalUnit[]> = {
  rule: 'must be {"workloads": [...]}, each {"namespace", "workload", "unit", "query"} and, if need be, "workloadType"; the query gives the units of one hour',
  fix: 'for example {"workloads": [{"namespace": "shop", "workload": "web", "unit": "request", "query": "sum(increase(http_requests_total{job=\\"web\\"}[$window]))"}]}',
  check: by(
    z
      .strictObject(
        {
          workloads: z
            .array(unit, 'is missing or not a list')
            .max(MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)
            .refine(
              unique((u: FunctionalUnit) => JSON.stringify([u.namespace, u.workload, u.unit])),
              'has two entries of one workload and unit',
            ),
        },
        'is not an object',
      )
      .transform(({ workloads }) => workloads),
  ),
};

/** Budgets with their currency, and what is wrong with them beside the other keys. */
export function settleBudgets(
  budgets: readonly ConfiguredBudget[],
  { CURRENCY, POD_LABELS, BUDGETS_FILE }: Pick<Values, 'CURRENCY' | 'POD_LABELS' | 'BUDGETS_FILE'>,
): { readonly budgets: readonly Budget[]; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const say = (wrong: string, rule: string, fix: string) =>
    mistakes.push(mistake('BUDGETS_FILE', { wrong, got: quote(BUDGETS_FILE ?? ''), rule, fix }));
  for (const { name, scope, limit } of budgets) {
    const missing =
      scope.kind === 'labels' ? Object.keys(scope.labels).filter((l) => !POD_LABELS.includes(l)) : [];
    if (missing.length > 0) {
      say(
        `has the budget ${quote(name)} of the label ${missing.map(quote).join(', ')}, which is not kept`,
        'a budget can be of labels in POD_LABELS only',
        `set POD_LABELS=${[...POD_LABELS, ...missing].join(',')}`,
      );
    }
    if (limit.amount === 'cost' && limit.currency !== null && limit.currency !== CURRENCY) {
      say(
        `has the budget ${quote(name)} in ${limit.currency} while CURRENCY=${CURRENCY}`,
        'costs are in one currency',
        `write the budget in ${CURRENCY}, or set CURRENCY=${limit.currency}`,
      );
    }
  }
  return {
    budgets: budgets.map(({ limit, ...rest }) => ({
      ...rest,
      limit: { ...limit, currency: limit.amount === 'cost' ? (limit.currency ?? CURRENCY) : '' },
    })),
    mistakes,
  };
}
