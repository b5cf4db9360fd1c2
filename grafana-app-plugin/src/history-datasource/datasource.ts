/** Answers Grafana's queries, variables and annotations from the exporter's API. */
import {
  DataSourceApi,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { asApiError } from '../api/errors';
import { GreenKubeApi, type Parameters } from '../api/client';
import { t } from '../i18n';
import { ANSWERS } from './answer';
import { healthOf } from './health';
import { DEFAULT_QUERY, FILTERS, type HistoryOptions, type HistoryQuery } from './query';
import { findValues, type FindOptions } from './variables';

export class HistoryDataSource extends DataSourceApi<HistoryQuery, HistoryOptions> {
  readonly api: GreenKubeApi;
  /** The query editor and the frames serve annotations too. */
  override annotations = {};

  constructor(settings: DataSourceInstanceSettings<HistoryOptions>) {
    super(settings);
    this.api = new GreenKubeApi(settings.url ?? '');
  }

  override getDefaultQuery(): Partial<HistoryQuery> {
    return DEFAULT_QUERY;
  }

  override async query(request: DataQueryRequest<HistoryQuery>): Promise<DataQueryResponse> {
    const targets = request.targets.filter((target) => !target.hide);
    const answers = await Promise.all(targets.map((target) => this.answer(target, request)));
    return {
      data: answers.flatMap(({ frames }) => frames),
      errors: answers.flatMap(({ error }) => (error ? [error] : [])),
    };
  }

  /** One query that fails takes none of the others with it. */
  private async answer(target: HistoryQuery, { range, scopedVars }: DataQueryRequest<HistoryQuery>) {
    try {
      const query = { ...DEFAULT_QUERY, ...target };
      const frames = await ANSWERS[query.queryType ?? 'series']({
        api: this.api,
        query: interpolated(query, scopedVars),
        parameters: { ...rangeParameters(range), ...filterParameters(query, scopedVars) },
      });
      return { frames: frames.map((frame): DataFrame => ({ ...frame, refId: target.refId })), error: null };
    } catch (failure) {
      const { message, fix, status } = asApiError(failure);
      return { frames: [], error: { refId: target.refId, status, message: `${message} ${fix}`.trim() } };
    }
  }

  override async metricFindQuery(
    query: string | HistoryQuery,
    options?: FindOptions,
  ): Promise<MetricFindValue[]> {
    const text = typeof query === 'string' ? query : '';
    return findValues(this.api, getTemplateSrv().replace(text, options?.scopedVars, 'csv'), options?.range);
  }

  /** The reason in words, with what to do about it: it is what the person who set it up sees. */
  override async testDatasource(): Promise<TestDataSourceResponse> {
    try {
      return healthOf(await this.api.get('/api/v1/health'));
    } catch (failure) {
      const { message, fix } = asApiError(failure);
      return { status: 'error', message: `${message} ${fix}`.trim() };
    }
  }

  override getQueryDisplayText(query: HistoryQuery): string {
    return t('datasource.display', '{{type}} of {{metric}}', {
      type: query.queryType ?? 'series',
      metric: query.metric ?? '',
    });
  }
}

/** Epoch seconds, as the API takes them; it puts them on the grid of its ledger. */
export const rangeParameters = ({ from, to }: Pick<TimeRange, 'from' | 'to'>): Parameters => ({
  from: String(Math.floor(from.valueOf() / 1000)),
  to: String(Math.ceil(to.valueOf() / 1000)),
});

/** What "All" stands for in variables that were made for Prometheus. */
const ALL = new Set(['', '.*', '.+', '$__all', 'All']);

function filterParameters({ filters = {} }: HistoryQuery, scopedVars: ScopedVars): Parameters {
  const lists = FILTERS.map((name) => {
    const values = getTemplateSrv()
      .replace(filters[name] ?? '', scopedVars, 'csv')
      .split(',')
      .map((value) => value.trim());
    return [name, values.every((value) => !ALL.has(value)) ? values : undefined] as const;
  });
  return Object.fromEntries(lists);
}

function interpolated(query: HistoryQuery, scopedVars: ScopedVars): HistoryQuery {
  const replace = (text: string | undefined) =>
    text === undefined ? undefined : getTemplateSrv().replace(text, scopedVars, 'csv');
  const by = Array.isArray(query.by) ? query.by.map((key) => replace(key)!) : replace(query.by);
  return {
    ...query,
    by,
    step: replace(query.step),
    zone: replace(query.zone),
    status: replace(query.status),
  };
}
