/**
 * From meters on some machines to the power model of their unmeasured siblings: a fit per group of like machines, drawn towards
 * the published figures when the data are thin, and used only if it tells the power of machines that it has not seen better than
 * they do.
 */
import { wattsPerVcpu } from '../units.js';
import { agreementOf, fitOf, inOrder, pointOf, type ComparisonCell } from './comparison.js';
import { filledDeciles, powerAt, type PowerFit } from './fit.js';
import { MEMORY_WATTS_PER_GB } from './node-energy.js';
import type { PowerCurve, PowerProfile, Quantiles } from './power-profile.js';

/** Like machines: the same CPU family, or the same instance family. */
export interface CalibrationGroup {
  /** "Ice Lake", "aws/m6i". */
  readonly name: string;
  readonly scope: string;
  /** What the model takes for these machines without meters. */
  readonly prior: PowerProfile;
  readonly curve: PowerCurve;
  readonly cells: readonly ComparisonCell[];
}

export interface Calibration {
  readonly name: string;
  readonly scope: string;
  readonly sources: readonly string[];
  readonly nodes: number;
  readonly hours: number;
  readonly utilisation: readonly [number, number];
  /** Σ |error| / Σ measured, of the prior; and of fits that each left out the node they were tested on. */
  readonly before: number;
  readonly after: number;
  /** Weight of the fit against the prior, 0..1. */
  readonly weight: number;
  readonly fit: Shape;
  readonly profile: PowerProfile;
}

/** A group that gives no profile, and why. */
export interface Refused {
  readonly name: string;
  readonly scope: string;
  readonly reason: 'utilisation-too-narrow' | 'single-node' | 'no-fit' | 'not-better';
}

export type CalibrationOutcome = { readonly calibration: Calibration } | { readonly refused: Refused };

/** All groups of machines that were looked at. Plain data: it is stored, and crosses threads. */
export interface CalibrationResult {
  /** By instance family, "aws/m6i". */
  readonly byInstanceFamily: Readonly<Record<string, Calibration>>;
  /** By name of the prior profile, "family:Ice Lake". */
  readonly byCpuFamily: Readonly<Record<string, Calibration>>;
  readonly refused: readonly Refused[];
}

export const FEWEST_BUCKETS = 5;
/** Hours at which data and prior weigh the same. */
const PRIOR_HOURS = 4;
/** More hours of one machine tell little more of its siblings, which differ by more than its own noise. */
const HOURS_PER_NODE = 24;
/** Exponents that come closest to the curves of the model (least squares over 0..1). */
const CURVE_EXPONENT: Readonly<Record<PowerCurve, number>> = { linear: 1, concave: 0.62 };
/** 90th percentile of a normal distribution, in deviations. */
const P90 = 1.28;
/** A meter's own error: no fit is better than what it was fitted to. */
const LEAST_SPREAD = 0.05;

/** The four numbers of P = a + b*u^c + m*GB, per vCPU, and the memory at which they were found. */
export type Shape = Pick<PowerFit, 'a' | 'b' | 'c' | 'm' | 'gb'>;

/** @param year of the data, for the profile */
export function calibrate(given: CalibrationGroup, year: number): CalibrationOutcome {
  const group = { ...given, cells: inOrder(given.cells) };
  const { name, scope, cells } = group;
  const refused = (reason: Refused['reason']) => ({ refused: { name, scope, reason } });
  const nodes = byNode(cells);
  if (filledDeciles(cells.map(pointOf)) < FEWEST_BUCKETS) return refused('utilisation-too-narrow');
  if (nodes.size < 2) return refused('single-node');
  const fit = shrunk(group, cells);
  const tests = [...nodes].map(([node, own]) => {
    const others = shrunk(
      group,
      cells.filter((cell) => nodeOf(cell) !== node),
    );
    return others && errorOf(others, own);
  });
  if (!fit || tests.some((test) => test === null)) return refused('no-fit');
  const errors = tests.filter((test) => test !== null);
  const total = (of: (error: Errors) => number) => errors.reduce((sum, error) => sum + of(error), 0);
  const measured = total((error) => error.measured);
  const after = total((error) => error.absolute) / measured;
  const before = cells.reduce((sum, cell) => sum + Math.abs(cell.estimated - cell.measured), 0) / measured;
  if (!(after < before)) return refused('not-better');
  const spread = Math.sqrt(total((error) => (error.signed / error.measured) ** 2) / errors.length);
  return { calibration: described(group, fit, { before, after, spread, year }) };
}

function described(
  group: CalibrationGroup,
  fit: Shape,
  found: { readonly before: number; readonly after: number; readonly spread: number; readonly year: number },
): Calibration {
  const { name, scope, cells } = group;
  const { before, after } = found;
  const { nodes, hours, utilisation } = agreementOf(cells);
  const sources = [...new Set(cells.map((cell) => cell.source))].toSorted();
  const weight = weightOf(cells);
  const facts = { name, scope, sources, nodes, hours, utilisation, before, after, weight, fit };
  return { ...facts, profile: profileOf(group, fit, found, facts) };
}

function profileOf(
  { name, scope }: CalibrationGroup,
  fit: Shape,
  found: { readonly spread: number; readonly year: number },
  facts: Omit<Calibration, 'profile'>,
): PowerProfile {
  const relative = Math.min(0.9, Math.max(LEAST_SPREAD, P90 * found.spread));
  const around = (central: number): Quantiles => ({
    low: wattsPerVcpu(central * (1 - relative)),
    central: wattsPerVcpu(central),
    high: wattsPerVcpu(central * (1 + relative)),
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const [least, most] = facts.utilisation;
  return {
    name: `fit:${name}`,
    idle: around(fit.a),
    full: around(fit.a + fit.b),
    memoryGbPerVcpu: 0,
    fit: { exponent: fit.c, memoryWattsPerGb: around(fit.m) },
    source:
      `fitted to ${facts.sources.join(', ')} (${scope}) on ${facts.nodes} nodes over ${facts.hours.toFixed(0)} node hours ` +
      `at ${percent(least)} to ${percent(most)} utilisation; error ${percent(facts.after)} on a node left out, ` +
      `${percent(facts.before)} without the fit`,
    year: found.year,
    reasons: [],
  };
}

const nodeOf = ({ machine }: ComparisonCell): string => `${machine.cluster}\n${machine.node}`;

function byNode(cells: readonly ComparisonCell[]): ReadonlyMap<string, readonly ComparisonCell[]> {
  const nodes = new Map<string, ComparisonCell[]>();
  for (const cell of cells) nodes.set(nodeOf(cell), [...(nodes.get(nodeOf(cell)) ?? []), cell]);
  return nodes;
}

/** Weight of a fit to these cells against the prior. */
function weightOf(cells: readonly ComparisonCell[]): number {
  const hours = [...byNode(cells).values()].map((own) => agreementOf(own).hours);
  const counted = hours.reduce((sum, each) => sum + Math.min(each, HOURS_PER_NODE), 0);
  return counted / (counted + PRIOR_HOURS);
}

/** The fit drawn towards the prior in what it says of idle and of full load, and in its curve. */
function shrunk(group: CalibrationGroup, cells: readonly ComparisonCell[]): Shape | null {
  const fit = fitOf(cells);
  if (!fit) return null;
  const weight = weightOf(cells);
  const mix = (found: number, prior: number) => weight * found + (1 - weight) * prior;
  const prior = priorAt(group.prior, fit.gb);
  const idle = mix(powerAt(fit, 0), prior.idle);
  const full = mix(powerAt(fit, 1), prior.full);
  const c = mix(fit.c, group.prior.fit?.exponent ?? CURVE_EXPONENT[group.curve]);
  const m = Math.min(fit.m, fit.gb > 0 ? idle / fit.gb : 0);
  return { a: idle - m * fit.gb, b: full - idle, c, m, gb: fit.gb };
}

/** W per vCPU of the prior for a machine with `gb` of memory per vCPU. */
function priorAt(prior: PowerProfile, gb: number): { readonly idle: number; readonly full: number } {
  const extra = prior.memoryGbPerVcpu === null ? 0 : Math.max(0, gb - prior.memoryGbPerVcpu);
  const memory = extra * (prior.fit?.memoryWattsPerGb ?? MEMORY_WATTS_PER_GB).central;
  return { idle: prior.idle.central + memory, full: prior.full.central + memory };
}

interface Errors {
  readonly absolute: number;
  readonly signed: number;
  readonly measured: number;
}

/** J */
function errorOf(fit: Shape, cells: readonly ComparisonCell[]): Errors {
  const errors = cells.map((cell) => {
    const { u, gb } = pointOf(cell);
    return powerAt(fit, u, gb) * cell.machine.cpuCapacity * cell.seconds - cell.measured;
  });
  return {
    absolute: errors.reduce((sum, error) => sum + Math.abs(error), 0),
    signed: errors.reduce((sum, error) => sum + error, 0),
    measured: cells.reduce((sum, cell) => sum + cell.measured, 0),
  };
}
