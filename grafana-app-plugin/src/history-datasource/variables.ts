/** Queries of template variables: clusters, namespaces, workloads, nodes, zones; also of some only: namespaces(cluster=$cluster). */
import type { MetricFindValue, ScopedVars, TimeRange } from '@grafana/data';
import { ApiError } from '../api/errors';
import type { GreenKubeApi, Parameters } from '../api/client';
import { t } from '../i18n';

export interface FindOptions {
  readonly range?: TimeRange;
  readonly scopedVars?: ScopedVars;
}

type Find = (api: GreenKubeApi, parameters: Parameters) => Promise<readonly string[]>;

const FINDERS: Readonly<Record<string, { readonly takes: readonly string[]; readonly find: Find }>> = {
  clusters: {
    takes: [],
    find: async (api) =>
      (await api.all('/api/v1/clusters')).pages.flatMap((p) => p.items.map((i) => i.cluster)),
  },
  namespaces: {
    takes: ['cluster'],
    find: async (api, q) =>
      (await api.all('/api/v1/namespaces', q)).pages.flatMap((p) => p.items.map((i) => i.namespace)),
  },
  workloads: {
    takes: ['cluster', 'namespace'],
    find: async (api, q) =>
      (await api.all('/api/v1/workloads', q)).pages.flatMap((p) => p.items.map((i) => i.workload)),
  },
  nodes: {
    takes: ['cluster'],
    find: async (api, q) =>
      (await api.all('/api/v1/nodes', q)).pages.flatMap((p) => p.items.map((i) => i.name)),
  },
  zones: {
    takes: ['cluster'],
    find: async (api, q) =>
      (await api.all('/api/v1/nodes', q)).pages.flatMap((p) => p.items.map((i) => i.grid_zone)),
  },
};
export const VARIABLE_QUERIES = Object.keys(FINDERS);

/** @param text variables replaced. @throws ApiError that says how a query is written */
export async function findValues(
  api: GreenKubeApi,
  text: string,
  range?: Pick<TimeRange, 'from' | 'to'>,
): Promise<MetricFindValue[]> {
  const [, name = '', inside = ''] = /^\s*(\w*)\s*(?:\((.*)\))?\s*$/.exec(text) ?? [];
  const finder = FINDERS[name];
  if (!finder) throw unknown(text);
  const filters = filtersIn(inside, finder.takes, text);
  const bounds =
    range && name !== 'clusters'
      ? {
          from: String(Math.floor(range.from.valueOf() / 1000)),
          to: String(Math.ceil(range.to.valueOf() / 1000)),
        }
      : {};
  const values = await finder.find(api, { ...filters, ...bounds });
  return [...new Set(values)].sort().map((value) => ({ text: value, value }));
}

/** "cluster=a,b namespace=c": each value of the lists is an alternative. */
function filtersIn(inside: string, takes: readonly string[], text: string): Parameters {
  const filters: Record<string, string[]> = {};
  for (const part of inside.split(/[\s;]+/).filter((p) => p !== '')) {
    const [, name = '', list = ''] = /^(\w+)=(.*)$/.exec(part) ?? [];
    if (!takes.includes(name)) throw unknown(text);
    const values = list.split(',').filter((value) => value !== '');
    if (values.length > 0 && !values.includes('.*') && !values.includes('$__all')) filters[name] = values;
  }
  return filters;
}

const unknown = (text: string) =>
  new ApiError(
    'refused',
    t('variables.unknown', '"{{text}}" is not a query of a variable.', { text }),
    t('variables.known', 'Write one of {{names}}, for example namespaces(cluster=$cluster).', {
      names: VARIABLE_QUERIES.join(', '),
    }),
    400,
  );
