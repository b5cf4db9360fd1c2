/**
 * The collector killed again and again, at random times and at chosen statements: what is left must be a ledger that the next
 * start makes equal, to the last bit, to one that nothing ever happened to. The same for writers that break a rule, which must
 * not pass. CHAOS_DEATHS: how many deaths (300); CHAOS_SEED: of what is chosen; CHAOS_PROGRESS: where to tell of them.
 */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCampaign, type Verdict } from './campaign.js';
import { live } from './collector.js';
import { compare, NO_DIFFERENCE, readContent, shortened } from './content.js';
import { EvenFate, seeded } from './fate.js';
import { GRACE_CYCLES, lifeFrom, scenario } from './scenario.js';
import { makeTwin, type Twin } from './twin.js';

const { CHAOS_DEATHS = '300', CHAOS_SEED = '1', CHAOS_PROGRESS = '' } = process.env;
const DEATHS = Number(CHAOS_DEATHS);
const SEED = Number(CHAOS_SEED);

/** Of one ledger in its two and a half days. */
const DEATHS_EACH = 50;
const LEAST_DEATHS = 20;
/** Processes at a time. */
const LANES = 2;

jest.setTimeout(120_000 + DEATHS * 2000);

let folder: string;
let twin: Twin;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenkube-chaos-'));
  twin = await makeTwin(scenario(), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tell = (line: string) => {
  if (CHAOS_PROGRESS !== '') appendFileSync(CHAOS_PROGRESS, `${line}\n`);
};

describe('a collector that is killed', () => {
  it(`${DEATHS} times loses nothing and doubles nothing`, async () => {
    const began = performance.now();
    const fate = new EvenFate(twin, seeded(SEED));
    const dead = () => fate.counts.moment + fate.counts.statement;
    const verdicts: Verdict[] = [];
    const wanting = () => dead() < DEATHS || (fate.unmet.length > 0 && dead() < 2 * DEATHS);
    let ledgers = 0;
    const lane = async () => {
      while (wanting()) {
        const share = Math.ceil((DEATHS - dead()) / LANES);
        const deaths = Math.max(LEAST_DEATHS, Math.min(DEATHS_EACH, share));
        verdicts.push(await runCampaign({ twin, fate, folder, name: `ledger-${ledgers++}`, deaths }));
        tell(`progress ${dead()} ${DEATHS}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    tell(
      `summary ${summary(fate, verdicts)}, ${((performance.now() - began) / 1000).toFixed(0)} s, seed ${SEED}`,
    );
    for (const { difference, errors, cycles } of verdicts) {
      expect({ difference: shortened(difference), errors }).toEqual({
        difference: NO_DIFFERENCE,
        errors: [],
      });
      expect(cycles).toBeLessThanOrEqual(GRACE_CYCLES);
    }
    expect(fate.unmet.map((sql) => sql.slice(0, 80))).toEqual([]);
  });
});

describe('a writer that breaks a rule', () => {
  it.each(['mark-later', 'seals-later', 'adds'])('is found out: %s', async (breakage) => {
    const fate = new EvenFate(twin, seeded(SEED), false);
    for (let ledger = 0; ledger < 6; ledger++) {
      const name = `${breakage}-${ledger}`;
      const { difference, errors } = await runCampaign({ twin, fate, folder, name, deaths: 20, breakage });
      if (errors.length > 0 || difference.lost.length + difference.added.length > 0) return;
    }
    throw new Error(`${breakage} passed as sound after ${fate.counts.moment + fate.counts.statement} deaths`);
  });

  it('is found out without a death when it adds instead of replacing', async () => {
    const path = join(folder, 'adds.db');
    const life = await live(lifeFrom(twin, path, twin.scenario.begin), { sabotage: { breakage: 'adds' } });
    expect(life.errors).toEqual([]);
    const { lost, added } = compare(readContent(path), twin.content);
    expect(new Set([...lost, ...added].map((line) => line.split(' ')[0]))).toEqual(new Set(COUNTERS));
  });
});

const COUNTERS = ['node_counter', 'node_energy', 'workload_cost', 'workload_counter', 'workload_energy'];

function summary({ counts, places, unmet }: EvenFate, verdicts: readonly Verdict[]): string {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, v) => total + of(v), 0);
  const kinds = twin.statements.size - unmet.length;
  return [
    `${counts.moment + counts.statement} deaths in ${verdicts.length} ledgers of ${twin.content.length} lines`,
    `${counts.moment} at random times`,
    `${counts.statement} at statements (${kinds} of ${twin.statements.size} kinds, ${places} places)`,
    `${sum((v) => v.difference.lost.length)} lines lost`,
    `${sum((v) => v.difference.added.length)} wrong`,
    `${sum((v) => v.difference.doubled.length)} doubled`,
    `${sum((v) => v.errors.length)} errors`,
  ].join(', ');
}
