/** Software Carbon Intensity of the workloads whose units of work the operator has named. */
import { DAY, floorTo, HOUR, type TimeRange } from '../domain/interval.js';
import { sciOver, type FunctionalUnit, type SciFinding, type WorkloadEmissions } from '../domain/sci/sci.js';
import { epochSeconds, type EpochSeconds, type Seconds } from '../domain/units.js';
import type { History, SeriesAnswer, SeriesGroup } from '../ports/history.js';
import type { Outcome } from '../ports/outcome.js';
import type { UnitPoint, UnitSource } from '../ports/unit-source.js';
import { seriesByDay } from './series-pieces.js';
import type { StatusKeeper } from './status.js';

export interface SciDeps {
  readonly cluster: string;
  readonly history: Pick<History, 'series'>;
  readonly source: UnitSource;
  readonly units: readonly FunctionalUnit[];
  readonly lookback: Seconds;
  readonly status?: Pick<StatusKeeper, 'ask'> | undefined;
  /** Let others run: called between two days of hours. */
  readonly pause: () => Promise<void>;
}

/** An hour of which less is known would count its units in full and its emissions in part. */
const ENOUGH = 0.95;

/** One finding an entry of the configuration, in its order. */
export async function computeSci(
  deps: SciDeps,
  now: EpochSeconds,
  signal: AbortSignal,
): Promise<readonly SciFinding[]> {
  const to = floorTo(now, HOUR);
  const window = { from: epochSeconds(to - deps.lookback), to };
  const answers = await emissionsOf(deps, window, signal);
  const findings: SciFinding[] = [];
  for (const unit of deps.units) {
    if (signal.aborted) break;
    const outcome = await unitsOf(deps, unit.query, window, signal);
    findings.push(findingOf(deps.source.name, unit, window, answers, outcome));
  }
  return findings;
}

/** Units of the hours of a range by the source, with its account in the status. */
export function unitsOf(
  { source, status }: Pick<SciDeps, 'source' | 'status'>,
  query: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Outcome<readonly UnitPoint[]>> {
  const call = () => source.units(query, range, signal);
  return status ? status.ask(source.name, call) : call();
}

async function emissionsOf(
  { cluster, history, units, pause }: SciDeps,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly SeriesAnswer[]> {
  const namespace = [...new Set(units.map((unit) => unit.namespace))];
  const workload = [...new Set(units.map((unit) => unit.workload))];
  const query = {
    range,
    by: ['workload'],
    filters: { cluster: [cluster], namespace, workload },
    step: HOUR,
    amounts: ['energy', 'operational', 'embodied'],
  } as const;
  return seriesByDay(history, query, { pause, signal });
}

function findingOf(
  source: string,
  unit: FunctionalUnit,
  window: TimeRange,
  answers: readonly SeriesAnswer[],
  outcome: Outcome<readonly UnitPoint[]>,
): SciFinding {
  const groups = answers.flatMap((answer) => answer.groups).filter((group) => isOf(unit, group));
  const emissions = answers.flatMap((answer) => emissionsByHour(unit, answer));
  const points = outcome.ok ? outcome.value : [];
  const units = new Map<number, number>(points.map(({ hour, value }) => [hour, value]));
  const day = { from: epochSeconds(window.to - DAY), to: window.to };
  return {
    unit,
    workloadType: groups[0]?.key.workload_type ?? unit.workloadType,
    source,
    day: sciOver(day, emissions, units),
    window: sciOver(window, emissions, units),
    problem: problemOf(groups, outcome),
  };
}

function problemOf(groups: readonly SeriesGroup[], outcome: Outcome<readonly UnitPoint[]>): string {
  if (!outcome.ok) return outcome.message;
  if (groups.length === 0) return 'no workload of this name ran in the window';
  return outcome.value.length === 0 ? 'the expression has no value in the window' : '';
}

const isOf = (unit: FunctionalUnit, { key }: SeriesGroup): boolean =>
  key.namespace === unit.namespace &&
  key.workload === unit.workload &&
  (unit.workloadType === '' || key.workload_type === unit.workloadType);

function emissionsByHour(unit: FunctionalUnit, answer: SeriesAnswer): WorkloadEmissions[] {
  const groups = answer.groups.filter((group) => isOf(unit, group));
  return answer.times.flatMap((hour, i) => {
    if (answer.coverage[i]! < ENOUGH) return [];
    const sum = (amount: string): number =>
      groups
        .flatMap(({ columns }) => columns)
        .filter((column) => column.amount === amount)
        .reduce((total, { values }) => total + Number(values[i] ?? 0n), 0);
    const [energy, operational, embodied] = [sum('energy'), sum('operational'), sum('embodied')];
    // In an hour in which it took nothing at all it did not run.
    return energy + operational + embodied === 0 ? [] : [{ hour, energy, operational, embodied }];
  });
}
