/** Which figure is asked about: a metric name with equality matchers, as Prometheus writes a series, to what it means in the ledger. */
import { QueryProblem } from '../query-range.js';

/** What of a row is counted; "co2e" is operational and embodied together. */
export type Amount = 'energy' | 'operational' | 'embodied' | 'co2e' | 'cost';

/** "amount": of the whole interval; the others: that amount divided by the seconds the node was observed. */
export type Per = 'amount' | 'second' | 'hour';

export interface Figure {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly amount: Amount;
  readonly per: Per;
}

interface Family {
  readonly amount: Amount;
  readonly per: Per;
  /** Labels that must be given: all of one of the lists. */
  readonly needs: readonly (readonly string[])[];
  readonly takes: readonly string[];
}

const POD = ['namespace', 'pod', 'node', 'workload', 'workload_type'];
const WORKLOAD = ['namespace', 'workload', 'workload_type'];

const family = (amount: Amount, per: Per, needs: Family['needs'], takes: readonly string[]): Family => ({
  amount,
  per,
  needs,
  takes: ['cluster', ...takes],
});

const ofPod = (amount: Amount, per: Per, ...more: string[]) =>
  family(amount, per, [['namespace', 'pod']], [...POD, ...more]);
const ofWorkload = (amount: Amount, per: Per, ...more: string[]) =>
  family(amount, per, [['namespace', 'workload']], [...WORKLOAD, ...more]);
const ofNamespace = (amount: Amount, per: Per, ...more: string[]) =>
  family(amount, per, [['namespace']], ['namespace', ...more]);
const ofNode = (amount: Amount, per: Per, ...more: string[]) =>
  family(amount, per, [['node']], ['node', ...more]);
const ofAny = (amount: Amount, ...more: string[]) =>
  family(amount, 'amount', [['node'], ['namespace']], [...POD, ...more]);

/** Counters are explained by what they grew by in the interval, gauges by its mean. */
const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['energy_joules', ofAny('energy')],
  ['co2e_grams', ofAny('co2e')],
  ['co2e_operational_grams', ofAny('operational')],
  ['co2e_embodied_grams', ofAny('embodied')],
  ['cost', ofAny('cost', 'currency')],
  ['greenkube_pod_power_watts', ofPod('energy', 'second', 'method')],
  ['greenkube_pod_co2e_grams_per_hour', ofPod('co2e', 'hour', 'scope')],
  ['greenkube_pod_cost_per_hour', ofPod('cost', 'hour', 'currency')],
  ['greenkube_namespace_power_watts', ofNamespace('energy', 'second')],
  ['greenkube_namespace_co2e_grams_per_hour', ofNamespace('co2e', 'hour', 'scope')],
  ['greenkube_namespace_cost_per_hour', ofNamespace('cost', 'hour', 'currency')],
  ['greenkube_node_power_watts', ofNode('energy', 'second', 'part')],
  ['greenkube_workload_energy_joules_total', ofWorkload('energy', 'amount', 'method')],
  ['greenkube_workload_co2e_grams_total', ofWorkload('co2e', 'amount', 'scope')],
  ['greenkube_workload_cost_total', ofWorkload('cost', 'amount', 'currency')],
  ['greenkube_namespace_energy_joules_total', ofNamespace('energy', 'amount')],
  ['greenkube_namespace_co2e_grams_total', ofNamespace('co2e', 'amount', 'scope')],
  ['greenkube_namespace_cost_total', ofNamespace('cost', 'amount', 'currency')],
  ['greenkube_node_energy_joules_total', ofNode('energy', 'amount', 'part', 'method')],
  ['greenkube_node_co2e_grams_total', ofNode('co2e', 'amount', 'scope')],
]);

export const EXPLAINABLE: readonly string[] = [...FAMILIES.keys()];

const CLOSED: ReadonlyMap<string, readonly string[]> = new Map([
  ['scope', ['operational', 'embodied']],
  ['part', ['pods', 'system', 'idle']],
  ['method', ['measured', 'calibrated', 'estimated']],
]);

/** Throws `QueryProblem` saying where the text stops being a series, or what the figure lacks. */
export function parseFigure(text: string): Figure {
  const { name, labels } = parseSeries(text);
  const found = FAMILIES.get(name);
  if (!found)
    throw wrong(
      `${quote(name)} is not a figure that can be explained.`,
      `Use one of ${EXPLAINABLE.join(', ')}.`,
    );
  for (const [label, value] of labels) {
    if (!found.takes.includes(label)) {
      throw wrong(`${name} has no label ${quote(label)}.`, `Its labels: ${found.takes.join(', ')}.`);
    }
    const allowed = CLOSED.get(label);
    if (allowed && !allowed.includes(value)) {
      throw wrong(`${label} has a value that is not known.`, `Allowed: ${allowed.join(', ')}.`);
    }
  }
  if (!found.needs.some((all) => all.every((label) => labels.get(label)))) {
    const needs = found.needs.map((all) => all.join(' and ')).join(', or ');
    throw wrong(`${name} needs ${needs}.`, `Write for example ${exampleOf(name, found)}.`);
  }
  const scope = labels.get('scope') as 'operational' | 'embodied' | undefined;
  return { name, labels, amount: scope ?? found.amount, per: found.per };
}

function exampleOf(name: string, { needs }: Family): string {
  return seriesText(
    name,
    needs[0]!.map((label) => [label, '…'] as const),
  );
}

export function seriesText(name: string, labels: Iterable<readonly [string, string]>): string {
  const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  return `${name}{${[...labels].map(([label, value]) => `${label}="${escaped(value)}"`).join(',')}}`;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const OPERATOR = /^(=~|!~|!=|=)/;
const VALUE = /^"((?:[^"\\\n]|\\.)*)"|^'((?:[^'\\\n]|\\.)*)'/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"', "'": "'" };

function parseSeries(text: string): { name: string; labels: ReadonlyMap<string, string> } {
  const reader = new Reader(text);
  const name = reader.take(NAME, 'a metric name');
  const labels = new Map<string, string>();
  if (reader.skip('{')) {
    while (!reader.skip('}')) {
      const label = reader.take(LABEL, 'a label name or }');
      const operator = reader.take(OPERATOR, '= after the label');
      if (operator !== '=') throw wrong(`${operator} does not name one series.`, `Write ${label}="value".`);
      const value = unescape(reader.take(VALUE, 'a value in quotes').slice(1, -1));
      if (labels.has(label)) throw wrong(`${label} is given twice.`, `Give ${label} once.`);
      labels.set(label, value);
      if (!reader.skip(',')) {
        reader.expect('}');
        break;
      }
    }
  }
  reader.end();
  return { name, labels };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, c: string) => {
    const plain = Object.hasOwn(ESCAPES, c) ? ESCAPES[c] : undefined;
    if (plain === undefined) throw wrong(`\\${c} is not an escape.`, 'Escapes are \\\\, \\", \\\' and \\n.');
    return plain;
  });
}

/** Reads a text from left to right, spaces between tokens ignored, and says where it stopped. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#space();
  }

  take(token: RegExp, what: string): string {
    const match = token.exec(this.#text.slice(this.#at));
    if (!match) throw this.#expected(what);
    this.#at += match[0].length;
    this.#space();
    return match[0];
  }

  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#space();
    return true;
  }

  expect(character: string): void {
    if (!this.skip(character)) throw this.#expected(`, or ${character}`);
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#expected('the end');
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  #expected(what: string): QueryProblem {
    const found = this.#at < this.#text.length ? quote(this.#text.slice(this.#at)) : 'the end';
    return wrong(
      `series is not a series at position ${this.#at}: expected ${what}, found ${found}.`,
      'Write for example greenkube_pod_power_watts{namespace="shop",pod="web-1"}.',
    );
  }
}

const wrong = (message: string, fix: string) => new QueryProblem('series', message, fix);

/** A part of what was sent, short enough to be said back. */
const quote = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
