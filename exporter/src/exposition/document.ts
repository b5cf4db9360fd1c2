/**
 * What /metrics serves: the last published snapshot followed by the serving process's own metrics, in both formats, plain and
 * compressed. All of it is ready before a scrape comes; two scrapes between changes get the same bytes.
 */
import { DocumentBytes, encodeTail, gzipOf, NO_HEAD, type Encoded } from './encoded.js';
import { ALL_METRICS } from './metrics.js';
import type { RenderedSnapshot } from './render.js';
import { collectSelf, type SelfRegistry } from './self-metrics.js';
import { writeFamily } from './write-family.js';
import type { Family } from './metric-row.js';

export interface ExpositionDocument {
  readonly text: Buffer;
  readonly textGzip: Buffer;
  readonly openMetrics: Buffer;
  readonly openMetricsGzip: Buffer;
  /** `/prometheus/metrics`, in the text format; null: switched off. */
  readonly compat: { readonly text: Buffer; readonly textGzip: Buffer } | null;
}

export interface Exposition {
  /** Serve this snapshot from now on. Accepts what `renderSnapshot` gave, also when it came from another thread. */
  publish(snapshot: Snapshot): void;
  /** Collect the process's own metrics anew; on failure rejects, and the former ones stay. */
  refresh(): Promise<void>;
  /** Null until the first snapshot is published. */
  current(): ExpositionDocument | null;
}

type Snapshot = Pick<RenderedSnapshot, 'text' | 'openMetrics' | 'compat'>;
type Parts = Readonly<Record<'text' | 'openMetrics', Encoded>>;

/** @param registries prom-client registries of this process; their families must not repeat one another's or ours */
export function createExposition(registries: readonly SelfRegistry[]): Exposition {
  let head: Snapshot | null = null;
  let tail: Parts = tailOf([]);
  let document: ExpositionDocument | null = null;
  const compose = (): void => {
    document = head === null ? null : composeDocument(head, tail);
  };
  return {
    publish(snapshot) {
      head = snapshot;
      compose();
    },
    async refresh() {
      const families = (await Promise.all(registries.map(collectSelf))).flat();
      refuseRepeated(families);
      tail = tailOf(families);
      compose();
    },
    current: () => document,
  };
}

function refuseRepeated(families: readonly Family[]): void {
  const seen = new Set(ALL_METRICS.map((row) => row.name));
  for (const { name } of families) {
    if (seen.has(name))
      throw new Error(`Metric ${name} of the process is already written elsewhere; rename it`);
    seen.add(name);
  }
}

const TAIL_BYTES = 1 << 15;
const END = { text: '', openMetrics: '# EOF\n' };

function tailOf(families: readonly Family[]): Parts {
  const out = new DocumentBytes(TAIL_BYTES);
  for (const family of families) for (const chunk of writeFamily(family)) out.append(chunk);
  out.append(END);
  const { text, openMetrics } = out.finish();
  return { text: encodeTail(text), openMetrics: encodeTail(openMetrics) };
}

/** The plain documents are put together when first asked for: scrapers ask for gzip, and the copy is as large as the cluster. */
function composeDocument(head: Snapshot, tail: Parts): ExpositionDocument {
  const plain: Partial<Record<keyof Parts, Buffer>> = {};
  const join = (format: keyof Parts): Buffer =>
    (plain[format] ??= Buffer.concat([head[format].plain, tail[format].plain]));
  return {
    get text() {
      return join('text');
    },
    get openMetrics() {
      return join('openMetrics');
    },
    textGzip: gzipOf(head.text, tail.text),
    openMetricsGzip: gzipOf(head.openMetrics, tail.openMetrics),
    compat:
      head.compat === null
        ? null
        : { text: bufferOf(head.compat.plain), textGzip: gzipOf(NO_HEAD, head.compat) },
  };
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
