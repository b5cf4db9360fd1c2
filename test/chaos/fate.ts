/** When and where the lives of a ledger end. */
import type { Ending, Fate } from './campaign.js';
import type { Life } from './collector.js';
import { HOUR } from './scenario.js';
import type { Twin } from './twin.js';

type Side = 'before' | 'after';
const SIDES: readonly Side[] = ['before', 'after'];

/** How long lives last, in the time that one interval takes. */
const OPENING = 20;
const SOME_INTERVALS = 15;
const WHOLE = 3000;

/** What was given so long ago, seconds, may still be to be done by a ledger that has died since. */
const OWED = 1.5 * HOUR;

/** One that was not come to is chosen again sooner than one that was died at. */
const IN_VAIN = 0.3;

interface Choice {
  readonly sql: string;
  readonly when: Side;
  /** How often it was chosen, and half of how often the other side of the same statement was. */
  readonly chosen: number;
}

/** Half of the deaths at random times; the others at statements, each kind of them in turn, before and after it. */
export class EvenFate implements Fate {
  readonly #twin: Twin;
  readonly #random: () => number;
  readonly #birth: number;
  /** Statements that are only given while a ledger is new: in the order in which they are. */
  readonly #ofBirth: readonly string[];
  readonly #later: readonly string[];
  /** "SIDE SQL" by how often it was chosen, and by how often it was died at. */
  readonly #chosen = new Map<string, number>();
  readonly #met = new Map<string, number>();
  readonly counts = { moment: 0, statement: 0 };

  /**
   * @param random uniform in [0, 1)
   * @param birth whether some deaths are those of new ledgers
   */
  constructor(twin: Twin, random: () => number, birth = true) {
    this.#twin = twin;
    this.#random = random;
    this.#birth = [...twin.statements.values()]
      .flat()
      .reduce((a, b) => (b > 0 ? Math.min(a, b) : a), Infinity);
    const isOfBirth = (sql: string) => twin.statements.get(sql)!.every((at) => at <= this.#birth);
    this.#ofBirth = birth ? [...twin.statements.keys()].filter(isOfBirth) : [];
    this.#later = [...twin.statements.keys()].filter((sql) => !isOfBirth(sql));
  }

  ending(clock: number): Ending {
    const birth = clock <= this.#birth ? this.#ofBirthNext() : null;
    if (birth) return birth;
    const { moment, statement } = this.counts;
    return moment <= statement ? this.#moment() : this.#statement(clock);
  }

  lived(ending: Ending, { killed, atStatement }: Life): void {
    if (!killed) return;
    this.counts[atStatement ? 'statement' : 'moment']++;
    if (ending.kind !== 'statement' || ending.sql === null || !atStatement) return;
    add(this.#chosen, ending, 1 - IN_VAIN);
    add(this.#met, ending, 1);
  }

  /** A ledger that died new is born again at the same time; one that died at a statement often meets the next at that time. */
  haste(ending: Ending): number {
    const atBirth = ending.kind === 'statement' && ending.sql !== null && this.#ofBirth.includes(ending.sql);
    const here = atBirth || (ending.kind === 'statement' && this.#random() < 0.5);
    return here ? 0 : 0.4 + 0.6 * this.#random();
  }

  /** Statements that no life has ended at, neither before nor after. */
  get unmet(): readonly string[] {
    return [...this.#twin.statements.keys()].filter((sql) =>
      SIDES.every((s) => !this.#met.has(`${s} ${sql}`)),
    );
  }

  /** How many places lives have ended at: before or after a kind of statement. */
  get places(): number {
    return this.#met.size;
  }

  #moment(): Ending {
    const after = this.#random() < 0.15 ? 'start' : 'open';
    const ms = this.#below(this.#twin.intervalMs * (after === 'start' ? OPENING : SOME_INTERVALS));
    return { kind: 'moment', after, ms };
  }

  /** The kind chosen least often, of those the one that comes soonest; one time in ten the n-th of any kind. */
  #statement(clock: number): Ending {
    const soon = this.#later
      .map((sql) => ({
        sql,
        next: this.#twin.statements.get(sql)!.find((at) => at > clock - OWED) ?? Infinity,
      }))
      .filter(({ next }) => next < Infinity)
      .toSorted((a, b) => a.next - b.next);
    const best = this.#leastChosen(soon.map(({ sql }) => sql));
    if (best && this.#random() > 0.1) {
      const ahead = soon.find(({ sql }) => sql === best.sql)!.next > clock;
      return this.#at(best, ahead ? WHOLE : 2 * SOME_INTERVALS);
    }
    const [n, when] = [1 + this.#below(2000), SIDES[this.#below(2)]!];
    return { kind: 'statement', sql: null, n, when, patienceMs: WHOLE * this.#twin.intervalMs };
  }

  /** Each once; then, in some ledgers, their other sides. */
  #ofBirthNext(): Ending | null {
    const best = this.#leastChosen(this.#ofBirth);
    const wanted = best && (best.chosen === 0 || (best.chosen < 2 && this.#random() < 0.3));
    return wanted ? this.#at(best, OPENING) : null;
  }

  #at(choice: Choice, patience: number): Ending {
    add(this.#chosen, choice, IN_VAIN);
    const { sql, when } = choice;
    return { kind: 'statement', sql, n: 1, when, patienceMs: patience * this.#twin.intervalMs };
  }

  /** Of equals the first. */
  #leastChosen(statements: readonly string[]): Choice | undefined {
    return statements
      .flatMap((sql) => SIDES.map((when) => ({ sql, when, chosen: this.#timesChosen(sql, when) })))
      .toSorted((a, b) => a.chosen - b.chosen)[0];
  }

  #timesChosen(sql: string, side: Side): number {
    const sides = side === 'before' ? SIDES : SIDES.toReversed();
    const [own, other] = sides.map((s) => this.#chosen.get(`${s} ${sql}`) ?? 0);
    return own! + other! / 2;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }
}

function add(
  counts: Map<string, number>,
  { when, sql }: { when: Side; sql: string | null },
  much: number,
): void {
  const key = `${when} ${sql}`;
  counts.set(key, (counts.get(key) ?? 0) + much);
}

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
