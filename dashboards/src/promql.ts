/** Pieces of PromQL that the dashboards share, and queries as data. */

/** Matchers of the dashboard's variables, from the widest to the narrowest. */
export const IN_CLUSTER = 'cluster=~"$cluster"';
export const IN_NAMESPACE = `${IN_CLUSTER}, namespace=~"$namespace"`;
export const OF_WORKLOAD = `${IN_NAMESPACE}, workload=~"$workload"`;
export const ON_NODE = `${IN_CLUSTER}, node=~"$node"`;

const JOULES_PER_KWH = '3.6e6';
const SECONDS_PER_HOUR = '3600';

export interface Query {
  readonly expr: string;
  /** Legend with label references, such as "{{namespace}}"; by default all labels. */
  readonly legend?: string;
  /** Evaluated once, at the end of the time range. */
  readonly instant?: boolean;
}

/** A, B, C and so on: what a panel calls its queries. */
export const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** What a counter grew by over the selected time, summed by labels; with no labels, over all. */
export function amount(counter: string, matchers: string, by: readonly string[] = []): string {
  return `sum${grouping(by)}(increase(${counter}{${matchers}}[$__range]))`;
}

export const kwh = (joules: string): string => `${joules} / ${JOULES_PER_KWH}`;

/** Mean growth per second around each point; of joules: watts. */
export function growth(counter: string, matchers: string, by: readonly string[] = []): string {
  return `sum${grouping(by)}(rate(${counter}{${matchers}}[$__rate_interval]))`;
}

/** The same per hour. */
export const perHour = (counter: string, matchers: string, by: readonly string[] = []): string =>
  `${growth(counter, matchers, by)} * ${SECONDS_PER_HOUR}`;

export function sum(gauge: string, matchers: string, by: readonly string[] = []): string {
  return `sum${grouping(by)}(${gauge}{${matchers}})`;
}

/** Mean of a gauge over the selected time; null samples do not count. */
export const meanOf = (gauge: string, matchers: string): string =>
  `avg_over_time(${gauge}{${matchers}}[$__range])`;

/** The largest groups of the selected time; as instant query, so that it is one choice for all of it. */
export const largest = (count: number, expr: string): string => `topk(${count}, ${expr})`;

/**
 * Only the groups that are largest over the selected time: the choice is made once, at its end, so that lines neither appear nor
 * vanish in between. `counter` is what they are ranked by.
 */
export const ofLargest = (
  count: number,
  expr: string,
  counter: string,
  matchers: string,
  by: readonly string[],
): string =>
  `${expr} and on (${by.join(', ')}) topk(${count}, sum by (${by.join(', ')}) (increase(${counter}{${matchers}}[$__range] @ end())))`;

const grouping = (by: readonly string[]): string => (by.length > 0 ? ` by (${by.join(', ')}) ` : '');
