/** Is it true? Estimated beside measured energy, of each metered node or of each instance type. */
import { RadioButtonGroup } from '@grafana/ui';
import { useMemo, useRef, useState } from 'react';
import type { Comparison } from '../api/answers';
import { comparisonStep } from '../api/steps';
import { AccuracyView, NothingMeasured } from '../accuracy-panel/AccuracyView';
import { metersOf } from '../accuracy-panel/meters';
import { useApp } from '../app/context';
import { parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { useWidth } from '../app/useWidth';
import { DataTable } from '../components/DataTable';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Ready } from '../components/states';
import { comparisonFrame, comparisonSeriesFrame } from '../frames/comparison';
import { change, number, percent, power, UNKNOWN } from '../format/quantity';
import { t } from '../i18n';

type By = 'node' | 'instance_type';

export function Accuracy() {
  const { api, range, timeZone } = useApp();
  const [by, setBy] = useState<By>('node');
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const of = parametersOf(range);
  const parameters = { ...of, by };
  const found = useAsync(JSON.stringify(parameters), async () => {
    const step = comparisonStep(of['from'], of['to']);
    const [whole, parts] = await Promise.all([
      api.get('/api/v1/energy/comparison', parameters),
      api.get('/api/v1/energy/comparison', { ...parameters, step }),
    ]);
    return { whole, parts };
  });
  return (
    <Page
      title={t('nav.accuracy', 'Accuracy')}
      subTitle={t('accuracy.about', 'How well the estimate agrees with meters, where there are any')}
    >
      <RadioButtonGroup<By>
        aria-label={t('accuracy.by', 'By')}
        options={[
          { value: 'node', label: t('accuracy.by-node', 'By node') },
          { value: 'instance_type', label: t('accuracy.by-type', 'By instance type') },
        ]}
        value={by}
        onChange={setBy}
      />
      <div ref={place}>
        <Ready of={found} empty={({ whole }) => whole.rows.length === 0} whenEmpty={<NothingMeasured />}>
          {({ whole, parts }) => (
            <>
              <Section title={t('accuracy.one', 'One meter')}>
                <Charts whole={whole} parts={parts} width={width} timeZone={timeZone} />
              </Section>
              <Section title={t('accuracy.all', 'All meters')}>
                <AllMeters rows={whole.rows} />
              </Section>
            </>
          )}
        </Ready>
      </div>
    </Page>
  );
}

interface ChartsProps {
  readonly whole: Comparison;
  readonly parts: Comparison;
  readonly width: number;
  readonly timeZone: string;
}

function Charts({ whole, parts, width, timeZone }: ChartsProps) {
  const meters = useMemo(
    () => metersOf([comparisonFrame(whole), comparisonSeriesFrame(parts)]) ?? [],
    [whole, parts],
  );
  return <AccuracyView meters={meters} width={width} height={480} timeZone={timeZone} />;
}

function AllMeters({ rows }: { readonly rows: Comparison['rows'] }) {
  const name = (row: Comparison['rows'][number]) => row.key['node'] ?? row.key['instance_type'] ?? '';
  const meter = (row: Comparison['rows'][number]) => `${row.source}, ${row.scope}`;
  return (
    <DataTable
      name={t('accuracy.all', 'All meters')}
      rows={rows}
      keyOf={(row) => `${JSON.stringify(row.key)}${meter(row)}`}
      columns={[
        { id: 'name', header: t('accuracy.of', 'Of'), cell: name, value: name },
        { id: 'source', header: t('accuracy.source', 'Source'), cell: meter, value: meter },
        {
          id: 'bias',
          header: t('accuracy.bias', 'Bias'),
          cell: (r) => change(r.bias_ratio),
          value: (r) => r.bias_ratio,
          right: true,
        },
        {
          id: 'mape',
          header: t('accuracy.mape-short', 'MAPE'),
          cell: (r) => percent(r.mape),
          value: (r) => r.mape,
          right: true,
        },
        {
          id: 'rmse',
          header: t('accuracy.rmse', 'RMSE'),
          cell: (r) => power(r.rmse_watts),
          value: (r) => r.rmse_watts,
          right: true,
        },
        {
          id: 'r2',
          header: t('accuracy.r2', 'R²'),
          cell: (r) => (r.r2 === null ? UNKNOWN : number(r.r2)),
          value: (r) => r.r2,
          right: true,
        },
        {
          id: 'hours',
          header: t('accuracy.hours', 'Node hours'),
          cell: (r) => number(r.hours),
          value: (r) => r.hours,
          right: true,
        },
        {
          id: 'load',
          header: t('accuracy.load', 'Load seen'),
          cell: (r) => r.utilisation.map((u) => percent(u)).join(' – '),
          value: (r) => r.utilisation[1] ?? null,
        },
      ]}
    />
  );
}
