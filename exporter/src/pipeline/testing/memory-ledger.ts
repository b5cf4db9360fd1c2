/** A ledger of one cluster that lives as long as a test, with what restating needs of it. */
import type { TimeRange } from '../../domain/interval.js';
import type { IntervalResult } from '../../domain/model.js';
import type { EpochSeconds } from '../../domain/units.js';
import type { IntervalMark, Ledger } from '../../ports/ledger.js';
import type { Restatement, Restating, UsedFactors, UsedFilter } from '../../ports/restating.js';

export class MemoryLedger implements Restating, Pick<Ledger, 'marks' | 'note' | 'setNote'> {
  readonly results = new Map<EpochSeconds, IntervalResult>();
  readonly told: Restatement[] = [];
  readonly #notes = new Map<string, string>();

  put(result: IntervalResult): void {
    this.results.set(result.interval.start, result);
  }

  async marks({ from, to }: TimeRange): Promise<readonly IntervalMark[]> {
    return this.#within({ from, to }).map((result) => ({
      ...result.interval,
      state: result.state,
      coverage: result.coverage,
      partialReasons: result.partialReasons,
      revision: result.revision,
      attempts: 1,
      committedAt: result.interval.start,
    }));
  }

  async used(range: TimeRange, filter: UsedFilter = {}): Promise<readonly UsedFactors[]> {
    return this.#within(range)
      .flatMap(({ interval, nodes }) =>
        nodes.map(({ node, instanceType, embodiedTotal, provenance: p }) => ({
          start: interval.start,
          node,
          gridZone: p.gridZone,
          provider: p.provider,
          instanceType,
          intensity: p.intensity,
          intensitySource: p.intensitySource,
          intensityTime: p.intensityTime,
          embodiedTotal,
          reasons: p.reasons,
        })),
      )
      .filter(({ gridZone }) => filter.gridZone === undefined || gridZone === filter.gridZone)
      .filter(({ reasons }) => !filter.reasons || filter.reasons.some((reason) => reasons.includes(reason)));
  }

  async interval(start: EpochSeconds): Promise<IntervalResult | null> {
    return this.results.get(start) ?? null;
  }

  async restate(result: IntervalResult, restatements: readonly Restatement[]): Promise<void> {
    this.put(result);
    this.told.push(...restatements);
  }

  async restatements({ from, to }: TimeRange): Promise<readonly Restatement[]> {
    return this.told.filter(({ start }) => start >= from && start < to);
  }

  async note(key: string): Promise<string | null> {
    return this.#notes.get(key) ?? null;
  }

  async setNote(key: string, value: string): Promise<void> {
    this.#notes.set(key, value);
  }

  #within({ from, to }: TimeRange): IntervalResult[] {
    return [...this.results.values()]
      .filter(({ interval }) => interval.start >= from && interval.start < to)
      .toSorted((a, b) => a.interval.start - b.interval.start);
  }
}
