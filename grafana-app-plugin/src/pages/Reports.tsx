/** Reports of the range: looked at first, then taken as a file. GHG scopes stand apart. */
import { Button, Combobox, Field, MultiCombobox, Stack, Text } from '@grafana/ui';
import { useState } from 'react';
import { asApiError, type ApiError } from '../api/errors';
import type { ReportSummary, TotalsRow } from '../api/answers';
import { useApp } from '../app/context';
import { parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { DataTable } from '../components/DataTable';
import { bandText } from '../components/figure-words';
import { MethodShare } from '../components/Method';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Stat, Stats } from '../components/Stat';
import { Failed, Ready } from '../components/states';
import { saveFile } from '../format/csv';
import { co2e, cost, energy, percent } from '../format/quantity';
import { groupName } from '../frames/series';
import { t } from '../i18n';

const FORMATS = ['csv', 'json', 'parquet'] as const;
const STEPS = ['', 'hour', 'day', 'week', 'month', 'year'] as const;
const GROUPS = ['cluster', 'namespace', 'workload', 'node', 'zone', 'provider'];
const PREVIEW_ROWS = 20;

export function Reports() {
  const { api, range } = useApp();
  const [by, setBy] = useState<readonly string[]>(['namespace']);
  const [step, setStep] = useState<string>('');
  const parameters = { ...parametersOf(range), by };
  const found = useAsync(JSON.stringify(parameters), async () => {
    const [summary, totals] = await Promise.all([
      api.get('/api/v1/report/summary', parameters),
      api.get('/api/v1/totals', { ...parameters, limit: PREVIEW_ROWS }),
    ]);
    return { summary, rows: totals.rows };
  });
  return (
    <Page
      title={t('nav.reports', 'Reports')}
      subTitle={t('reports.about', 'The figures of a range as a file, scopes apart')}
    >
      <Stack direction="row" gap={2} wrap="wrap" alignItems="flex-end">
        <Field label={t('reports.by', 'One row for each')} noMargin>
          <MultiCombobox
            id="greenkube-report-by"
            width="auto"
            minWidth={24}
            options={GROUPS.map((value) => ({ value, label: value }))}
            value={[...by]}
            onChange={(chosen) => setBy(chosen.map(({ value }) => value))}
          />
        </Field>
        <Field label={t('reports.step', 'and each')} noMargin>
          <Combobox
            id="greenkube-report-step"
            width={24}
            options={STEPS.map((value) => ({
              value,
              label: value === '' ? t('reports.whole', 'whole range') : value,
            }))}
            value={step}
            onChange={({ value }) => setStep(value)}
          />
        </Field>
        <Downloads by={by} step={step} />
      </Stack>
      <Ready of={found} empty={({ summary }) => summary.coverage === 0}>
        {({ summary, rows }) => (
          <>
            <Section title={t('reports.preview', 'Preview')}>
              <Summary summary={summary} />
            </Section>
            <Section title={t('reports.rows', 'First rows')}>
              <Preview rows={rows} />
            </Section>
            <Text color="secondary" variant="bodySmall">
              {`${summary.attribution} ${t('reports.version', 'Method version {{version}}.', { version: summary.calculation_version })}`}
            </Text>
          </>
        )}
      </Ready>
    </Page>
  );
}

function Downloads({ by, step }: { readonly by: readonly string[]; readonly step: string }) {
  const { api, range } = useApp();
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const download = async (format: string) => {
    setBusy(format);
    setError(null);
    try {
      const parameters = { ...parametersOf(range), by, format, step: step === '' ? undefined : step };
      const file = await api.file('/api/v1/report/export', parameters);
      saveFile(
        `greenkube-report-${range.from.format('YYYYMMDD')}-${range.to.format('YYYYMMDD')}.${format}`,
        file,
      );
    } catch (failure) {
      setError(asApiError(failure));
    }
    setBusy(null);
  };
  return (
    <>
      {FORMATS.map((format) => (
        <Button
          key={format}
          variant="secondary"
          icon="download-alt"
          disabled={busy !== null}
          onClick={() => void download(format)}
        >
          {busy === format ? t('reports.busy', 'Writing …') : format.toUpperCase()}
        </Button>
      ))}
      {error && <Failed error={error} />}
    </>
  );
}

function Summary({ summary }: { readonly summary: ReportSummary }) {
  const { total } = summary;
  const c = total.co2e_grams;
  return (
    <Stats>
      <Stat label={t('reports.scope2', 'Scope 2, location-based')} value={co2e(c?.operational)} />
      <Stat label={t('reports.scope3', 'Scope 3, category 1 (hardware)')} value={co2e(c?.embodied)} />
      <Stat
        label={t('reports.total', 'Together')}
        value={co2e(c?.total)}
        band={bandText(c?.low, c?.high, co2e)}
      >
        <MethodShare estimated={summary.estimated_ratio} />
      </Stat>
      <Stat label={t('figure.energy', 'Energy')} value={energy(total.energy_joules)} />
      <Stat label={t('figure.cost', 'Cost')} value={cost(total.cost)} />
      <Stat label={t('reports.count', 'Rows of the file')} value={String(summary.total_rows)}>
        <span>
          {t('reports.known', '{{share}} of the range is known', { share: percent(summary.coverage) })}
        </span>
      </Stat>
    </Stats>
  );
}

function Preview({ rows }: { readonly rows: readonly TotalsRow[] }) {
  const name = (row: TotalsRow) => groupName(row.key) || t('reports.everything', 'everything');
  return (
    <DataTable
      name={t('reports.rows', 'First rows')}
      rows={rows}
      keyOf={({ key }) => JSON.stringify(key)}
      columns={[
        { id: 'name', header: t('reports.group', 'Group'), cell: name, value: name },
        {
          id: 'scope2',
          header: t('reports.scope2-short', 'Scope 2'),
          cell: (r) => co2e(r.co2e_grams?.operational),
          value: (r) => r.co2e_grams?.operational ?? null,
          right: true,
        },
        {
          id: 'scope3',
          header: t('reports.scope3-short', 'Scope 3'),
          cell: (r) => co2e(r.co2e_grams?.embodied),
          value: (r) => r.co2e_grams?.embodied ?? null,
          right: true,
        },
        {
          id: 'energy',
          header: t('column.energy', 'Energy'),
          cell: (r) => energy(r.energy_joules),
          value: (r) => r.energy_joules ?? null,
          right: true,
        },
        {
          id: 'cost',
          header: t('column.cost', 'Cost'),
          cell: (r) => cost(r.cost),
          value: (r) => r.cost?.[0]?.amount ?? null,
          right: true,
        },
      ]}
    />
  );
}
