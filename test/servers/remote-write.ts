/** Writing samples into a Prometheus (or VictoriaMetrics) by remote write 0.1: protobuf by hand, snappy block, one POST a batch. */
import { compress } from 'snappyjs';

export interface WriteSeries {
  /** With `__name__`; empty values are left out, as Prometheus does. */
  readonly labels: Readonly<Record<string, string>>;
  /** [instant in ms, value], ascending. NaN is written as Prometheus' staleness marker: the series ends there. */
  readonly samples: readonly (readonly [number, number])[];
}

/** Samples a request; larger requests are refused by some receivers. */
const BATCH_SAMPLES = 50_000;

/**
 * Sends everything, in the order given. An empty TSDB takes samples of any age, but within about an hour of each other unless
 * they come in order of time: for a long range, call it once for each stretch of time.
 * @throws Error with the server's words when it refuses.
 */
export async function remoteWrite(url: string, series: Iterable<WriteSeries>): Promise<void> {
  let batch: Buffer[] = [];
  let samples = 0;
  for (const each of series) {
    batch.push(lengthDelimited(1, encodeSeries(each)));
    samples += each.samples.length;
    if (samples >= BATCH_SAMPLES) {
      await post(url, Buffer.concat(batch));
      batch = [];
      samples = 0;
    }
  }
  if (batch.length > 0) await post(url, Buffer.concat(batch));
}

/** The one NaN that means "gone" (model/value: StaleNaN); any other is a value. */
const STALE = 0x7ff0000000000002n;

async function post(url: string, body: Buffer): Promise<void> {
  const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: new Uint8Array(compress(body)),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`remote write was refused: ${response.status} ${text.slice(0, 300)}`);
}

function encodeSeries(series: WriteSeries): Buffer {
  return Buffer.concat([encodeLabels(series.labels), encodeSamples(series.samples)]);
}

/** A series that goes on over many batches keeps its labels, and what they are on the wire. */
const encodedLabels = new WeakMap<WriteSeries['labels'], Buffer>();

function encodeLabels(labels: WriteSeries['labels']): Buffer {
  const known = encodedLabels.get(labels);
  if (known) return known;
  const encoded = Buffer.concat(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => lengthDelimited(1, Buffer.concat([text(1, name), text(2, value)]))),
  );
  encodedLabels.set(labels, encoded);
  return encoded;
}

/** Key, length, a double under its key, and a varint of at most 8 bytes under its. */
const LARGEST_SAMPLE = 2 + 9 + 9;
const LOW = 2 ** 28;

/** One buffer for all samples of a series, and small integers only: there are millions of samples. */
function encodeSamples(samples: WriteSeries['samples']): Uint8Array {
  const out = new Uint8Array(samples.length * LARGEST_SAMPLE);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [ms, value] of samples) {
    const start = at;
    out[at] = (2 << 3) | 2;
    out[at + 2] = (1 << 3) | 1;
    if (Number.isNaN(value)) view.setBigUint64(at + 3, STALE, true);
    else view.setFloat64(at + 3, value, true);
    out[at + 11] = 2 << 3;
    at += 12;
    let low = (ms % LOW) | 0;
    let high = (ms / LOW) | 0;
    for (let group = 0; group < 4 && (low >= 128 || high > 0); group++, low >>= 7) out[at++] = low | 128;
    if (high === 0) out[at++] = low;
    for (; high > 0; high >>= 7) out[at++] = high >= 128 ? high | 128 : high;
    out[start + 1] = at - start - 2;
  }
  return out.subarray(0, at);
}

const text = (field: number, value: string): Buffer => lengthDelimited(field, Buffer.from(value));

function lengthDelimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(content.length), content]);
}

/** Base-128 varint of a whole number from 0 to 2^53. */
function varint(n: number): Buffer {
  const bytes: number[] = [];
  let rest = n;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
