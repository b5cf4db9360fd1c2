/**
 * Sums by group, exact and page by page, whatever the number of groups.
 *
 * Elasticsearch adds longs as doubles. Amounts are whole numbers >= 0, so a sum below 2^53 has never been rounded on its way. One
 * that is larger is asked for again in two halves of each amount, above and below 2^26: those are exact as long as the halves add
 * to less than 2^53, that is for amounts that add to less than 2^79 in fewer than 2^27 documents; past that it is an error.
 */
import { DatabaseError } from '../errors.js';
import type { Connection, Json } from './connection.js';

/** What a group is named by: a field, or the bucket of time that a document begins in. */
export type Source =
  | { readonly name: string; readonly field: string; readonly optional?: boolean }
  | { readonly name: string; readonly seconds: number };

export interface CompositeQuery {
  readonly index: string;
  readonly query: Json;
  readonly sources: readonly Source[];
  /** Fields of whole numbers >= 0. */
  readonly sums?: readonly string[];
  /** Fields of any numbers, of which the sums are as near as doubles come. */
  readonly reals?: readonly string[];
  readonly mins?: readonly string[];
  readonly maxs?: readonly string[];
  /** The document of each group with the largest value of a field. */
  readonly newest?: { readonly by: string; readonly fields: readonly string[] } | undefined;
}

export interface Bucket {
  /** By name of the source; a time is in seconds, an optional field that is missing is "". */
  readonly key: ReadonlyMap<string, string | number>;
  readonly documents: number;
  readonly sums: readonly bigint[];
  readonly reals: readonly number[];
  readonly mins: readonly number[];
  readonly maxs: readonly number[];
  readonly newest: Json | null;
}

interface RawBucket extends Readonly<Record<string, unknown>> {
  readonly key: Readonly<Record<string, string | number | null>>;
  readonly doc_count: number;
}
interface Composite {
  readonly after_key?: Json;
  readonly buckets: readonly RawBucket[];
}

/** Far below what a server allows in one answer (65 536): every page makes it look at all documents again. */
const PAGE = 10_000;
const HALF_BITS = 26;
const EXACT = 2 ** 53;

export async function* composite(connection: Connection, query: CompositeQuery): AsyncGenerator<Bucket> {
  const { sums = [] } = query;
  let after: Json | undefined;
  do {
    const page = await ask(connection, query, after, plainSums(sums));
    const isExact = page.buckets.every((b) => sums.every((_, i) => valueOf(b, `s${i}`) < EXACT));
    if (isExact) {
      for (const b of page.buckets) {
        yield bucketOf(
          b,
          query,
          sums.map((_, i) => BigInt(valueOf(b, `s${i}`))),
        );
      }
    } else {
      const halves = await ask(connection, query, after, halvedSums(sums));
      for (const b of halves.buckets)
        yield bucketOf(
          b,
          query,
          sums.map((_, i) => joined(connection, b, i)),
        );
    }
    after = page.buckets.length < PAGE ? undefined : page.after_key;
  } while (after);
}

async function ask(
  connection: Connection,
  query: CompositeQuery,
  after: Json | undefined,
  sums: Json,
): Promise<Composite> {
  const { reals = [], mins = [], maxs = [], newest } = query;
  const extremes: (readonly [string, Json])[] = [
    ...reals.map((field, i) => [`r${i}`, { sum: { field } }] as const),
    ...mins.map((field, i) => [`n${i}`, { min: { field } }] as const),
    ...maxs.map((field, i) => [`x${i}`, { max: { field } }] as const),
  ];
  const hit = newest && {
    newest: { top_hits: { size: 1, sort: [{ [newest.by]: 'desc' }], _source: newest.fields } },
  };
  const groups = { size: PAGE, sources: query.sources.map(sourceOf), ...(after && { after }) };
  const aggs = { ...sums, ...Object.fromEntries(extremes), ...hit };
  const body = { size: 0, query: query.query, aggs: { groups: { composite: groups, aggs } } };
  const { aggregations } = await connection.search(query.index, body);
  return (aggregations?.['groups'] as Composite | undefined) ?? { buckets: [] };
}

function sourceOf(source: Source): Json {
  if ('seconds' in source) {
    return {
      [source.name]: { date_histogram: { field: '@timestamp', fixed_interval: `${source.seconds}s` } },
    };
  }
  return { [source.name]: { terms: { field: source.field, missing_bucket: source.optional ?? false } } };
}

const plainSums = (sums: readonly string[]): Json =>
  Object.fromEntries(sums.map((field, i) => [`s${i}`, { sum: { field } }]));

const halvedSums = (sums: readonly string[]): Json =>
  Object.fromEntries(
    sums.flatMap((field, i) => [
      [`h${i}`, half(field, `>> ${HALF_BITS}`)],
      [`l${i}`, half(field, `& ${2 ** HALF_BITS - 1}L`)],
    ]),
  );

const half = (field: string, part: string): Json => ({
  sum: {
    script: {
      source: `def v = doc[params.f]; return v.size() == 0 ? 0L : v.value ${part};`,
      params: { f: field },
    },
  },
});

function joined(connection: Connection, bucket: RawBucket, i: number): bigint {
  const [high, low] = [valueOf(bucket, `h${i}`), valueOf(bucket, `l${i}`)];
  if (high >= EXACT || low >= EXACT) {
    throw new DatabaseError(
      'failed',
      `${connection.label}: a sum is past what can be added exactly; ask for a shorter range`,
    );
  }
  return (BigInt(high) << BigInt(HALF_BITS)) + BigInt(low);
}

const valueOf = (bucket: RawBucket, name: string): number =>
  (bucket[name] as { readonly value: number | null } | undefined)?.value ?? 0;

function bucketOf(bucket: RawBucket, query: CompositeQuery, sums: readonly bigint[]): Bucket {
  const key = query.sources.map((source) => {
    const value = bucket.key[source.name];
    return [source.name, 'seconds' in source ? Number(value) / 1000 : (value ?? '')] as const;
  });
  const hits = (bucket['newest'] as { hits: { hits: { _source: Json }[] } } | undefined)?.hits.hits;
  return {
    key: new Map(key),
    documents: bucket.doc_count,
    sums,
    reals: (query.reals ?? []).map((_, i) => valueOf(bucket, `r${i}`)),
    mins: (query.mins ?? []).map((_, i) => valueOf(bucket, `n${i}`)),
    maxs: (query.maxs ?? []).map((_, i) => valueOf(bucket, `x${i}`)),
    newest: hits?.[0]?._source ?? null,
  };
}
