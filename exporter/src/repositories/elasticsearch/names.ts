/** Names of indices and of the documents of the state, and what each index holds. */
import { DAY, HOUR } from '../../domain/interval.js';

export const GRAINS = ['day', 'hour', 'usage'] as const;
/** "usage": single intervals. */
export type Grain = (typeof GRAINS)[number];
export const WIDTHS: Readonly<Record<Exclude<Grain, 'usage'>, number>> = { day: DAY, hour: HOUR };

/** How much of an ISO date names an index: one a day for intervals, one a month for hours, one a year for days. */
const DATE_DIGITS: Readonly<Record<Grain, number>> = { usage: 10, hour: 7, day: 4 };

/** A prefix has no dot in it, so that the indices of one are never those of another. */
export class Names {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  get state(): string {
    return `${this.prefix}.state`;
  }
  get counters(): string {
    return `${this.prefix}.counters`;
  }
  get records(): string {
    return `${this.prefix}.records`;
  }
  get factors(): string {
    return `${this.prefix}.factors`;
  }

  /** The index that holds what begins at `start`. */
  facts(grain: Grain, start: number): string {
    return `${this.prefix}.${grain}.${new Date(start * 1000).toISOString().slice(0, DATE_DIGITS[grain])}`;
  }

  /** All indices of a grain. */
  allFacts(grain: Grain): string {
    return `${this.prefix}.${grain}.*`;
  }

  get everyFact(): string {
    return GRAINS.map((grain) => this.allFacts(grain)).join(',');
  }
}

export const REGISTRY_ID = 'registry';
export const headId = (cluster: string) => `head/${cluster}`;
export const leaseId = (cluster: string) => `lease/${cluster}`;
export const manifestId = (cluster: string, day: number) => `day/${day}/${cluster}`;
export const noteId = (cluster: string, key: string) => JSON.stringify(['note', cluster, key]);
