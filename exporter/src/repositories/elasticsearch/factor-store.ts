/**
 * `FactorStore` beside the ledgers, shared by all clusters of these indices. What is stored is what a source said, so it does not
 * matter which writer stores it; each entry is replaced by whoever read its last version.
 */
import { createHash } from 'node:crypto';
import type { TimeRange } from '../../domain/interval.js';
import type { IntensitySource } from '../../domain/model.js';
import { epochSeconds, gramsPerKwh, kilograms, type EpochSeconds } from '../../domain/units.js';
import type {
  EmbodiedChange,
  FactorStore,
  IntensityChange,
  StoredEmbodied,
  StoredIntensity,
} from '../../ports/factor-store.js';
import type { IntensityPoint } from '../../ports/intensity-provider.js';
import type { Connection, Json } from './connection.js';

export interface IntensityDocument {
  readonly what: 'intensity';
  readonly zone: string;
  readonly hour: number;
  readonly source: IntensitySource;
  readonly value: number;
  readonly provisional: boolean;
  readonly fetched_at: number;
  readonly changed_at: number;
}

export interface EmbodiedDocument {
  readonly what: 'embodied';
  readonly source: string;
  readonly provider: string;
  readonly instance_type: string;
  /** Absent: the provider did not know the type. */
  readonly total?: number;
  readonly known: boolean;
  readonly lo: number;
  readonly hi: number;
  readonly closest_match: string;
  readonly fetched_at: number;
  readonly changed_at: number;
}

export class ElasticsearchFactorStore implements FactorStore {
  readonly #connection: Connection;
  /** Whether something was written that searches do not see. */
  #hidden = true;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async putIntensity(
    zone: string,
    source: IntensitySource,
    points: readonly IntensityPoint[],
    at: EpochSeconds,
  ): Promise<void> {
    const ids = points.map((p) => factorId('intensity', zone, String(p.hour), source));
    const held = await this.#connection.getMany<IntensityDocument>(this.#connection.names.factors, ids);
    const lines = points.flatMap(({ hour, value, provisional }, i) => {
      const before = held[i]?.source;
      const isSame = before?.value === value && before.provisional === provisional;
      const document: IntensityDocument = {
        ...{ what: 'intensity', zone, hour, source, value, provisional, fetched_at: at },
        changed_at: isSame ? before.changed_at : at,
      };
      return [
        JSON.stringify({ index: { _index: this.#connection.names.factors, _id: ids[i] } }),
        JSON.stringify(document),
      ];
    });
    this.#hidden = true;
    await this.#connection.bulk(lines);
  }

  async intensity(gridZone: string, { from, to }: TimeRange): Promise<readonly StoredIntensity[]> {
    const filter = [
      ...[{ term: { what: 'intensity' } }, { term: { zone: gridZone } }],
      { range: { hour: { gte: from, lt: to } } },
    ];
    const points: StoredIntensity[] = [];
    for await (const d of this.#search<IntensityDocument>(filter, [{ hour: 'asc' }, { source: 'asc' }]))
      points.push(toIntensity(d));
    return points;
  }

  async intensityChanges(since: EpochSeconds, limit: number): Promise<readonly IntensityChange[]> {
    const filter = [{ term: { what: 'intensity' } }, { range: { changed_at: { gte: since } } }];
    const order = ['changed_at', 'zone', 'hour', 'source'].map((field) => ({ [field]: 'asc' }));
    const found = await this.#first<IntensityDocument>(filter, order, limit);
    return found.map(({ zone, hour, source, changed_at }) => ({
      ...{ gridZone: zone, hour: epochSeconds(hour), source, at: epochSeconds(changed_at) },
    }));
  }

  async putEmbodied(
    source: string,
    provider: string,
    type: string,
    { total, band, closestMatch }: Omit<StoredEmbodied, 'fetchedAt'>,
    at: EpochSeconds,
  ): Promise<void> {
    const { factors } = this.#connection.names;
    const id = factorId('embodied', source, provider, type);
    const before = await this.#connection.get<EmbodiedDocument>(factors, id);
    const isSame = before !== null && (before.source.total ?? null) === total;
    const document: EmbodiedDocument = {
      ...{ what: 'embodied', source, provider, instance_type: type, known: total !== null, ...band },
      ...(total !== null && { total }),
      ...{ closest_match: closestMatch, fetched_at: at, changed_at: isSame ? before.source.changed_at : at },
    };
    this.#hidden = true;
    await this.#connection.bulk([
      JSON.stringify({ index: { _index: factors, _id: id } }),
      JSON.stringify(document),
    ]);
  }

  async embodied(source: string, provider: string, instanceType: string): Promise<StoredEmbodied | null> {
    const id = factorId('embodied', source, provider, instanceType);
    const found = await this.#connection.get<EmbodiedDocument>(this.#connection.names.factors, id);
    return found ? toEmbodied(found.source) : null;
  }

  async embodiedChanges(since: EpochSeconds, limit: number): Promise<readonly EmbodiedChange[]> {
    const filter = [
      ...[{ term: { what: 'embodied' } }, { term: { known: true } }],
      { range: { changed_at: { gte: since } } },
    ];
    const order = ['changed_at', 'source', 'provider', 'instance_type'].map((field) => ({ [field]: 'asc' }));
    const found = await this.#first<EmbodiedDocument>(filter, order, limit);
    return found.map((d) => ({
      ...{
        source: d.source,
        provider: d.provider,
        instanceType: d.instance_type,
        at: epochSeconds(d.changed_at),
      },
    }));
  }

  async *#search<T>(filter: readonly Json[], sort: readonly Json[]): AsyncGenerator<T> {
    await this.#show();
    const body = { query: { bool: { filter } } };
    for await (const { _source } of this.#connection.searchAll<T>(this.#connection.names.factors, body, sort))
      yield _source;
  }

  async #first<T>(filter: readonly Json[], sort: readonly Json[], limit: number): Promise<T[]> {
    const found: T[] = [];
    if (limit <= 0) return found;
    for await (const document of this.#search<T>(filter, sort)) {
      found.push(document);
      if (found.length >= limit) break;
    }
    return found;
  }

  /** Other writers store factors too, but whoever asks for changes asks again. */
  async #show(): Promise<void> {
    if (this.#hidden) await this.#connection.refresh(this.#connection.names.factors);
    this.#hidden = false;
  }
}

/** Of the document of a zone's hour or of a machine. */
export const factorId = (...names: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 32);

const toIntensity = (d: IntensityDocument): StoredIntensity => ({
  hour: epochSeconds(d.hour),
  source: d.source,
  value: gramsPerKwh(d.value),
  provisional: d.provisional,
  fetchedAt: epochSeconds(d.fetched_at),
});

const toEmbodied = (d: EmbodiedDocument): StoredEmbodied => ({
  total: d.total === undefined ? null : kilograms(d.total),
  band: { lo: d.lo, hi: d.hi },
  closestMatch: d.closest_match,
  fetchedAt: epochSeconds(d.fetched_at),
});
