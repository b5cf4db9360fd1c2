/** One ledger through many deaths: lives that end by SIGKILL, each on what the one before left, and a last one that does not. */
import { join } from 'node:path';
import { live, type Life, type LifeOptions } from './collector.js';
import { compare, readContent, type Difference } from './content.js';
import { HOUR, lifeFrom } from './scenario.js';
import type { Twin } from './twin.js';

/** How a life is to end. */
export type Ending =
  | { readonly kind: 'moment'; readonly after: 'start' | 'open'; readonly ms: number }
  | {
      readonly kind: 'statement';
      readonly sql: string | null;
      readonly n: number;
      readonly when: 'before' | 'after';
      /** It is killed at this moment when it has not come to the statement. */
      readonly patienceMs: number;
    };

/** Chooses endings, and is told what came of them. */
export interface Fate {
  ending(clock: number): Ending;
  lived(ending: Ending, life: Life): void;
  /** In (0, 1]: how much of the time that it has fallen behind an even pace it stays away before it is started again. */
  haste(ending: Ending): number;
}

export interface CampaignOptions {
  readonly twin: Twin;
  readonly fate: Fate;
  readonly folder: string;
  readonly name: string;
  /** Deaths at most. */
  readonly deaths: number;
  readonly breakage?: string;
}

export interface Verdict {
  readonly deaths: number;
  /** Cycles that failed. */
  readonly errors: readonly string[];
  readonly difference: Difference;
  /** Of the last life. */
  readonly cycles: number;
}

export async function runCampaign(options: CampaignOptions): Promise<Verdict> {
  const { twin, folder, name, deaths } = options;
  const path = join(folder, `${name}.db`);
  const { begin, end } = twin.scenario;
  const calmFrom = end - 3 * HOUR;
  const lives = await dieAgainAndAgain(options, path, {
    from: begin,
    to: calmFrom,
    deaths: deaths - LAST_DEATHS,
  });
  // Debts of many deaths take many cycles. What three cycles must make good is a death of a ledger that had none.
  const calm = lifeFrom(twin, path, calmFrom);
  lives.push(await live({ ...calm, until: calmFrom + HOUR }, sabotaged(options, {})));
  lives.push(
    ...(await dieAgainAndAgain(options, path, { from: calmFrom + HOUR, to: end, deaths: LAST_DEATHS })),
  );
  const last = await live(lifeFrom(twin, path, end), sabotaged(options, {}));
  return {
    deaths: lives.filter((life) => life.killed).length,
    errors: [...lives, last].flatMap(complaints),
    difference: compare(readContent(path), twin.content),
    cycles: last.cycles ?? Infinity,
  };
}

const LAST_DEATHS = 3;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly deaths: number;
}

async function dieAgainAndAgain(
  { twin, fate, ...rest }: CampaignOptions,
  path: string,
  { from, to, deaths }: Stretch,
): Promise<Life[]> {
  const lives: Life[] = [];
  const pace = (to - from) / deaths;
  for (let clock = from; lives.length < deaths && clock < to;) {
    const ending = fate.ending(clock);
    // Should nothing kill it, it is stopped.
    const short = { ...lifeFrom(twin, path, clock), until: to };
    const life = await live(short, sabotaged(rest, howToEnd(ending)));
    lives.push(life);
    fate.lived(ending, life);
    const behind = from + lives.length * pace - life.clock;
    clock = life.clock + Math.floor(fate.haste(ending) * Math.max(0, behind));
  }
  return lives;
}

const complaints = ({ errors, refusal, killed, code }: Life): readonly string[] => [
  ...errors,
  ...(refusal === null ? [] : [refusal]),
  ...(killed || code === 0 || refusal !== null ? [] : [`ended with ${code}`]),
];

const sabotaged = ({ breakage }: { readonly breakage?: string }, how: LifeOptions): LifeOptions =>
  breakage === undefined ? how : { ...how, sabotage: { ...how.sabotage, breakage } };

function howToEnd(ending: Ending): LifeOptions {
  if (ending.kind === 'moment') return { killAfter: { from: ending.after, ms: ending.ms } };
  const { sql, n, when, patienceMs } = ending;
  return { sabotage: { kill: { sql, n, when } }, killAfter: { from: 'open', ms: patienceMs } };
}
