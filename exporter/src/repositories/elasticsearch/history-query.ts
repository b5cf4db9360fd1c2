/** Which documents answer a question about sums, and the lines of the answer. */
import type { Amount, Filters, GroupKey } from '../../ports/history.js';
import type { AmountLine, SumLine } from '../answer-lines.js';
import { decodeBasis } from './basis.js';
import { composite, type Bucket, type Source } from './composite.js';
import type { Connection, Json } from './connection.js';
import { queryFor, type Level } from './facts.js';
import type { Piece } from './history-state.js';
import type { Grain } from './names.js';
import { WEIGHT_PARTS } from '../naming.js';
import { weightedSums } from './weights.js';

export interface Question {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
}

/** A field of a key, and where it is taken from. */
interface Field {
  readonly name: string;
  readonly from: 'document' | 'zone' | 'provider';
  readonly field: string;
  readonly optional?: boolean;
}

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  cluster: [stored('cluster')],
  namespace: [stored('namespace')],
  workload: [stored('namespace'), stored('workload'), stored('workload_type')],
  pod: [stored('namespace'), stored('pod')],
  node: [stored('node')],
  zone: [{ name: 'zone', from: 'zone', field: '' }],
  provider: [{ name: 'provider', from: 'provider', field: '' }],
};

function stored(name: string): Field {
  return { name, from: 'document', field: name };
}

function fieldsOf(by: readonly GroupKey[]): Field[] {
  const fields = (['cluster', ...by] as const).flatMap((key): readonly Field[] =>
    key.startsWith('label:')
      ? [{ name: key, from: 'document', field: `labels.${key.slice('label:'.length)}`, optional: true }]
      : FIELDS[key]!,
  );
  return fields.filter((f, i) => fields.findIndex((other) => other.name === f.name) === i);
}

/** Rows add to their nodes and namespaces exactly, so a question that does not look inside them is answered from those. */
const LEVELS: readonly { level: Level; keys: readonly GroupKey[]; filters: readonly string[] }[] = [
  { level: 'node', keys: ['cluster', 'node', 'zone', 'provider'], filters: ['node'] },
  { level: 'namespace', keys: ['cluster', 'namespace', 'zone', 'provider'], filters: ['namespace'] },
];
const FILTERS = ['namespace', 'workload', 'node'] as const;

function levelFor({ by, filters }: Question): Level {
  const wanted = FILTERS.filter((f) => filters[f]?.length);
  const suits = (l: (typeof LEVELS)[number]) =>
    by.every((key) => l.keys.includes(key)) && wanted.every((f) => l.filters.includes(f));
  return LEVELS.find(suits)?.level ?? 'pod';
}

/** As many generations as a server takes in one question (65 536) and then some room. */
const PIECES_PER_QUERY = 50_000;

export class Lines {
  readonly #connection: Connection;
  readonly #question: Question;
  readonly #fields: readonly Field[];

  constructor(connection: Connection, question: Question) {
    this.#connection = connection;
    this.#question = question;
    this.#fields = fieldsOf(question.by);
  }

  /** Of the keys, in the order of the names of a line. */
  get fields(): readonly string[] {
    return this.#fields.map((f) => f.name);
  }

  async *sums(grain: Grain, pieces: readonly Piece[]): AsyncGenerator<SumLine> {
    // Rows of an interval have the power band in their basis.
    const isRow = grain === 'usage' && levelFor(this.#question) !== 'namespace';
    const fields = ['energy', 'operational', 'embodied', 'cost', ...(isRow ? [] : WEIGHT_PARTS)];
    for await (const bucket of this.#ask(grain, pieces, [], fields)) {
      const [energy, operational, embodied, cost] = bucket.sums as [bigint, bigint, bigint, bigint];
      const [energyLo, energyHi, operationalLo, operationalHi] = weightedSums(bucket.sums.slice(4));
      const basis = decodeBasis(String(bucket.key.get('basis')));
      yield {
        names: this.#namesOf(bucket),
        basis,
        ...{ energy, operational, embodied, cost: basis.priced ? cost : null },
        energyPowerLo: energy * basis.powerLo + energyLo,
        energyPowerHi: energy * basis.powerHi + energyHi,
        operationalPowerLo: operational * basis.powerLo + operationalLo,
        operationalPowerHi: operational * basis.powerHi + operationalHi,
      };
    }
  }

  /** @param step width of the buckets of time, which start at its multiples, s */
  async *amounts(
    grain: Grain,
    pieces: readonly Piece[],
    step: number,
    amounts: readonly Amount[],
  ): AsyncGenerator<AmountLine> {
    for await (const bucket of this.#ask(grain, pieces, [{ name: 'time', seconds: step }], amounts)) {
      const basis = decodeBasis(String(bucket.key.get('basis')));
      const of = (amount: Amount) => bucket.sums[amounts.indexOf(amount)] ?? 0n;
      yield {
        names: this.#namesOf(bucket),
        bucket: Number(bucket.key.get('time')),
        currency: basis.currency,
        ...{ energy: of('energy'), operational: of('operational'), embodied: of('embodied') },
        cost: basis.priced && amounts.includes('cost') ? of('cost') : null,
      };
    }
  }

  async *#ask(
    grain: Grain,
    pieces: readonly Piece[],
    time: readonly Source[],
    sums: readonly string[],
  ): AsyncGenerator<Bucket> {
    const { filters } = this.#question;
    const only: Json = Object.fromEntries(
      FILTERS.filter((f) => filters[f]?.length).map((f) => [f, filters[f]]),
    );
    const fields = this.#fields.filter((f) => f.from === 'document');
    const sources: Source[] = [
      ...time,
      ...fields.map((f, i) => ({ name: `k${i}`, field: f.field, optional: f.optional ?? false })),
      { name: 'basis', field: 'basis' },
    ];
    for (let at = 0; at < pieces.length; at += PIECES_PER_QUERY) {
      const query = queryFor(levelFor(this.#question), pieces.slice(at, at + PIECES_PER_QUERY), only);
      yield* composite(this.#connection, {
        index: this.#connection.names.allFacts(grain),
        query,
        sources,
        sums,
      });
    }
  }

  #namesOf({ key }: Bucket): string[] {
    const basis = decodeBasis(String(key.get('basis')));
    let next = 0;
    return this.#fields.map((f) => (f.from === 'document' ? String(key.get(`k${next++}`)) : basis[f.from]));
  }
}
