/** Figures by namespace and basis, with the first and last time that they were there. */
import { basisFields, priced } from './basis.js';
import type { Json } from './connection.js';
import { ExactSums, type Amounts } from './exact-sums.js';
import { WEIGHT_PARTS } from '../naming.js';
import { carried } from './weights.js';

/** Its basis is without the power band. */
interface Line {
  readonly namespace: string;
  readonly basis: string;
  first: number;
  last: number;
}

export class NamespaceSums {
  readonly #sums = new ExactSums<Line>({
    sums: ['energy', 'operational', 'embodied', 'cost', ...WEIGHT_PARTS],
  });

  add(line: Readonly<Line>, amounts: Amounts, weights?: Amounts): void {
    const { namespace, basis, first, last } = line;
    const key = JSON.stringify([namespace, basis]);
    const kept = this.#sums.add(key, { namespace, basis, first, last }, amounts, weights);
    kept.first = Math.min(kept.first, first);
    kept.last = Math.max(kept.last, last);
  }

  /** Fields of the document of each. */
  *documents(): Generator<Json> {
    for (const { of, amounts } of this.#sums.lines()) {
      const { namespace, basis, first, last } = of;
      yield { namespace, ...basisFields(basis), first, last, ...priced(carried(amounts), basis) };
    }
  }
}
