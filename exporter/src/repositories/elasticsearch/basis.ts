/** What the figures of many rows have in common, as one keyword to group by: the factors they were computed with and their bands. */
import type { Method, NodeRow } from '../../domain/model.js';
import type { Basis as AnswerBasis } from '../answer-lines.js';
import type { Json } from './connection.js';

type Bands = readonly [
  ...power: [lo: number, hi: number],
  ...pue: [lo: number, hi: number],
  ...intensity: [lo: number, hi: number],
  ...embodied: [lo: number, hi: number],
];
type Encoded = readonly [
  zone: string,
  provider: string,
  method: Method,
  estimated: number,
  currency: string,
  priced: number,
  ...bands: Bands,
];

export interface Basis extends AnswerBasis {
  readonly zone: string;
  readonly provider: string;
  readonly method: Method;
  /** A node has prices for all of its rows or for none. */
  readonly priced: boolean;
  readonly powerLo: bigint;
  readonly powerHi: bigint;
}

export function encodeBasis({ provenance: p, cost }: NodeRow, currency: string): string {
  const bands = [p.powerBand, p.pueBand, p.intensityBand, p.embodiedBand].flatMap(({ lo, hi }) => [lo, hi]);
  const encoded = [
    p.gridZone,
    p.provider,
    p.method,
    Number(p.estimated),
    currency,
    Number(cost !== null),
    ...bands,
  ];
  return JSON.stringify(encoded);
}

const decoded = new Map<string, Basis>();
/** There are some hundred at a time. */
const REMEMBERED = 10_000;

export function decodeBasis(text: string): Basis {
  const known = decoded.get(text);
  if (known) return known;
  const [zone, provider, method, estimated, currency, priced, ...bands] = JSON.parse(text) as Encoded;
  const [powerLo, powerHi, pueLo, pueHi, intensityLo, intensityHi, embodiedLo, embodiedHi] = bands.map(
    BigInt,
  ) as [...[bigint, bigint, bigint, bigint], ...[bigint, bigint, bigint, bigint]];
  const basis: Basis = {
    ...{ zone, provider, method, currency, priced: priced === 1, estimated: BigInt(estimated) },
    ...{ powerLo, powerHi, pueLo, pueHi, intensityLo, intensityHi, embodiedLo, embodiedHi },
  };
  if (decoded.size >= REMEMBERED) decoded.clear();
  decoded.set(text, basis);
  return basis;
}

const withoutPower = new Map<string, string>();

/** The basis of documents that have the products with the power band themselves (see weights.ts). */
export function basisWithoutPower(text: string): string {
  const known = withoutPower.get(text);
  if (known !== undefined) return known;
  const [zone, provider, method, estimated, currency, hasPrices, , , ...bands] = JSON.parse(text) as Encoded;
  const basis = JSON.stringify([zone, provider, method, estimated, currency, hasPrices, 0, 0, ...bands]);
  if (withoutPower.size >= REMEMBERED) withoutPower.clear();
  withoutPower.set(text, basis);
  return basis;
}

/** Of the basis, beside it, for people who look at the index. */
export function basisFields(basis: string): Json {
  const { zone, provider, currency, method } = decodeBasis(basis);
  return { basis, zone, provider, currency, method };
}

/** Sums with a cost only where the basis has prices. */
export function priced(amounts: Json, basis: string): Json {
  if (decodeBasis(basis).priced) return amounts;
  const { cost: _, ...rest } = amounts;
  return rest;
}
