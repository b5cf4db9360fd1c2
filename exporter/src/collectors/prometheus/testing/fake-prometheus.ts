/** A query API on loopback that answers from a table of series, so that a test can spoil any part of an answer. */
import type { ServerResponse } from 'node:http';
import {
  json,
  startFakeServer,
  type FakeServer,
  type SeenRequest,
} from '../../../net/testing/fake-server.js';

/** A series of an already aggregated answer: labels, and its value at every evaluated instant (or one for each). */
export interface FakeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number | string | readonly (number | string)[];
}

/** Series by a word that the query must contain; the first match answers, no match is an empty answer. */
export type FakeWorld = readonly (readonly [word: string, series: readonly FakeSeries[]])[];

export type Fault = (response: ServerResponse, body: FakeBody, request: SeenRequest) => void;

export interface FakeBody {
  status: string;
  data: { resultType: string; result: unknown[] };
  warnings?: string[];
  isPartial?: boolean;
}

export interface FakePrometheus extends FakeServer {
  serve(world: FakeWorld): void;
  /** Answers queries that contain the word by the fault; "" is every query. */
  spoil(word: string, fault: Fault): void;
  /** Most queries that were being answered at one time. */
  readonly busiest: () => number;
}

/** Instants of raw samples that a range selector answers with, for learning the scrape interval: 30 s apart. */
const RAW_SPACING = 30;

export async function startFakePrometheus(): Promise<FakePrometheus> {
  let world: FakeWorld = [];
  let spoilt: { readonly word: string; readonly fault: Fault } | null = null;
  let running = 0;
  let busiest = 0;
  const server = await startFakeServer((request, response) => {
    running += 1;
    busiest = Math.max(busiest, running);
    response.on('close', () => (running -= 1));
    const body = answer(world, request);
    const query = request.params.get('query') ?? '';
    // A turn of the loop later, so that queries sent together overlap.
    setImmediate(() => {
      if (spoilt && query.includes(spoilt.word)) spoilt.fault(response, body, request);
      else json(response, body);
    });
  });
  return {
    ...server,
    serve: (next) => {
      world = next;
      spoilt = null;
      busiest = 0;
      server.requests.length = 0;
    },
    spoil: (word, fault) => void (spoilt = { word, fault }),
    busiest: () => busiest,
  };
}

function answer(world: FakeWorld, request: SeenRequest): FakeBody {
  const query = request.params.get('query') ?? '';
  const series = world.find(([word]) => query.includes(word))?.[1] ?? [];
  if (request.path.endsWith('/query_range')) {
    return success(
      'matrix',
      series.map((each) => ({ metric: each.metric, values: valuesOf(each, instants(request)) })),
    );
  }
  const time = Number(request.params.get('time'));
  if (query.endsWith('offset 1ms'))
    return success(
      'matrix',
      series.map((each) => raw(each, query, time)),
    );
  return success(
    'vector',
    series.map((each) => ({ metric: each.metric, value: valuesOf(each, [time])[0] })),
  );
}

const success = (resultType: string, result: unknown[]): FakeBody => ({
  status: 'success',
  data: { resultType, result },
});

function instants(request: SeenRequest): number[] {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(request.params.get(name)));
  const result: number[] = [];
  for (let t = start!; t <= end!; t += step!) result.push(t);
  return result;
}

/** NaN as a number means no sample; as text it is a sample that is not a number. */
function valuesOf(series: FakeSeries, times: readonly number[]): [number, string][] {
  const at = (i: number): number | string =>
    (Array.isArray(series.value) ? series.value[i] : series.value) as number | string;
  return times.map((t, i): [number, string] => [t, String(at(i))]).filter((_, i) => !Number.isNaN(at(i)));
}

/** For a raw series, `value` is a list of instants, or a number of samples that end with the window. */
function raw(series: FakeSeries, query: string, end: number): unknown {
  const window = Number(/\[(\d+)s\]/.exec(query)?.[1]);
  const given = Array.isArray(series.value) ? (series.value as number[]) : null;
  const regular = Array.from({ length: window / RAW_SPACING }, (_, i) => end - window + 3 + i * RAW_SPACING);
  const times = (given ?? regular).filter((t) => t >= end - window && t < end);
  return { metric: series.metric, values: times.map((t) => [t, '1']) };
}
