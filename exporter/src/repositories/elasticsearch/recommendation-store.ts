/** `RecommendationStore`: a record for each recommendation, event and booked hour. */
import { type Booking, type RecommendationType, type Scan } from '../../domain/recommendations/model.js';
import type {
  KeptRecommendation,
  RecommendationChange,
  RecommendationStore,
  SavingsCounter,
} from '../../ports/recommendations.js';
import { countersOf, EMISSIONS } from '../savings.js';
import { compare, type NewRecord, type RecordWriter } from './record-store.js';

export const RECOMMENDATION = 'recommendation';
export const EVENT = 'recommendation event';
export const BOOKING = 'booking';
export const SCAN = 'scan';
export const SHOWN = 'savings shown';

/** What has been shown, by namespace, type and unit. */
export type Shown = readonly (readonly [
  namespace: string,
  type: RecommendationType,
  unit: string,
  amount: string,
])[];

export class ElasticsearchRecommendationStore implements RecommendationStore {
  readonly #records: RecordWriter;

  constructor(records: RecordWriter) {
    this.#records = records;
  }

  async keptRecommendations(): Promise<readonly KeptRecommendation[]> {
    return (await this.#records.read<KeptRecommendation>(RECOMMENDATION)).map((r) => r.body);
  }

  async changeRecommendations(change: RecommendationChange): Promise<void> {
    const touchesSavings = change.kept.length > 0 || change.bookings.length > 0;
    const shown = touchesSavings ? [recordOf(SHOWN, '', 0, await this.#shownAfter(change))] : [];
    const { kept, bookings, events, scan } = change;
    await this.#records.write((gen) => [
      ...kept.map((k) => recordOf(RECOMMENDATION, k.recommendation.id, 0, k)),
      ...events.map((e, i) => recordOf(EVENT, `${gen}.${String(i).padStart(6, '0')}`, e.at, e)),
      ...bookings.map((b) => recordOf(BOOKING, bookingSubject(b), b.start, b)),
      ...(scan ? [recordOf(SCAN, '', 0, scan)] : []),
      ...shown,
    ]);
  }

  async lastScan(): Promise<Scan | null> {
    return (await this.#records.read<Scan>(SCAN))[0]?.body ?? null;
  }

  async savingsCounters(): Promise<readonly SavingsCounter[]> {
    const shown = (await this.#records.read<Shown>(SHOWN))[0]?.body ?? [];
    const lines = shown.map(([namespace, type, unit, amount]) => ({
      namespace,
      type,
      unit,
      amount: BigInt(amount),
    }));
    return countersOf(lines.toSorted((a, b) => compare(a.unit, b.unit)));
  }

  /** What verified recommendations have saved in all; what has been shown stays where that is less. */
  async #shownAfter({ kept, bookings }: RecommendationChange): Promise<Shown> {
    const all = new Map(
      (await this.keptRecommendations()).map((k) => [k.recommendation.id, k.recommendation]),
    );
    for (const { recommendation } of kept) all.set(recommendation.id, recommendation);
    const booked = new Map((await this.#records.read<Booking>(BOOKING)).map((r) => [r.subject, r.body]));
    for (const booking of bookings) booked.set(bookingSubject(booking), booking);
    const sums = new Map<string, bigint>();
    const add = (key: readonly string[], amount: number) => {
      const id = JSON.stringify(key);
      sums.set(id, (sums.get(id) ?? 0n) + BigInt(amount));
    };
    for (const { id, micrograms, nanoCurrency, currency } of booked.values()) {
      const of = all.get(id);
      if (of?.realised?.verdict !== 'verified') continue;
      add([of.target.namespace, of.type, EMISSIONS], micrograms);
      if (nanoCurrency !== null) add([of.target.namespace, of.type, currency], nanoCurrency);
    }
    for (const [namespace, type, unit, amount] of (await this.#records.read<Shown>(SHOWN))[0]?.body ?? []) {
      const id = JSON.stringify([namespace, type, unit]);
      const now = sums.get(id) ?? 0n;
      sums.set(id, now > BigInt(amount) ? now : BigInt(amount));
    }
    return [...sums].map(([id, amount]) => {
      const [namespace, type, unit] = JSON.parse(id) as [string, RecommendationType, string];
      return [namespace, type, unit, String(amount > 0n ? amount : 0n)] as const;
    });
  }
}

export const recordOf = (what: string, subject: string, start: number, body: unknown): NewRecord => ({
  what,
  subject,
  start,
  body,
});
export const bookingSubject = ({ id, start }: Pick<Booking, 'id' | 'start'>) => JSON.stringify([id, start]);
