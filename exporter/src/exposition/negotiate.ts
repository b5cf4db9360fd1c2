/** Which of the four documents a request gets. */

export interface Negotiated {
  readonly format: 'text' | 'openmetrics';
  readonly gzip: boolean;
  readonly contentType: string;
}

interface Offer {
  readonly format: Negotiated['format'];
  readonly type: string;
  readonly version: string;
}

/** In order of preference where the client has none. */
const OFFERS: readonly Offer[] = [
  { format: 'text', type: 'text/plain', version: '0.0.4' },
  { format: 'openmetrics', type: 'application/openmetrics-text', version: '1.0.0' },
  { format: 'openmetrics', type: 'application/openmetrics-text', version: '0.0.1' },
];

interface Range {
  readonly value: string;
  readonly params: ReadonlyMap<string, string>;
  readonly q: number;
}

/**
 * Chooses by the client's quality values; answer with `Vary: Accept, Accept-Encoding`. A client that accepts none of ours gets
 * the text format, as Prometheus' own exporters do, and gzip only when it says so.
 */
export function negotiate(accept: string | undefined, acceptEncoding: string | undefined): Negotiated {
  const ranges = parse(accept ?? '*/*');
  const best = OFFERS.map((offer) => ({ offer, q: quality(offer, ranges) })).reduce((a, b) =>
    b.q > a.q ? b : a,
  );
  const { format, type, version } = best.q > 0 ? best.offer : OFFERS[0]!;
  return {
    format,
    gzip: acceptsGzip(acceptEncoding ?? ''),
    contentType: `${type}; version=${version}; charset=utf-8`,
  };
}

function acceptsGzip(header: string): boolean {
  const codings = parse(header);
  const q = (name: string): number | undefined => codings.find(({ value }) => value === name)?.q;
  return (q('gzip') ?? q('x-gzip') ?? q('*') ?? 0) > 0;
}

/** Quality of the most specific range that the offer matches; 0: not acceptable. */
function quality(offer: Offer, ranges: readonly Range[]): number {
  let best = { rank: 0, q: 0 };
  for (const range of ranges) {
    const rank = specificity(offer, range);
    if (rank > best.rank) best = { rank, q: range.q };
  }
  return best.q;
}

function specificity({ type, version }: Offer, { value, params }: Range): number {
  if (value === '*/*') return 1;
  if (value === `${type.split('/')[0]}/*`) return 2;
  if (value !== type) return 0;
  const wanted = params.get('version');
  if (wanted === undefined) return 3;
  return wanted === version ? 4 : 0;
}

function parse(header: string): readonly Range[] {
  return header.split(',').map((part) => {
    const [value = '', ...rest] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const params = new Map(rest.map((piece) => pair(piece)));
    const q = Number(params.get('q') ?? '1');
    return { value, params, q: q >= 0 && q <= 1 ? q : 0 };
  });
}

function pair(piece: string): [string, string] {
  const at = piece.indexOf('=');
  if (at < 0) return [piece, ''];
  return [
    piece.slice(0, at).trim(),
    piece
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  ];
}
