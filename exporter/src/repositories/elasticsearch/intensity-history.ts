/** `IntensityHistory`: what `ElasticsearchFactorStore` has written, of all clusters. */
import type { StoredIntensity } from '../../ports/factor-store.js';
import type { IntensityHistory, IntensityQuery } from '../../ports/intensity-history.js';
import { composite } from './composite.js';
import type { Connection } from './connection.js';
import { ElasticsearchFactorStore } from './factor-store.js';

export class ElasticsearchIntensityHistory implements IntensityHistory {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async intensity({ gridZone, range }: IntensityQuery): Promise<readonly StoredIntensity[]> {
    // One for each question: a new one sees what others have written.
    return new ElasticsearchFactorStore(this.#connection).intensity(gridZone, range);
  }

  async intensityZones(): Promise<readonly string[]> {
    const { factors } = this.#connection.names;
    await this.#connection.refresh(factors);
    const zones: string[] = [];
    const query = { bool: { filter: [{ term: { what: 'intensity' } }] } };
    const buckets = composite(this.#connection, {
      index: factors,
      query,
      sources: [{ name: 'zone', field: 'zone' }],
    });
    for await (const { key } of buckets) zones.push(String(key.get('zone')));
    return zones.sort();
  }
}
