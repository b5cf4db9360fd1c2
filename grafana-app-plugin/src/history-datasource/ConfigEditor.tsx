/** Settings of the data source: where the exporter is, and its tokens, which Grafana keeps and never gives back. */
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { css } from '@emotion/css';
import { Field, Input, SecretInput, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import type { HistoryOptions, HistorySecrets } from './query';

type Props = DataSourcePluginOptionsEditorProps<HistoryOptions, HistorySecrets>;
type Secret = keyof HistorySecrets;

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const styles = useStyles2(getStyles);
  const { jsonData, secureJsonFields, secureJsonData } = options;
  const setSecret = (name: Secret, value: string) =>
    onOptionsChange({ ...options, secureJsonData: { ...secureJsonData, [name]: value } });
  const reset = (name: Secret) =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...secureJsonFields, [name]: false },
      secureJsonData: { ...secureJsonData, [name]: '' },
    });
  const secret = (name: Secret, label: string, description: string) => (
    <Field label={label} description={description}>
      <SecretInput
        id={`greenkube-${name}`}
        autoComplete="off"
        isConfigured={secureJsonFields?.[name] ?? false}
        value={secureJsonData?.[name] ?? ''}
        onChange={({ currentTarget }) => setSecret(name, currentTarget.value)}
        onReset={() => reset(name)}
      />
    </Field>
  );
  return (
    <div className={styles.form}>
      <Field
        label={t('config.url', 'URL')}
        description={t('config.url-help', 'The exporter as the Grafana server reaches it, without /api/v1')}
      >
        <Input
          id="greenkube-url"
          placeholder="http://greenkube:8000"
          value={jsonData.url ?? ''}
          onChange={({ currentTarget }) =>
            onOptionsChange({
              ...options,
              jsonData: { ...jsonData, url: currentTarget.value.replace(/\/+$/, '') },
            })
          }
        />
      </Field>
      {secret(
        'apiToken',
        t('config.token', 'API token'),
        t('config.token-help', 'API_TOKEN of the exporter: reads'),
      )}
      {secret(
        'operatorToken',
        t('config.operator', 'Operator token'),
        t(
          'config.operator-help',
          'Optional. API_OPERATOR_TOKEN: with it Editors apply, ignore and restore recommendations',
        ),
      )}
    </div>
  );
}

const getStyles = () => ({ form: css({ maxWidth: 480 }) });
