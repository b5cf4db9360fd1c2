/** Records of one cluster for another: the id of a recommendation follows from the name of its cluster. */
import { identityOf } from '../domain/recommendations/identity.js';
import type { RecommendationType, Target } from '../domain/recommendations/model.js';
import type { ArchivedRecord, Document } from '../ports/archive.js';

export class Renaming {
  readonly #cluster: string;
  /** New ids by those that they had. */
  readonly #ids = new Map<string, string>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  /** @param record recommendations come before what is said of them */
  of(record: ArchivedRecord): ArchivedRecord {
    if (record.record === 'recommendation') {
      const id = this.#idOf(record.recommendation);
      this.#ids.set(record.id, id);
      return { ...record, id, recommendation: { ...record.recommendation, id } };
    }
    if (record.record === 'event')
      return { ...record, event: { ...record.event, id: this.#idOf(record.event) } };
    if (record.record === 'booking') return { ...record, id: this.#ids.get(record.id) ?? record.id };
    return record;
  }

  #idOf({ type, target }: Document): string {
    return identityOf(this.#cluster, type as RecommendationType, target as Target);
  }
}
