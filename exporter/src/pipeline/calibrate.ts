/** Which machines are alike, and the profiles that meters on some of them give for the others. */
import {
  calibrate,
  type Calibration,
  type CalibrationGroup,
  type CalibrationResult,
  type Refused,
} from '../domain/energy/calibration.js';
import type { ComparisonCell, Machine } from '../domain/energy/comparison.js';
import type { PowerCurve, PowerProfile } from '../domain/energy/power-profile.js';
import type { MeterScope } from '../ports/measured-source.js';
import { byPrecedence } from './measured.js';

export interface CalibrationDeps {
  /** What the model takes for a machine without meters and without calibration. */
  readonly priorOf: (provider: string, instanceType: string) => PowerProfile;
  /** Instance family in the provider's naming, "" where it has none. */
  readonly familyOf: (provider: string, instanceType: string) => string;
  readonly curve: PowerCurve;
  /** MEASURED_SCOPE: a model fitted to less than what counts as measured would not fit beside it. */
  readonly scopes: readonly MeterScope[];
  /** Of the newest data. */
  readonly year: number;
}

/** Every group that can be calibrated from the cells; of several meters on a node only the one that counts is taken. */
export function calibrateAll(cells: readonly ComparisonCell[], deps: CalibrationDeps): CalibrationResult {
  const chosen = preferred(cells.filter((cell) => deps.scopes.includes(cell.scope as MeterScope)));
  const priorOf = ({ provider, instanceType }: Machine) => deps.priorOf(provider, instanceType);
  const instances = calibrateBy(chosen, deps, (machine) => instanceFamilyOf(machine, deps));
  // A mean over a provider's fleet or over all servers is no kind of machine.
  const cpus = calibrateBy(chosen, deps, (machine) => {
    const { name } = priorOf(machine);
    return name.startsWith('family:') ? name : '';
  });
  return {
    byInstanceFamily: instances.found,
    byCpuFamily: cpus.found,
    refused: [...instances.refused, ...cpus.refused],
  };
}

/** The fitted profile of an unmeasured machine: of its instance family, else of its CPU family; null where there is none. */
export function calibratedProfile(
  result: CalibrationResult,
  machine: Pick<Machine, 'provider' | 'instanceType'>,
  deps: Pick<CalibrationDeps, 'priorOf' | 'familyOf'>,
): PowerProfile | null {
  const family = instanceFamilyOf(machine, deps);
  const prior = deps.priorOf(machine.provider, machine.instanceType).name;
  const own = (found: Readonly<Record<string, Calibration>>, key: string) =>
    Object.hasOwn(found, key) ? found[key]!.profile : null;
  return own(result.byInstanceFamily, family) ?? own(result.byCpuFamily, prior);
}

function instanceFamilyOf(
  { provider, instanceType }: Pick<Machine, 'provider' | 'instanceType'>,
  { familyOf }: Pick<CalibrationDeps, 'familyOf'>,
): string {
  const family = familyOf(provider, instanceType);
  return family === '' ? '' : `${provider}/${family}`;
}

/** Cells of each node's first meter by precedence. */
function preferred(cells: readonly ComparisonCell[]): readonly ComparisonCell[] {
  const nodeOf = ({ machine }: ComparisonCell) => `${machine.cluster}\n${machine.node}`;
  const best = new Map<string, ComparisonCell>();
  for (const cell of cells) {
    const before = best.get(nodeOf(cell));
    if (!before || byPrecedence(cell, before) < 0) best.set(nodeOf(cell), cell);
  }
  return cells.filter((cell) => byPrecedence(cell, best.get(nodeOf(cell))!) === 0);
}

interface Found {
  readonly found: Record<string, Calibration>;
  readonly refused: Refused[];
}

function calibrateBy(
  cells: readonly ComparisonCell[],
  deps: CalibrationDeps,
  groupOf: (machine: Machine) => string,
): Found {
  const groups = new Map<string, ComparisonCell[]>();
  for (const cell of cells) {
    const name = groupOf(cell.machine);
    if (name !== '') groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  const out: Found = { found: {}, refused: [] };
  for (const [name, group] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const outcome = calibrate(groupFor(name, group, deps), deps.year);
    if ('calibration' in outcome) out.found[name] = outcome.calibration;
    else out.refused.push(outcome.refused);
  }
  return out;
}

/** Of the scope that sees most of the machine among those that the group's nodes have. */
function groupFor(name: string, cells: readonly ComparisonCell[], deps: CalibrationDeps): CalibrationGroup {
  const { scope, machine } = cells.toSorted(byPrecedence)[0]!;
  return {
    name: name.replace(/^family:/, ''),
    scope,
    prior: deps.priorOf(machine.provider, machine.instanceType),
    curve: deps.curve,
    cells: cells.filter((cell) => cell.scope === scope),
  };
}
