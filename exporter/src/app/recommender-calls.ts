/** What the serving thread asks of the recommender, which writes in the collecting thread. */
import type { Transition } from '../domain/recommendations/lifecycle.js';
import type { Recommender, TransitionOutcome } from '../pipeline/recommend.js';

export interface TransitionRequest {
  readonly kind: 'transition';
  readonly id: number;
  readonly recommendation: string;
  readonly transition: Transition;
  readonly reason: string;
}

export type TransitionAnswer =
  | { readonly ok: true; readonly outcome: TransitionOutcome }
  | { readonly ok: false; readonly message: string };

const NO_RECOMMENDER =
  'nothing is recommended here: this replica stands by, or its database keeps no recommendations';

/** In the collecting thread. */
export async function transitionOf(
  recommender: Recommender | null,
  { id, recommendation, transition, reason }: TransitionRequest,
): Promise<{ readonly kind: 'transition-end'; readonly id: number; readonly answer: TransitionAnswer }> {
  const answered = (answer: TransitionAnswer) => ({ kind: 'transition-end', id, answer }) as const;
  if (!recommender) return answered({ ok: false, message: NO_RECOMMENDER });
  return recommender.transition(recommendation, transition, reason).then(
    (outcome) => answered({ ok: true, outcome }),
    (error: Error) => answered({ ok: false, message: error.message }),
  );
}

/** In the collecting thread. @throws Error saying why nothing was scanned */
export async function scanJob(
  recommender: Recommender | null,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<void> {
  if (!recommender) throw new Error(NO_RECOMMENDER);
  const outcome = await recommender.scan(signal, report);
  if (outcome.state === 'stopped') throw new Error('the exporter is stopping');
  if (outcome.state === 'too-early') {
    throw new Error(`${outcome.hours} whole hours are known, and recommendations need 24`);
  }
}

/** In the serving thread. */
export class TransitionCalls implements Pick<Recommender, 'transition'> {
  readonly #ask: (request: TransitionRequest) => void;
  readonly #waiting = new Map<number, (answer: TransitionAnswer) => void>();
  #next = 0;

  constructor(ask: (request: TransitionRequest) => void) {
    this.#ask = ask;
  }

  transition(recommendation: string, transition: Transition, reason: string): Promise<TransitionOutcome> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.ok) resolve(answer.outcome);
        else reject(new Error(answer.message));
      });
      this.#ask({ kind: 'transition', id, recommendation, transition, reason });
    });
  }

  settle(id: number, answer: TransitionAnswer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
