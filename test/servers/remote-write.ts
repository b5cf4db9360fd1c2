/** Writing samples into a Prometheus (or VictoriaMetrics) by remote write 0.1: protobuf by hand, snappy block, one POST a batch. */
import snappy from 'snappyjs';

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
    body: new Uint8Array(snappy.compress(body)),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`remote write was refused: ${response.status} ${text.slice(0, 300)}`);
}

function encodeSeries(series: WriteSeries): Buffer {
  const labels = Object.entries(series.labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => lengthDelimited(1, Buffer.concat([text(1, name), text(2, value)])));
  const samples = series.samples.map(([ms, value]) => lengthDelimited(2, encodeSample(ms, value)));
  return Buffer.concat([...labels, ...samples]);
}

function encodeSample(ms: number, value: number): Buffer {
  const number = Buffer.alloc(9);
  number[0] = (1 << 3) | 1;
  if (Number.isNaN(value)) number.writeBigUInt64LE(STALE, 1);
  else number.writeDoubleLE(value, 1);
  return Buffer.concat([number, Buffer.from([2 << 3]), varint(ms)]);
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
