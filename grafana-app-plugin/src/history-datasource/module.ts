import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './ConfigEditor';
import { HistoryDataSource } from './datasource';
import type { HistoryOptions, HistoryQuery, HistorySecrets } from './query';
import { QueryEditor } from './QueryEditor';

export const plugin = new DataSourcePlugin<HistoryDataSource, HistoryQuery, HistoryOptions, HistorySecrets>(
  HistoryDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
