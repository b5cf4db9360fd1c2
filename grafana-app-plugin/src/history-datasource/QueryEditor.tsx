/** The query editor, in panels, Explore and annotations. */
import type { QueryEditorProps } from '@grafana/data';
import { Combobox, InlineField, InlineSwitch, Input, MultiCombobox, Stack } from '@grafana/ui';
import { t } from '../i18n';
import type { HistoryDataSource } from './datasource';
import {
  DEFAULT_QUERY,
  FILTERS,
  GROUPS,
  groupsOf,
  METRICS,
  QUERY_TYPES,
  type HistoryOptions,
  type HistoryQuery,
  type Metric,
  type QueryType,
} from './query';

type Props = QueryEditorProps<HistoryDataSource, HistoryQuery, HistoryOptions>;

const label = (type: QueryType): string =>
  ({
    totals: t('query.totals', 'Totals'),
    series: t('query.series', 'Series over time'),
    recommendations: t('query.recommendations', 'Recommendations'),
    comparison: t('query.comparison', 'Estimated and measured'),
    intensity: t('query.intensity', 'Grid intensity'),
    nodes: t('query.nodes', 'Nodes'),
    score: t('query.score', 'Score'),
    applied: t('query.applied', 'Applied recommendations (annotations)'),
    'low-carbon': t('query.low-carbon', 'Low-carbon windows (annotations)'),
  })[type];

const FIELDS: Readonly<Record<QueryType, readonly string[]>> = {
  totals: ['by', ...FILTERS],
  series: ['metric', 'by', 'bounds', 'step', ...FILTERS],
  recommendations: ['status', ...FILTERS],
  comparison: ['by', 'step', 'cluster', 'node'],
  intensity: ['zone'],
  nodes: ['cluster', 'node'],
  score: ['cluster', 'namespace'],
  applied: [...FILTERS],
  'low-carbon': ['zone'],
};

export function QueryEditor({ query: given, onChange, onRunQuery }: Props) {
  const query: HistoryQuery = { ...DEFAULT_QUERY, ...given };
  const type = query.queryType ?? 'series';
  const set = (change: Partial<HistoryQuery>) => {
    onChange({ ...query, ...change });
    onRunQuery();
  };
  const has = (field: string) => FIELDS[type].includes(field);
  const id = (name: string) => `greenkube-${query.refId}-${name}`;
  const groups =
    type === 'comparison' ? ['node', 'instance_type'] : [...new Set([...GROUPS, ...groupsOf(query)])];
  const text = (
    name: string,
    caption: string,
    value: string | undefined,
    to: (v: string) => Partial<HistoryQuery>,
  ) => (
    <TextField key={name} id={id(name)} caption={caption} value={value ?? ''} onChange={(v) => set(to(v))} />
  );
  return (
    <Stack direction="column" gap={0}>
      <Stack direction="row" gap={0.5} wrap="wrap">
        <InlineField label={t('query.type', 'Query')} labelWidth={14} htmlFor={id('type')}>
          <Combobox
            id={id('type')}
            width={30}
            options={QUERY_TYPES.map((value) => ({ value, label: label(value) }))}
            value={type}
            onChange={({ value }) =>
              set({ queryType: value, ...(value === 'comparison' && { by: ['node'] }) })
            }
          />
        </InlineField>
        {has('metric') && (
          <InlineField label={t('query.metric', 'Metric')} labelWidth={14} htmlFor={id('metric')}>
            <Combobox<Metric>
              id={id('metric')}
              width={26}
              options={METRICS.map((value) => ({ value, label: value }))}
              value={query.metric ?? 'co2e_grams'}
              onChange={({ value }) => set({ metric: value })}
            />
          </InlineField>
        )}
        {has('by') && (
          <InlineField label={t('query.by', 'Group by')} labelWidth={14} htmlFor={id('by')}>
            <MultiCombobox
              id={id('by')}
              width="auto"
              minWidth={24}
              createCustomValue
              options={groups.map((value) => ({ value, label: value }))}
              value={[...groupsOf(query)]}
              onChange={(chosen) => set({ by: chosen.map(({ value }) => value) })}
            />
          </InlineField>
        )}
        {has('bounds') && (
          <BandSwitch
            id={id('bounds')}
            value={query.bounds ?? false}
            onChange={(bounds) => set({ bounds })}
          />
        )}
        {has('step') && text('step', t('query.step', 'Step'), query.step, (step) => ({ step }))}
        {has('zone') && text('zone', t('query.zone', 'Grid zone'), query.zone, (zone) => ({ zone }))}
        {has('status') && text('status', t('query.status', 'Status'), query.status, (status) => ({ status }))}
      </Stack>
      <Stack direction="row" gap={0.5} wrap="wrap">
        {FILTERS.filter(has).map((name) =>
          text(name, name, query.filters?.[name], (value) => ({
            filters: { ...query.filters, [name]: value },
          })),
        )}
      </Stack>
    </Stack>
  );
}

interface TextFieldProps {
  readonly id: string;
  readonly caption: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Asks anew when it is left, not at every letter. */
const TextField = ({ id, caption, value, onChange }: TextFieldProps) => (
  <InlineField label={caption} labelWidth={14} htmlFor={id}>
    <Input
      id={id}
      width={24}
      defaultValue={value}
      onBlur={({ currentTarget }) => currentTarget.value !== value && onChange(currentTarget.value)}
    />
  </InlineField>
);

interface SwitchProps {
  readonly id: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

const BandSwitch = ({ id, value, onChange }: SwitchProps) => (
  <InlineField
    label={t('query.bounds', 'Band')}
    labelWidth={14}
    tooltip={t('query.bounds-help', 'With low and high around each series')}
    htmlFor={id}
  >
    <InlineSwitch id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
  </InlineField>
);
