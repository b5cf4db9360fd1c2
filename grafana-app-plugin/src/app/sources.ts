/** The data source that the app reads: the one in the address, the one that the app is configured with, or the first there is. */
import { getDataSourceSrv } from '@grafana/runtime';
import { HISTORY_ID } from '../constants';
import type { Source } from './context';

export interface AppSettings {
  /** Uid of the data source that pages start with. */
  dataSourceUid?: string;
}

export interface FoundSource extends Source {
  readonly url: string;
}

export function historySources(): readonly FoundSource[] {
  const service = getDataSourceSrv();
  return service.getList({ type: HISTORY_ID }).map(({ uid, name, url }) => ({
    uid,
    name,
    url: url ?? service.getInstanceSettings(uid)?.url ?? `/api/datasources/proxy/uid/${uid}`,
  }));
}

export function chosenSource(
  sources: readonly FoundSource[],
  fromAddress: string | null,
  settings: AppSettings,
): FoundSource | null {
  const wanted = [fromAddress, settings.dataSourceUid];
  const found = wanted.map((uid) => sources.find((source) => source.uid === uid)).find((source) => source);
  return found ?? sources[0] ?? null;
}
