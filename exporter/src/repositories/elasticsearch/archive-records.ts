/** Records of an archive as this database keeps them: documents of the records, factors and notes of a cluster. */
import type { EpochSeconds } from '../../domain/units.js';
import { epochSeconds } from '../../domain/units.js';
import type { ArchivedRecord, Document } from '../../ports/archive.js';
import { FINDING_KINDS, type FindingKind } from '../../ports/findings.js';
import type { Restatement } from '../../ports/restating.js';
import { inOrder, wholeOf } from '../archive-form.js';
import { withoutCluster } from '../archive-dialogue.js';
import { eventKey, isOlderLife } from '../archive-put.js';
import type { Connection, Json } from './connection.js';
import { factorId, type EmbodiedDocument, type IntensityDocument } from './factor-store.js';
import { findingsOf } from './findings.js';
import type { ElasticsearchLedger } from './ledger.js';
import { compare, type NewRecord, type RecordWriter } from './record-store.js';
import {
  BOOKING,
  bookingSubject,
  EVENT,
  RECOMMENDATION,
  recordOf,
  SCAN,
  SHOWN,
  type Shown,
} from './recommendation-store.js';

type Of<K extends ArchivedRecord['record']> = Extract<ArchivedRecord, { record: K }>;
type Booking = Omit<Of<'booking'>, 'record'>;
interface Kept {
  readonly recommendation: Document;
  readonly baseline: Document | null;
}
interface FindingDocument {
  readonly cluster: string;
  readonly subject: string;
  readonly at: number;
  readonly body: unknown;
}

const EVER = { from: epochSeconds(0), to: epochSeconds(1e11) };
/** There are some ten notes. */
const NOTES = 1000;

export class ArchivedRecords {
  readonly #connection: Connection;
  readonly #ledger: ElasticsearchLedger;
  readonly #records: RecordWriter;
  readonly #cluster: string;

  constructor(connection: Connection, ledger: ElasticsearchLedger, records: RecordWriter) {
    this.#connection = connection;
    this.#ledger = ledger;
    this.#records = records;
    this.#cluster = records.cluster;
  }

  /** All but counters, in the order that every database has. */
  async *read(): AsyncGenerator<ArchivedRecord> {
    yield* this.#factors();
    for (const r of await this.#ledger.restatements(EVER)) yield restatementRecord(r);
    for (const { body } of await this.#records.read<Kept>(RECOMMENDATION)) {
      const recommendation = withoutCluster(body.recommendation);
      const { baseline } = body;
      yield { record: 'recommendation', id: String(recommendation['id']), recommendation, baseline };
    }
    for (const event of await this.#events()) yield { record: 'event', event: withoutCluster(event) };
    const bookings = await this.#records.read<Booking>(BOOKING);
    for (const { body: b } of bookings.sort((a, c) => compare(a.body.id, c.body.id) || a.start - c.start)) {
      const { id, start, millijoules, micrograms, nanoCurrency, currency } = b;
      yield { record: 'booking', id, start, millijoules, micrograms, nanoCurrency, currency };
    }
    for (const [namespace, type, unit, amount] of inOrder(await this.#shown(), (line) => line.slice(0, 3)))
      yield { record: 'saving', namespace, type, unit, amount: wholeOf(amount) };
    const [scan] = await this.#records.read<Document>(SCAN);
    if (scan) yield { record: 'scan', scan: withoutCluster(scan.body) };
    yield* this.#findings();
    for (const [key, value] of await this.#notes()) yield { record: 'note', key, value };
  }

  async write(records: readonly ArchivedRecord[]): Promise<void> {
    await this.#putFactors(records);
    const documents = await this.#documentsOf(records);
    if (documents.length > 0) {
      await this.#records.write((gen) =>
        documents.map((d, i) => (d.what === EVENT ? { ...d, subject: eventSubject(gen, i) } : d)),
      );
    }
    for (const record of records) {
      if (record.record !== 'note' || (await this.#ledger.note(record.key)) !== null) continue;
      if (typeof record.value !== 'string') throw new TypeError(`has a note ${record.key} without a value`);
      await this.#ledger.setNote(record.key, record.value);
    }
  }

  async *#factors(): AsyncGenerator<ArchivedRecord> {
    const { factors } = this.#connection.names;
    await this.#connection.refresh(factors);
    const search = <T>(what: string, fields: readonly string[]) =>
      this.#connection.searchAll<T>(
        factors,
        { query: { bool: { filter: [{ term: { what } }] } } },
        fields.map((field): Json => ({ [field]: 'asc' })),
      );
    for await (const { _source: d } of search<IntensityDocument>('intensity', ['zone', 'hour', 'source'])) {
      const { zone: gridZone, hour, source, value, provisional } = d;
      const times = { fetchedAt: d.fetched_at, changedAt: d.changed_at };
      yield { record: 'intensity', gridZone, hour, source, value, provisional, ...times };
    }
    const names = ['source', 'provider', 'instance_type'];
    for await (const { _source: d } of search<EmbodiedDocument>('embodied', names)) {
      yield {
        ...{ record: 'embodied', source: d.source, provider: d.provider, instanceType: d.instance_type },
        ...{ total: d.total ?? null, band: { lo: d.lo, hi: d.hi }, closestMatch: d.closest_match },
        ...{ fetchedAt: d.fetched_at, changedAt: d.changed_at },
      };
    }
  }

  async #events(): Promise<Document[]> {
    const found = await this.#records.read<Document>(EVENT);
    const inTime = found.sort((a, b) => a.start - b.start || a.gen - b.gen || compare(a.subject, b.subject));
    return inTime.map(({ body }) => body);
  }

  async #shown(): Promise<Shown> {
    return (await this.#records.read<Shown>(SHOWN))[0]?.body ?? [];
  }

  async *#findings(): AsyncGenerator<ArchivedRecord> {
    for (const kind of [...FINDING_KINDS].sort(compare)) {
      for (const { subject, at, body } of await this.#findingsOf(kind))
        yield { record: 'finding', kind, subject, at, body };
    }
  }

  async #findingsOf(kind: FindingKind): Promise<readonly FindingDocument[]> {
    const [kept] = await this.#records.read<readonly FindingDocument[]>(findingsOf(kind));
    return kept?.body ?? [];
  }

  async #notes(): Promise<[key: string, value: string][]> {
    const { state } = this.#connection.names;
    await this.#connection.refresh(state);
    const query = { bool: { filter: [{ term: { cluster: this.#cluster } }, { term: { what: 'note' } }] } };
    const { hits } = await this.#connection.search<{ body: { value: string } }>(state, {
      query,
      size: NOTES,
    });
    return hits.hits
      .map((hit): [string, string] => [(JSON.parse(hit._id) as string[])[2]!, hit._source.body.value])
      .sort(([a], [b]) => compare(a, b));
  }

  async #putFactors(records: readonly ArchivedRecord[]): Promise<void> {
    const { factors } = this.#connection.names;
    const documents = records.flatMap((r): [string, IntensityDocument | EmbodiedDocument][] =>
      r.record === 'intensity'
        ? [intensityDocument(r)]
        : r.record === 'embodied'
          ? [embodiedDocument(r)]
          : [],
    );
    if (documents.length === 0) return;
    const held = await this.#connection.getMany<{ fetched_at: number }>(
      factors,
      documents.map(([id]) => id),
    );
    const lines = documents.flatMap(([id, document], i) => {
      const before = held[i]?.source.fetched_at;
      if (before !== undefined && before >= document.fetched_at) return [];
      return [JSON.stringify({ index: { _index: factors, _id: id } }), JSON.stringify(document)];
    });
    await this.#connection.bulk(lines);
    await this.#connection.refresh(factors);
  }

  /** What is not there yet, or older. */
  async #documentsOf(records: readonly ArchivedRecord[]): Promise<NewRecord[]> {
    const of = <K extends ArchivedRecord['record']>(kind: K) =>
      records.filter((r): r is Of<K> => r.record === kind);
    return [
      ...(await this.#newRestatements(of('restatement'))),
      ...(await this.#newRecommendations(of('recommendation'))),
      ...(await this.#newEvents(of('event'))),
      ...(await this.#newBookings(of('booking'))),
      ...(await this.#newShown(of('saving'))),
      ...(await this.#newScan(of('scan').at(-1))),
      ...(await this.#newFindings(of('finding'))),
    ];
  }

  async #newRestatements(records: readonly Of<'restatement'>[]): Promise<NewRecord[]> {
    if (records.length === 0) return [];
    const keyOf = (r: { start: number; node: string; at: number; reason: string }) =>
      JSON.stringify([r.start, r.node, r.at, r.reason]);
    const held = new Set((await this.#ledger.restatements(EVER)).map(keyOf));
    return records
      .filter((r) => !held.has(keyOf(r)))
      .map(({ record: _, ...body }) => recordOf('restatement', keyOf(body), body.start, body));
  }

  async #newRecommendations(records: readonly Of<'recommendation'>[]): Promise<NewRecord[]> {
    if (records.length === 0) return [];
    const kept = await this.#records.read<Kept>(RECOMMENDATION);
    const held = new Map(kept.map((r) => [r.subject, r.body.recommendation]));
    return records
      .filter((r) => isOlderLife(r, held.get(r.id) ?? null))
      .map(({ id, recommendation, baseline }) =>
        recordOf(RECOMMENDATION, id, 0, {
          recommendation: { ...recommendation, cluster: this.#cluster },
          baseline,
        }),
      );
  }

  async #newEvents(records: readonly Of<'event'>[]): Promise<NewRecord[]> {
    if (records.length === 0) return [];
    const held = new Set((await this.#events()).map(eventKey));
    return records
      .filter(({ event }) => !held.has(eventKey(event)))
      .map(({ event }) => recordOf(EVENT, '', Number(event['at']), { ...event, cluster: this.#cluster }));
  }

  async #newBookings(records: readonly Of<'booking'>[]): Promise<NewRecord[]> {
    if (records.length === 0) return [];
    const held = new Set((await this.#records.read<Booking>(BOOKING)).map((r) => r.subject));
    return records
      .map(({ record: _, ...body }) =>
        recordOf(BOOKING, bookingSubject({ ...body, start: body.start as EpochSeconds }), body.start, body),
      )
      .filter(({ subject }) => !held.has(subject));
  }

  async #newShown(records: readonly Of<'saving'>[]): Promise<NewRecord[]> {
    if (records.length === 0) return [];
    const before = await this.#shown();
    const lines = new Map(before.map((line) => [JSON.stringify(line.slice(0, 3)), line]));
    for (const { namespace, type, unit, amount } of records) {
      const key = JSON.stringify([namespace, type, unit]);
      const held = BigInt(lines.get(key)?.[3] ?? 0);
      if (BigInt(amount) > held || !lines.has(key))
        lines.set(key, [namespace, type as Shown[number][1], unit, String(amount)]);
    }
    const after = [...lines.values()];
    return JSON.stringify(after) === JSON.stringify(before) ? [] : [recordOf(SHOWN, '', 0, after)];
  }

  async #newScan(record: Of<'scan'> | undefined): Promise<NewRecord[]> {
    if (!record) return [];
    const [held] = await this.#records.read<Document>(SCAN);
    if (held && Number(held.body['at']) >= Number(record.scan['at'])) return [];
    return [recordOf(SCAN, '', 0, { ...record.scan, cluster: this.#cluster })];
  }

  async #newFindings(records: readonly Of<'finding'>[]): Promise<NewRecord[]> {
    const found: NewRecord[] = [];
    for (const kind of FINDING_KINDS) {
      const own = records.filter((r) => r.kind === kind);
      if (own.length === 0) continue;
      const held = new Map((await this.#findingsOf(kind)).map((f) => [f.subject, f]));
      const fresh = own.filter((r) => r.at > (held.get(r.subject)?.at ?? -1));
      if (fresh.length === 0) continue;
      for (const { subject, at, body } of fresh)
        held.set(subject, { cluster: this.#cluster, subject, at, body });
      const body = [...held.values()].sort((a, b) => compare(a.subject, b.subject));
      found.push(recordOf(findingsOf(kind), '', Math.max(...body.map((f) => f.at)), body));
    }
    return found;
  }
}

/** Events of one generation in their order. */
const eventSubject = (gen: number, i: number) => `${gen}.${String(i).padStart(6, '0')}`;

const restatementRecord = (r: Restatement): ArchivedRecord => ({
  ...{ record: 'restatement', start: r.start, node: r.node, at: r.at, reason: r.reason },
  ...{ oldEmissions: r.oldEmissions, newEmissions: r.newEmissions },
  ...{ oldFactor: r.oldFactor, newFactor: r.newFactor, oldSource: r.oldSource, newSource: r.newSource },
});

function intensityDocument(r: Of<'intensity'>): [string, IntensityDocument] {
  const { gridZone: zone, hour, value, provisional, fetchedAt: fetched_at, changedAt: changed_at } = r;
  const source = r.source as IntensityDocument['source'];
  const document = { hour, source, value, provisional, fetched_at, changed_at };
  return [factorId('intensity', zone, String(hour), source), { what: 'intensity', zone, ...document }];
}

function embodiedDocument(r: Of<'embodied'>): [string, EmbodiedDocument] {
  const { source, provider, instanceType: instance_type, total, band } = r;
  const times = { fetched_at: r.fetchedAt, changed_at: r.changedAt };
  return [
    factorId('embodied', source, provider, instance_type),
    {
      ...{ what: 'embodied', source, provider, instance_type, known: total !== null, ...band, ...times },
      ...(total !== null && { total }),
      closest_match: r.closestMatch,
    },
  ];
}
