/** The app's configuration: which data source its pages start with, whether it works, and what the exporter runs with. */
import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv } from '@grafana/runtime';
import { Alert, Button, Combobox, Field, LinkButton, Stack } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { GreenKubeApi } from '../api/client';
import { asApiError } from '../api/errors';
import type { Health } from '../api/answers';
import { chosenSource, historySources, type AppSettings, type FoundSource } from '../app/sources';
import { useAsync } from '../app/useAsync';
import { DataTable } from '../components/DataTable';
import { Section } from '../components/Section';
import { Ready } from '../components/states';
import { APP_ID, page } from '../constants';
import { instant } from '../format/time';
import { t } from '../i18n';

type Props = PluginConfigPageProps<AppPluginMeta<AppSettings>>;

export function Configuration({ plugin }: Props) {
  const sources = useMemo(historySources, []);
  const { jsonData = {}, enabled } = plugin.meta;
  const [uid, setUid] = useState(jsonData.dataSourceUid ?? null);
  const source = chosenSource(sources, uid, jsonData);
  return (
    <>
      {source ? (
        <>
          <Field
            label={t('configuration.source', 'Data source')}
            description={t('configuration.source-help', 'The one that the pages start with')}
          >
            <Combobox
              id="greenkube-source"
              width={40}
              options={sources.map((each) => ({ value: each.uid, label: each.name }))}
              value={source.uid}
              onChange={({ value }) => setUid(value)}
            />
          </Field>
          <Stack direction="row" gap={1} wrap="wrap">
            <Button
              onClick={() =>
                void save({
                  enabled: true,
                  pinned: true,
                  jsonData: { ...jsonData, dataSourceUid: source.uid },
                })
              }
            >
              {t('configuration.save', 'Save')}
            </Button>
            <LinkButton variant="secondary" href={`/connections/datasources/edit/${source.uid}`}>
              {t('configuration.edit', 'Settings of the data source')}
            </LinkButton>
            <LinkButton variant="secondary" fill="text" href={page('overview')}>
              {t('configuration.open', 'Open GreenKube')}
            </LinkButton>
          </Stack>
          <Connection key={source.uid} source={source} />
        </>
      ) : (
        <Alert severity="info" title={t('app.no-source', 'No GreenKube data source yet')}>
          <LinkButton href="/connections/datasources/new">
            {t('app.add-source', 'Add a GreenKube history data source')}
          </LinkButton>
        </Alert>
      )}
      <Section title={t('configuration.app', 'The app')}>
        <Enabling enabled={enabled === true} jsonData={jsonData} />
      </Section>
    </>
  );
}

interface Settings {
  readonly enabled: boolean;
  readonly pinned: boolean;
  readonly jsonData: AppSettings;
}

/** Grafana reads the settings of an app only when it loads. */
async function save(settings: Settings): Promise<void> {
  await lastValueFrom(
    getBackendSrv().fetch({ url: `/api/plugins/${APP_ID}/settings`, method: 'POST', data: settings }),
  );
  window.location.reload();
}

function Enabling({ enabled, jsonData }: Pick<Settings, 'enabled' | 'jsonData'>) {
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      {enabled ? (
        <Button
          variant="destructive"
          fill="outline"
          onClick={() => void save({ enabled: false, pinned: false, jsonData })}
        >
          {t('configuration.disable', 'Disable the app')}
        </Button>
      ) : (
        <Button onClick={() => void save({ enabled: true, pinned: true, jsonData })}>
          {t('configuration.enable', 'Enable the app')}
        </Button>
      )}
    </Stack>
  );
}

function Connection({ source }: { readonly source: FoundSource }) {
  const api = useMemo(() => new GreenKubeApi(source.url), [source.url]);
  const [tested, setTested] = useState<{ readonly status: string; readonly message: string } | null>(null);
  const health = useAsync('health', () => api.get('/api/v1/health'));
  const config = useAsync('config', () => api.get('/api/v1/config'));
  const test = async () => {
    try {
      const datasource = await getDataSourceSrv().get({ uid: source.uid });
      const { status, message } = await datasource.testDatasource();
      setTested({ status, message });
    } catch (failure) {
      setTested({ status: 'error', message: asApiError(failure).message });
    }
  };
  return (
    <>
      <Section
        title={t('configuration.connection', 'Connection')}
        actions={
          <Button size="sm" variant="secondary" onClick={() => void test()}>
            {t('configuration.test', 'Test')}
          </Button>
        }
      >
        {tested && (
          <Alert severity={tested.status === 'success' ? 'success' : 'error'} title={tested.message} />
        )}
        <Ready of={health}>{(answer) => <Services health={answer} />}</Ready>
      </Section>
      <Section title={t('configuration.exporter', 'Configuration of the exporter')}>
        <Ready of={config}>
          {({ items }) => (
            <DataTable
              name={t('configuration.exporter', 'Configuration of the exporter')}
              rows={items.filter(({ origin }) => origin !== 'default')}
              keyOf={({ key }) => key}
              columns={[
                { id: 'key', header: t('configuration.key', 'Key'), cell: (r) => r.key, value: (r) => r.key },
                {
                  id: 'value',
                  header: t('configuration.value', 'Value'),
                  cell: (r) => r.value,
                  value: (r) => r.value,
                },
                {
                  id: 'origin',
                  header: t('configuration.origin', 'From'),
                  cell: (r) => r.origin,
                  value: (r) => r.origin,
                },
              ]}
            />
          )}
        </Ready>
      </Section>
    </>
  );
}

function Services({ health }: { readonly health: Health }) {
  const rows = Object.values(health.services);
  return (
    <DataTable
      name={t('configuration.services', 'Services of the exporter')}
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        {
          id: 'name',
          header: t('configuration.service', 'Service'),
          cell: (s) => s.name,
          value: (s) => s.name,
        },
        {
          id: 'status',
          header: t('configuration.status', 'State'),
          cell: (s) => s.status,
          value: (s) => s.status,
        },
        {
          id: 'success',
          header: t('configuration.success', 'Last answer'),
          cell: (s) => instant(s.last_success),
          value: (s) => s.last_success,
        },
        {
          id: 'error',
          header: t('configuration.error', 'Last error'),
          cell: (s) => s.last_error?.message ?? '',
          value: (s) => s.last_error?.message ?? '',
        },
      ]}
    />
  );
}
