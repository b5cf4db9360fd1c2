/** What intervals were told anew for, and with what the ones that still can be were computed. */
import { createHash } from 'node:crypto';
import { floorTo, HOUR, type TimeRange } from '../../domain/interval.js';
import type { NodeRow } from '../../domain/model.js';
import { epochSeconds } from '../../domain/units.js';
import type { Counters } from '../../ports/ledger.js';
import type { Restatement, UsedFactors, UsedFilter } from '../../ports/restating.js';
import type { Connection } from './connection.js';
import { queryFor } from './facts.js';
import type { Journal } from './journal.js';
import type { Manifest } from './manifest.js';

interface RestatementDocument {
  readonly cluster: string;
  readonly what: 'restatement';
  /** Its place in the commit. */
  readonly subject: string;
  readonly start: number;
  readonly gen: number;
  readonly body: Restatement;
}

/** Kept as documents that count with the generation of the commit that told the interval anew. */
export class Restatements {
  readonly #connection: Connection;
  readonly #cluster: string;
  readonly #journal: Journal;

  constructor(connection: Connection, cluster: string, journal: Journal) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#journal = journal;
  }

  linesOf(restatements: readonly Restatement[], gen: number): string[] {
    const cluster = this.#cluster;
    return restatements.flatMap((body, i) => {
      const id = createHash('sha256')
        .update(JSON.stringify([cluster, gen, i]))
        .digest('base64url')
        .slice(0, 32);
      const subject = String(i).padStart(6, '0');
      const document: RestatementDocument = {
        cluster,
        what: 'restatement',
        subject,
        start: body.start,
        gen,
        body,
      };
      const action = { index: { _index: this.#connection.names.records, _id: id } };
      return [JSON.stringify(action), JSON.stringify(document)];
    });
  }

  async within({ from, to }: TimeRange, days: readonly Manifest[]): Promise<Restatement[]> {
    const { records } = this.#connection.names;
    await this.#connection.refresh(records);
    const filter = [
      ...[{ term: { cluster: this.#cluster } }, { term: { what: 'restatement' } }],
      { range: { start: { gte: from, lt: to } } },
    ];
    const hours = new Map(days.flatMap((day) => [...day.hours]));
    const found = new Map<string, Restatement>();
    const order = [{ gen: 'asc' }, { subject: 'asc' }];
    for await (const { _source } of this.#connection.searchAll<RestatementDocument>(
      records,
      { query: { bool: { filter } } },
      order,
    )) {
      const { gen, body } = _source;
      const isHeld = hours.get(floorTo(body.start, HOUR))?.held !== false;
      if (this.#journal.isCommitted(gen) && isHeld) add(found, body);
    }
    return [...found.values()].toSorted(
      (a, b) => a.start - b.start || compare(a.node, b.node) || a.at - b.at || compare(a.reason, b.reason),
    );
  }

  sums(): Counters['restated'] {
    const sums = Object.entries(this.#journal.head.restated).map(
      ([reason, text]) => [reason, BigInt(text)] as const,
    );
    return Object.fromEntries(sums.toSorted(([a], [b]) => compare(a, b)));
  }

  sumsWith(restatements: readonly Restatement[]): Record<string, string> {
    const sums = new Map(Object.entries(this.#journal.head.restated));
    for (const { reason, oldEmissions, newEmissions } of restatements) {
      const change = BigInt(Math.abs(newEmissions - oldEmissions));
      sums.set(reason, String(BigInt(sums.get(reason) ?? 0) + change));
    }
    return Object.fromEntries(sums);
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Twice within a second for one reason is one restatement, from the first old to the last new. */
function add(found: Map<string, Restatement>, restatement: Restatement): void {
  const { start, node, at, reason } = restatement;
  const key = JSON.stringify([start, node, at, reason]);
  const before = found.get(key);
  if (!before) found.set(key, restatement);
  else {
    const { oldEmissions, oldFactor, oldSource } = before;
    found.set(key, { ...restatement, oldEmissions, oldFactor, oldSource });
  }
}

/** Of the node rows of some intervals. */
export async function readUsed(
  connection: Connection,
  places: readonly { readonly cluster: string; readonly gen: number }[],
  { gridZone, reasons }: UsedFilter,
): Promise<UsedFactors[]> {
  if (places.length === 0) return [];
  const only = { ...(gridZone !== undefined && { zone: gridZone }), ...(reasons && { reasons }) };
  const body = { query: queryFor('node', places, only), _source: ['@timestamp', 'row'] };
  const order = [{ '@timestamp': 'asc' }, { node: 'asc' }];
  const used: UsedFactors[] = [];
  const index = connection.names.allFacts('usage');
  for await (const { _source } of connection.searchAll<{ '@timestamp': number; row: NodeRow }>(
    index,
    body,
    order,
  )) {
    used.push(toUsed(_source['@timestamp'], _source.row));
  }
  return used;
}

const toUsed = (
  start: number,
  { node, instanceType, embodiedTotal, provenance: p }: NodeRow,
): UsedFactors => ({
  start: epochSeconds(start),
  ...{ node, gridZone: p.gridZone, provider: p.provider, instanceType, intensity: p.intensity },
  ...{
    intensitySource: p.intensitySource,
    intensityTime: p.intensityTime,
    embodiedTotal,
    reasons: p.reasons,
  },
});
