/**
 * What /metrics serves: the last published snapshot followed by the serving process's own metrics, in both formats, plain and
 * compressed. It is ready, compressed, before a scrape comes; two scrapes between changes get the same bytes.
 */
import { createGunzip } from 'node:zlib';
import { encodeTail, gzipOf, NO_TAIL, type Tail } from './encoded.js';
import { ALL_METRICS } from './metrics.js';
import type { RenderedSnapshot } from './render.js';
import { collectSelf, type SelfRegistry } from './self-metrics.js';
import { writeFamily } from './write-family.js';
import type { Family } from './metric-row.js';

/** One document in one format. */
export interface ReadyDocument {
  readonly gzip: Buffer;
  /** The same without compression, decompressed as it is read and not kept. */
  plain(): AsyncIterable<Buffer>;
}

export interface ExpositionDocument {
  readonly text: ReadyDocument;
  readonly openMetrics: ReadyDocument;
  /** `/prometheus/metrics`, in the text format; null: switched off. */
  readonly compat: ReadyDocument | null;
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
type Tails = Readonly<Record<'text' | 'openMetrics', Tail>>;

/** @param registries prom-client registries of this process; their families must not repeat one another's or ours */
export function createExposition(registries: readonly SelfRegistry[]): Exposition {
  let head: Snapshot | null = null;
  let tail: Tails = tailOf([]);
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

const END = { text: '', openMetrics: '# EOF\n' };

function tailOf(families: readonly Family[]): Tails {
  const chunks = families.flatMap((family) => [...writeFamily(family)]).concat(END);
  const encode = (format: keyof Tails): Tail =>
    encodeTail(Buffer.from(chunks.map((chunk) => chunk[format]).join('')));
  return { text: encode('text'), openMetrics: encode('openMetrics') };
}

function composeDocument({ text, openMetrics, compat }: Snapshot, tail: Tails): ExpositionDocument {
  return {
    text: readyDocument(gzipOf(text, tail.text)),
    openMetrics: readyDocument(gzipOf(openMetrics, tail.openMetrics)),
    compat: compat && readyDocument(gzipOf(compat, NO_TAIL)),
  };
}

const PLAIN_CHUNK_BYTES = 1 << 16;

function readyDocument(gzip: Buffer): ReadyDocument {
  return {
    gzip,
    async *plain() {
      const text = createGunzip({ chunkSize: PLAIN_CHUNK_BYTES });
      text.end(gzip);
      for await (const bytes of text) yield bytes as Buffer;
    },
  };
}
