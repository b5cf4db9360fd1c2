/**
 * Hours are added up by the commit that makes them whole, days likewise, and anew by one that replaces an interval of them. The
 * server adds up the rows by pod; sums by namespace and node follow from those, as rows add to both exactly.
 */
import { DAY, floorTo, HOUR } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import { composite, type Bucket } from './composite.js';
import { decodeBasis } from './basis.js';
import type { Connection, Json } from './connection.js';
import {
  basisFields,
  Documents,
  entityFields,
  Figures,
  longOf,
  MAXIMA,
  queryFor,
  REALS,
  SUMS,
  type Entity,
  type Place,
} from './facts.js';
import { dayOf, partOf, sealOf, type Manifest } from './manifest.js';
import { sumUse, type UseFields } from './use.js';

export class Seals {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #step: Seconds;

  constructor(connection: Connection, cluster: string, step: Seconds) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#step = step;
  }

  /**
   * To be called with the day as the commit leaves it; does nothing while the interval's hour is not whole.
   * @param visible to be called before documents of this commit are searched for
   */
  async update(day: Manifest, start: number, gen: number, visible: () => Promise<void>): Promise<void> {
    const hour = floorTo(start, HOUR);
    const marks = day.marksIn(hour, hour + HOUR);
    if (marks.length !== HOUR / this.#step) return;
    await visible();
    await this.#rollUp({ grain: 'hour', start: hour, gen }, 'usage', marks);
    day.hours.set(hour, { ...sealOf(gen, marks.map(partOf)), raw: true });
    if (day.hours.size !== DAY / HOUR) return;
    const hours = day.sealedHours().map(([at, seal]) => ({ start: at, ...seal }));
    await this.#connection.refresh(this.#connection.names.facts('hour', hour));
    await this.#rollUp({ grain: 'day', start: dayOf(start), gen }, 'hour', hours);
    day.seal = sealOf(gen, hours);
  }

  async #rollUp(
    into: Omit<Place, 'cluster'>,
    from: 'usage' | 'hour',
    parts: readonly { readonly start: number; readonly gen: number }[],
  ): Promise<void> {
    const places = parts.filter((p) => p.gen > 0).map(({ gen }) => ({ cluster: this.#cluster, gen }));
    if (places.length === 0) return;
    const documents = new Documents(this.#connection.names, { ...into, cluster: this.#cluster });
    const index = this.#connection.names.facts(from, into.start);
    const namespaces = new Namespaces();
    const query = queryFor('pod', places);
    const pods = { index, query, sources: [named('entity')], sums: SUMS, reals: REALS };
    const extremes = { mins: ['first'], maxs: ['last', ...MAXIMA] };
    for await (const bucket of composite(this.#connection, { ...pods, ...extremes })) {
      documents.add('pod', podFields(bucket));
      namespaces.add(bucket);
    }
    for (const fields of namespaces.documents()) documents.add('namespace', fields);
    await this.#addNodes(index, places, documents);
    if (into.grain === 'hour') await this.#addUse(index, places, documents);
    await this.#connection.bulk(documents.lines);
  }

  /** With what each was like at the end. */
  async #addNodes(index: string, places: readonly Dated[], documents: Documents): Promise<void> {
    const buckets = composite(this.#connection, {
      ...{ index, query: queryFor('node', places), sources: ['node', 'basis'].map(named) },
      ...{ sums: NODE_SUMS, mins: ['first'], maxs: ['last'] },
      newest: { by: 'last', fields: ['row'] },
    });
    for await (const { key, sums, mins, maxs, newest } of buckets) {
      const basis = String(key.get('basis'));
      documents.add('node', {
        node: key.get('node'),
        ...basisFields(basis),
        ...amountsOf(NODE_SUMS, sums, basis),
        ...{ first: mins[0], last: maxs[0], ...newest },
      });
    }
  }

  /** Of workloads, as histograms of what the commits kept by interval. */
  async #addUse(index: string, places: readonly Dated[], documents: Documents): Promise<void> {
    const found: UseFields[] = [];
    const body = {
      query: queryFor('use', places),
      _source: ['namespace', 'workload', 'workload_type', 'use'],
    };
    const order = [{ '@timestamp': 'asc' }, { seq: 'asc' }];
    for await (const { _source } of this.#connection.searchAll<UseFields>(index, body, order))
      found.push(_source);
    for (const fields of sumUse(found)) documents.add('use', { ...fields });
  }
}

interface Dated {
  readonly cluster: string;
  readonly gen: number;
}

const named = (field: string) => ({ name: field, field });

const NODE_SUMS = ['energy', 'operational', 'embodied', 'cost', 'milliseconds', 'cpu', 'samples'] as const;

/** A cost only where the basis has prices. */
function amountsOf(fields: readonly string[], sums: readonly bigint[], basis: string): Json {
  const { priced } = decodeBasis(basis);
  const amounts = fields.map((field, i) => [field, longOf(sums[i]!)] as const);
  return Object.fromEntries(amounts.filter(([field]) => field !== 'cost' || priced));
}

const entityOf = ({ key }: Bucket): Entity => JSON.parse(String(key.get('entity'))) as Entity;

function podFields(bucket: Bucket): Json {
  const { sums, reals, mins, maxs } = bucket;
  const entity = entityOf(bucket);
  const [last, ...most] = maxs;
  return {
    ...entityFields(entity),
    ...amountsOf(SUMS, sums, entity[7]),
    ...Object.fromEntries(REALS.map((field, i) => [field, reals[i]])),
    ...{ first: mins[0], last },
    ...Object.fromEntries(MAXIMA.map((field, i) => [field, most[i]])),
  };
}

const [ENERGY, OPERATIONAL, EMBODIED, COST] = (['energy', 'operational', 'embodied', 'cost'] as const).map(
  (f) => SUMS.indexOf(f),
) as [number, number, number, number];

/** Figures by namespace and basis, with the first and last time that they were there. */
class Namespaces {
  readonly #figures = new Figures();
  readonly #seen = new Map<string, { first: number; last: number }>();

  add(bucket: Bucket): void {
    const { sums, mins, maxs } = bucket;
    const [, , namespace, , , , , basis] = entityOf(bucket);
    const names = [namespace, basis] as const;
    const id = JSON.stringify(names);
    const seen = this.#seen.get(id) ?? { first: mins[0]!, last: maxs[0]! };
    this.#seen.set(id, { first: Math.min(seen.first, mins[0]!), last: Math.max(seen.last, maxs[0]!) });
    this.#figures.add(names, {
      energy: sums[ENERGY]!,
      operational: sums[OPERATIONAL]!,
      embodied: sums[EMBODIED]!,
      cost: decodeBasis(names[1]).priced ? sums[COST]! : null,
    });
  }

  *documents(): Generator<Json> {
    for (const [key, figures] of this.#figures.entries()) {
      const [namespace, basis] = key as [string, string];
      yield { namespace, ...basisFields(basis), ...this.#seen.get(JSON.stringify(key))!, ...figures };
    }
  }
}
