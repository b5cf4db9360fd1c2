/** Questions to the query API of a Prometheus. */

export interface Sampled {
  readonly metric: Readonly<Record<string, string>>;
  /** One of an instant query, several of a range query; NaN and the infinities as numbers. */
  readonly values: readonly number[];
}

/** At an instant, seconds; by default now. @throws Error with what the server says when it takes the query for wrong */
export async function queryInstant(url: string, query: string, time?: number): Promise<readonly Sampled[]> {
  const { result } = await asked(url, 'query', { query, ...(time !== undefined && { time: String(time) }) });
  return result.map(({ metric, value }) => ({ metric, values: value ? [Number(value[1])] : [] }));
}

export async function queryRange(
  url: string,
  query: string,
  range: { readonly start: number; readonly end: number; readonly step: number },
): Promise<readonly Sampled[]> {
  const { start, end, step } = range;
  const { result } = await asked(url, 'query_range', {
    query,
    start: String(start),
    end: String(end),
    step: String(step),
  });
  return result.map(({ metric, values = [] }) => ({
    metric,
    values: values.map(([, text]) => Number(text)),
  }));
}

/** The rules as it has loaded them, with their state. */
export interface LoadedRule {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: 'inactive' | 'pending' | 'firing';
}

export async function loadedRules(url: string): Promise<readonly LoadedRule[]> {
  const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
    readonly data: { readonly groups: readonly { readonly rules: readonly LoadedRule[] }[] };
  };
  return answer.data.groups.flatMap(({ rules }) => rules);
}

type Point = readonly [time: number, value: string];

interface Data {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: Point;
    readonly values?: readonly Point[];
  }[];
}

async function asked(
  url: string,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Data> {
  const answer = await fetch(`${url}/api/v1/${endpoint}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  const body = (await answer.json()) as { readonly data: Data; readonly error?: string };
  if (!answer.ok) throw new Error(`${endpoint} ${parameters['query'] ?? ''}: ${body.error ?? answer.status}`);
  return body.data;
}
