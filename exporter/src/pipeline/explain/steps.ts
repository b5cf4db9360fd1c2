/** The calculation of one node's interval, and of one share of it, as formulas with their numbers and results. */
import { apportion } from '../../domain/apportion.js';
import { nodeCost } from '../../domain/cost/node-cost.js';
import type { Row } from '../../domain/model.js';
import type { Amount } from './figure.js';
import type { Factor } from './factors.js';
import type { Rebuilt } from './rebuild.js';

export interface Step {
  /** Symbol that later formulas use. */
  readonly symbol: string;
  readonly name: string;
  readonly formula: string;
  /** The formula with the numbers in place of its symbols. */
  readonly numbers: string;
  readonly value: number;
  readonly unit: string;
}

/** Collects steps; each may use what came before. */
class Sheet {
  readonly steps: Step[] = [];
  readonly #values = new Map<string, number>();

  constructor(factors: readonly Factor[]) {
    for (const { symbol, value } of factors) this.#values.set(symbol, value);
  }

  /** A number that no formula makes: observed, or settled by the ledger. */
  know(symbol: string, value: number): void {
    this.#values.set(symbol, value);
  }

  add(symbol: string, name: string, formula: string, value: number, unit: string): void {
    const numbers = formula.replace(/[A-Za-z][A-Za-z0-9_]*/g, (word) => {
      const known = this.#values.get(word);
      return known === undefined ? word : String(known);
    });
    this.steps.push({ symbol, name, formula, numbers, value, unit });
    this.#values.set(symbol, value);
  }
}

const joules = (mj: number) => mj / 1e3;
const grams = (ug: number) => ug / 1e6;
const money = (nano: number) => nano / 1e9;

/** Steps to the node's own figure. */
export function nodeSteps(
  amount: Amount,
  r: Rebuilt,
  factors: readonly Factor[],
  currency: string,
): readonly Step[] {
  const sheet = new Sheet(factors);
  addNode(sheet, amount, r, currency);
  return sheet.steps;
}

/** Steps to the figure of one row of the node: a pod, its system share or its idle share. */
export function rowSteps(
  amount: Amount,
  r: Rebuilt,
  row: Row,
  factors: readonly Factor[],
  currency: string,
): readonly Step[] {
  const sheet = new Sheet(factors);
  addNode(sheet, amount, r, currency);
  const index = row.kind === 'pod' ? r.pods.findIndex((p) => sameRow(p, row)) : -1;
  if (amount === 'energy' || amount === 'operational' || amount === 'co2e')
    addRowEnergy(sheet, r, row, index);
  if (amount === 'operational' || amount === 'co2e') {
    sheet.add('G_op', 'operational emissions of it', 'G_op_node * E / E_node', grams(row.operational), 'g');
  }
  if (amount === 'embodied' || amount === 'co2e') {
    addCpuShare(sheet, r, row, index);
    sheet.add('G_emb', 'embodied emissions of it', 'G_emb_node * s_cpu', grams(row.embodied), 'g');
  }
  if (amount === 'co2e')
    sheet.add('G', 'emissions of it', 'G_op + G_emb', grams(row.operational + row.embodied), 'g');
  if (amount === 'cost' && row.cost !== null && !r.factors.price) {
    sheet.know('b', money(row.cost));
    sheet.add('cost', "cost of it: its part, by time, of the hour's bill", 'b', money(row.cost), currency);
  } else if (amount === 'cost' && row.cost !== null) {
    addCpuShare(sheet, r, row, index);
    addMemoryShare(sheet, r, row, index);
    sheet.add('cost', 'cost of it', 'cost_cpu * s_cpu + cost_mem * s_mem', money(row.cost), currency);
  }
  return sheet.steps;
}

export const sameRow = (
  a: Pick<Row, 'namespace' | 'pod' | 'uid' | 'node'>,
  b: Pick<Row, 'namespace' | 'pod' | 'uid' | 'node'>,
) => a.namespace === b.namespace && a.pod === b.pod && a.uid === b.uid && a.node === b.node;

function addNode(sheet: Sheet, amount: Amount, r: Rebuilt, currency: string): void {
  if (amount === 'energy' || amount === 'operational' || amount === 'co2e') addNodeEnergy(sheet, r);
  const { row } = r;
  if (amount === 'operational' || amount === 'co2e') {
    sheet.add(
      'G_op_node',
      'operational emissions of the node; 3.6e6 J are 1 kWh',
      'E_node / 3.6e6 * PUE * I',
      grams(row.operational),
      'g',
    );
  }
  if (amount === 'embodied' || amount === 'co2e') {
    sheet.add(
      'G_emb_node',
      'embodied emissions of the node: the part of its life that passed',
      'K * 1000 * T / (L * 8760 * 3600)',
      grams(row.embodied),
      'g',
    );
  }
  if (amount === 'co2e') {
    sheet.add(
      'G_node',
      'emissions of the node',
      'G_op_node + G_emb_node',
      grams(row.operational + row.embodied),
      'g',
    );
  }
  if (amount === 'cost' && row.cost !== null) addNodeCost(sheet, r, row.cost, currency);
}

function addNodeEnergy(sheet: Sheet, { row, model, factors, pods, computed }: Rebuilt): void {
  const { profile, measured } = factors;
  sheet.add('u', 'utilisation of the node', 'min(U / (C * T), 1)', model.utilisation, '1');
  sheet.add('E_idle', 'energy drawn whatever the load', 'C * T * w_idle', model.idle, 'J');
  sheet.add('E_dyn', 'energy that follows use', 'C * T * (w_full - w_idle) * f_u', model.dynamic, 'J');
  if (profile.memoryGbPerVcpu !== null) {
    sheet.add(
      'E_mem',
      'energy of memory above what the profile holds',
      'max(M - m * C, 0) * w_mem * T',
      model.memory,
      'J',
    );
  }
  const gpu = gpuOf(factors);
  if (gpu !== null) sheet.know('E_gpu', joules(gpu));
  if (measured) {
    const inside = measured.wholeMachine ? (gpu ?? 0) : 0;
    const [dynamic, idle, memory] = apportion(measured.energy - inside, partsOf(model));
    sheet.know('E_model', joules(partsOf(model).reduce((a, b) => a + b, 0)));
    const read = inside > 0 ? '(E_meter - E_gpu)' : 'E_meter';
    const part = (symbol: string, mj: number) =>
      sheet.add(symbol, 'its part of what the meter read', `${read} * ${symbol} / E_model`, joules(mj), 'J');
    part('E_idle', idle!);
    part('E_dyn', dynamic!);
    if (memory! > 0) part('E_mem', memory!);
  }
  const storage = computed.rows.reduce((mj, { storage: s }) => mj + s, 0);
  if (storage > 0) {
    sheet.know('E_stor', joules(storage));
  }
  const parts = [
    ...['E_idle', 'E_dyn'],
    ...(profile.memoryGbPerVcpu === null ? [] : ['E_mem']),
    ...(gpu === null ? [] : ['E_gpu']),
  ];
  const with_ = storage > 0 ? [...parts, 'E_stor'] : parts;
  const name =
    storage > 0 ? `energy of the node, with the volumes of its ${pods.length} pods` : 'energy of the node';
  sheet.add('E_node', name, with_.join(' + '), joules(row.energy), 'J');
}

/** As the meter of GPUs read it, and no more than the meter of the machine that holds them did. */
function gpuOf({ gpu, measured }: Rebuilt['factors']): number | null {
  if (gpu === null) return null;
  return measured?.wholeMachine ? Math.min(gpu.whole, measured.energy) : gpu.whole;
}

const partsOf = ({ dynamic, idle, memory }: Rebuilt['model']) =>
  [dynamic, idle, memory].map((j) => Math.round(j * 1000));

function addNodeCost(
  sheet: Sheet,
  { node, factors: { price } }: Rebuilt,
  stored: number,
  currency: string,
): void {
  if (!price) {
    sheet.know('b_node', money(stored));
    sheet.add('cost_node', 'cost of the node: what its rows were billed', 'b_node', money(stored), currency);
    return;
  }
  const { cpu, memory } = nodeCost(node, price);
  sheet.add('cost_cpu', 'cost of the CPUs of the node', 'C * p_cpu * T / 3600', money(cpu), currency);
  sheet.add(
    'cost_mem',
    'cost of its memory; 1 GiB is 1.073741824 GB',
    'M / 1.073741824 * p_ram * T / 3600',
    money(memory),
    currency,
  );
  sheet.add('cost_node', 'cost of the node', 'cost_cpu + cost_mem', money(stored), currency);
}

function addRowEnergy(sheet: Sheet, r: Rebuilt, row: Row, index: number): void {
  addUseShare(sheet, r, row, index);
  addCpuShare(sheet, r, row, index);
  addMemoryShare(sheet, r, row, index);
  const terms = ['E_dyn * s_use', 'E_idle * s_cpu'];
  if (r.factors.profile.memoryGbPerVcpu !== null) terms.push('E_mem * s_mem');
  if (row.storage > 0) {
    sheet.know('E_vol', joules(row.storage));
    terms.push('E_vol');
  }
  sheet.add('E', 'energy of it', terms.join(' + '), joules(row.energy), 'J');
}

function addUseShare(sheet: Sheet, { shares, row: node }: Rebuilt, row: Row, index: number): void {
  const name = 'share of the CPU time used';
  if (row.kind === 'idle' || node.cpuSeconds === 0) return sheet.add('s_use', name, '0', 0, '1');
  const used = row.kind === 'pod' ? shares.use.pods[index]! : shares.use.system;
  sheet.know('U_own', used);
  sheet.add('s_use', name, 'U_own / U', used / node.cpuSeconds, '1');
}

function addCpuShare(sheet: Sheet, r: Rebuilt, row: Row, index: number): void {
  const { node } = r;
  const request = row.cpuRequest ?? 0;
  sheet.know('request_cpu', request);
  sheet.know('t', row.seconds);
  sheet.know('U_own', row.cpuSeconds);
  sheet.know('capacity_cpu', node.cpuCapacity * node.seconds);
  addShare(sheet, r, row, index, {
    symbol: 's_cpu',
    what: 'CPU',
    held: r.shares.cpu,
    formula: 'max(request_cpu * t, U_own) / capacity_cpu',
    raw: Math.max(request * row.seconds, row.cpuSeconds) / (node.cpuCapacity * node.seconds),
  });
}

function addMemoryShare(sheet: Sheet, r: Rebuilt, row: Row, index: number): void {
  const { node } = r;
  const request = row.memoryRequest ?? 0;
  sheet.know('request_mem', request);
  sheet.know('used_mem', row.memoryBytes);
  sheet.know('t', row.seconds);
  sheet.know('capacity_mem', node.memoryCapacity * node.seconds);
  addShare(sheet, r, row, index, {
    symbol: 's_mem',
    what: 'memory',
    held: r.shares.memory,
    formula: 'max(request_mem, used_mem) * t / capacity_mem',
    raw: (Math.max(request, row.memoryBytes) * row.seconds) / (node.memoryCapacity * node.seconds),
  });
}

interface Holding {
  readonly symbol: string;
  readonly what: string;
  readonly held: Rebuilt['shares']['cpu'];
  readonly formula: string;
  /** Of a pod, before shares are scaled down because pods hold more than there is. */
  readonly raw: number;
}

function addShare(sheet: Sheet, r: Rebuilt, row: Row, index: number, holding: Holding): void {
  const { symbol, what, held } = holding;
  const byPods = held.pods.reduce((a, b) => a + b, 0);
  const whole = byPods + held.idle;
  if (row.kind === 'system') {
    sheet.add(symbol, `share of the ${what}: what runs outside pods holds none`, '0', 0, '1');
  } else if (row.kind === 'idle') {
    sheet.know('s_pods', byPods / whole);
    sheet.add(symbol, `share of the ${what} that no pod holds`, '1 - s_pods', held.idle / whole, '1');
  } else {
    addPodShare(sheet, r, held.pods[index]! / whole, holding);
  }
}

function addPodShare(sheet: Sheet, { policy, shares, pods }: Rebuilt, share: number, holding: Holding): void {
  const { symbol, what, formula, raw } = holding;
  if (policy === 'proportional') {
    const used = shares.use.pods.reduce((a, b) => a + b, 0);
    sheet.know('U_pods', used);
    sheet.know('pods', pods.length);
    const how = used > 0 ? 'U_own / U_pods' : '1 / pods';
    sheet.add(symbol, `share of the ${what}: as of the CPU time of pods`, how, share, '1');
    return;
  }
  // A share that rounding leaves a hair off is not scaled.
  const over = share > 0 && raw / share > 1 + 1e-9 ? raw / share : 1;
  if (over === 1) {
    sheet.add(
      symbol,
      `share of the ${what} held: what is requested, or used if that is more`,
      formula,
      share,
      '1',
    );
    return;
  }
  sheet.know('over', over);
  const name = `share of the ${what} held; pods hold ${over.toFixed(2)} times what there is`;
  sheet.add(symbol, name, `${formula} / over`, share, '1');
}
