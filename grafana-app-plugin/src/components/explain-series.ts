/** The figure of a group as /explain names it, and whether it can be explained on its own. */
import type { Key } from '../api/answers';

export interface Figure {
  readonly metric: string;
  readonly key: Key;
}

const TAKEN = ['cluster', 'namespace', 'workload', 'pod', 'node'];

export function seriesOf({ metric, key }: Figure): string {
  const labels = TAKEN.flatMap((name) => (key[name] ? [`${name}="${escaped(key[name])}"`] : []));
  return `${metric}{${labels.join(',')}}`;
}

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');

/** A whole cluster is the sum of its namespaces: each of them is explained. */
export const isExplainable = ({ key }: Figure): boolean => Boolean(key['namespace'] || key['node']);

/** Its labels but the cluster: co2e_grams{cluster="c",pod="a",node="n"} is "a / n". */
export function partName(series: string): string {
  const labels = [...series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].filter(([, name]) => name !== 'cluster');
  return labels.map(([, , value]) => value).join(' / ') || series;
}
