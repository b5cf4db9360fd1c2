/** The laws that every interval must obey before it is stored, whatever the database. */
import type { IntervalResult, NodeRow, Row } from '../domain/model.js';
import type { Seconds } from '../domain/units.js';
import { InvalidResultError } from './errors.js';

const ROW_AMOUNTS = ['energy', 'dynamic', 'storage', 'operational', 'embodied', 'cost'] as const;
const NODE_AMOUNTS = [
  'energy',
  'estimatedEnergy',
  'measuredEnergy',
  'operational',
  'embodied',
  'cost',
] as const;
/** The amounts in which a node's rows add to the node. */
const CONSERVED = ['energy', 'operational', 'embodied', 'cost'] as const;
const DATA = ['memoryBytes', 'receivedBytes', 'transmittedBytes', 'readBytes', 'writtenBytes'] as const;
const MICROSECONDS = 1e6;

interface Tally {
  readonly node: NodeRow;
  rows: number;
  readonly sums: Record<(typeof CONSERVED)[number], number>;
}

/**
 * Refuse a result that does not fit the grid, does not conserve, or holds a value no database could add exactly.
 * @throws InvalidResultError naming the interval, the node or pod, and the figures
 */
export function assertStorable(result: IntervalResult, step: Seconds): void {
  const refuse = (why: string): never => {
    throw new InvalidResultError(`refused to store interval ${result.interval.start}: ${why}`);
  };
  checkMark(result, step, refuse);
  const tallies = tallyNodes(result, refuse);
  const keys = new Set<string>();
  for (const row of result.rows) {
    checkRow(row, step, refuse);
    const key = `${row.kind}\0${row.node}\0${row.namespace}\0${row.pod}\0${row.uid}`;
    if (keys.has(key)) refuse(`${nameOf(row)} appears twice`);
    keys.add(key);
    addRow(tallies, row, refuse);
  }
  for (const tally of tallies.values()) checkConservation(tally, refuse);
}

type Refuse = (why: string) => never;

function checkMark(result: IntervalResult, step: Seconds, refuse: Refuse): void {
  const { interval, state, coverage } = result;
  if (interval.step !== step) refuse(`its step is ${interval.step} s, the ledger's is ${step} s`);
  if (!Number.isSafeInteger(interval.start) || interval.start < 0 || interval.start % step !== 0) {
    refuse(`its start is not a multiple of ${step} s`);
  }
  if (!(coverage >= 0 && coverage <= 1)) refuse(`coverage ${coverage} is not within 0..1`);
  const amounts = result.rows.length + result.nodes.length + result.containers.length;
  if (state === 'impossible' && amounts > 0) {
    refuse('it is impossible and yet has rows');
  }
}

function tallyNodes(result: IntervalResult, refuse: Refuse): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const node of result.nodes) {
    if (tallies.has(node.node)) refuse(`node ${node.node} appears twice`);
    checkSeconds(node.seconds, result.interval.step, `node ${node.node}`, refuse);
    for (const amount of NODE_AMOUNTS) checkAmount(node[amount], amount, `node ${node.node}`, refuse);
    checkMeters(node, refuse);
    tallies.set(node.node, { node, rows: 0, sums: { energy: 0, operational: 0, embodied: 0, cost: 0 } });
  }
  return tallies;
}

function checkMeters({ node, meters }: NodeRow, refuse: Refuse): void {
  for (const { source, scope, measured, estimated } of meters) {
    const owner = `meter ${source} of node ${node}`;
    checkAmount(measured, `measured ${scope}`, owner, refuse);
    checkAmount(estimated, `estimated ${scope}`, owner, refuse);
  }
}

function checkRow(row: Row, step: Seconds, refuse: Refuse): void {
  for (const amount of ROW_AMOUNTS) checkAmount(row[amount], amount, nameOf(row), refuse);
  checkUsage(row, refuse);
  checkSeconds(row.seconds, step, nameOf(row), refuse);
  if (row.kind === 'pod') return;
  const { workload } = row;
  if (
    row.namespace !== '' ||
    row.pod !== '' ||
    row.uid !== '' ||
    workload.name !== '' ||
    workload.type !== ''
  ) {
    refuse(`the ${row.kind} row of node ${row.node} names a pod or workload`);
  }
}

/** Whole bytes and microseconds: what is stored then comes back as it was given. */
function checkUsage(row: Row, refuse: Refuse): void {
  for (const field of DATA) checkAmount(row[field], field, nameOf(row), refuse);
  const { cpuSeconds: cpu, restarts, energy, dynamic, storage } = row;
  const micros = Math.round(cpu * MICROSECONDS);
  if (!(cpu >= 0 && Number.isSafeInteger(micros) && micros / MICROSECONDS === cpu)) {
    refuse(`${nameOf(row)}: cpuSeconds ${cpu} is not a whole number of microseconds`);
  }
  if (!(restarts >= 0 && restarts < Infinity)) refuse(`${nameOf(row)}: restarts is ${restarts}`);
  if (!Number.isSafeInteger(energy - dynamic - storage))
    refuse(`${nameOf(row)}: the parts of its energy are past 2^53`);
}

function addRow(tallies: Map<string, Tally>, row: Row, refuse: Refuse): void {
  const tally =
    tallies.get(row.node) ?? refuse(`${nameOf(row)} is on node ${row.node}, which has no node row`);
  if ((row.cost === null) !== (tally.node.cost === null)) {
    refuse(`${nameOf(row)} and its node do not agree on whether a price is known`);
  }
  tally.rows++;
  for (const amount of CONSERVED) tally.sums[amount] += row[amount] ?? 0;
}

function checkConservation({ node, rows, sums }: Tally, refuse: Refuse): void {
  if (rows === 0) refuse(`node ${node.node} has no rows, not even an idle one`);
  for (const amount of CONSERVED) {
    const whole = node[amount] ?? 0;
    if (sums[amount] !== whole) {
      refuse(`${amount} of the rows of node ${node.node} adds to ${sums[amount]}, the node has ${whole}`);
    }
  }
}

function checkAmount(value: number | null, amount: string, owner: string, refuse: Refuse): void {
  if (value !== null && !(Number.isSafeInteger(value) && value >= 0)) {
    refuse(`${owner}: ${amount} ${value} is not a whole number from 0 to 2^53`);
  }
}

function checkSeconds(value: number, step: Seconds, owner: string, refuse: Refuse): void {
  if (!(value > 0 && value <= step)) refuse(`${owner}: seconds ${value} is not within (0, ${step}]`);
}

const nameOf = (row: Row) =>
  row.kind === 'pod' ? `pod ${row.namespace}/${row.pod}` : `the ${row.kind} row of node ${row.node}`;
