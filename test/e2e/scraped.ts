/** What a Prometheus has scraped off the exporter, scrape by scrape. */

type Labels = Readonly<Record<string, string>>;

export interface Counter {
  readonly labels: Labels;
  readonly value: number;
}

/** One scrape: the counters of amounts, and the end of the newest interval that they hold. */
export interface Scrape {
  /** When, seconds since the epoch. */
  readonly at: number;
  readonly completed: number;
  /** By name and labels. */
  readonly counters: ReadonlyMap<string, Counter>;
}

const COMPLETED = 'greenkube_interval_last_completed_timestamp_seconds';
const COUNTERS = 'greenkube_(workload|namespace|node)_.*_total';

interface Series {
  readonly metric: Labels;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export class ScrapesOf {
  constructor(private readonly url: string) {}

  /** An instant query, by default of now. */
  async query(expression: string, at?: number): Promise<readonly Series[]> {
    const time = at === undefined ? '' : `&time=${at.toFixed(3)}`;
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}${time}`);
    const body = (await response.json()) as { error?: string; data: { result: readonly Series[] } };
    if (!response.ok) throw new Error(`${expression}: ${body.error}`);
    return body.data.result;
  }

  /** Of an expression with one value. */
  async value(expression: string): Promise<number> {
    const [one] = await this.query(expression);
    return Number(one?.value?.[1]);
  }

  /** Scrapes with counters in the last `seconds` up to `at`, oldest first. */
  async last(seconds: number, at?: number): Promise<readonly Scrape[]> {
    const found = await this.query(`{job="greenkube",__name__=~"${COUNTERS}|${COMPLETED}"}[${seconds}s]`, at);
    const scrapes = new Map<number, { completed: number; counters: Map<string, Counter> }>();
    for (const { metric, values = [] } of found) {
      const { __name__: name, instance: _instance, job: _job, ...labels } = metric;
      const key = JSON.stringify([name, labels]);
      for (const [time, text] of values) {
        const scrape = scrapes.get(time) ?? { completed: NaN, counters: new Map<string, Counter>() };
        scrapes.set(time, scrape);
        if (name === COMPLETED) scrape.completed = Number(text);
        else scrape.counters.set(key, { labels: metric, value: Number(text) });
      }
    }
    return [...scrapes]
      .map(([time, scrape]) => ({ at: time, ...scrape }))
      .filter(({ counters }) => counters.size > 0)
      .sort((a, b) => a.at - b.at);
  }
}
