/** What a PromQL expression is made of, by the grammar of Prometheus' own web interface. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  readonly metric: string;
  /** With braces; empty without matchers. */
  readonly matchers: string;
  /** As written: metric, matchers and range, without a modifier such as offset. */
  readonly text: string;
  /** What stands in the brackets after it; null: an instant vector. */
  readonly range: string | null;
  /** Function that takes it directly; null: none. */
  readonly inFunction: string | null;
}

/** Values for Grafana's variables; the longest name that fits is replaced first. */
export function substituted(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{?(\w+)(?::\w+)?\}?/g, (whole, name: string) => values[name] ?? whole);
}

/** Values with which an expression can be parsed. */
export const ANY: Readonly<Record<string, string>> = {
  __rate_interval: '20m',
  __range: '24h',
  __interval: '5m',
  cluster: '.*',
  namespace: '.*',
  workload: '.*',
  node: '.*',
};

/** Where the parser found no sense; empty for valid PromQL. */
export function syntaxErrors(expr: string): readonly string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError)
        found.push(`at ${from}: ${JSON.stringify(expr.slice(from, Math.max(to, from + 20)))}`);
    },
  });
  return found;
}

export function selectorsOf(expr: string): readonly Selector[] {
  const found: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      if (name === 'VectorSelector') found.push(selectorAt(node, expr));
    },
  });
  return found;
}

const textOf = (node: SyntaxNode | null, expr: string): string =>
  node ? expr.slice(node.from, node.to) : '';

function selectorAt(node: SyntaxNode, expr: string): Selector {
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
  let outer = matrix ?? node;
  while (outer.parent && ['StepInvariantExpr', 'OffsetExpr', 'ParenExpr'].includes(outer.parent.name)) {
    outer = outer.parent;
  }
  const call = outer.parent?.name === 'FunctionCallBody' ? outer.parent.parent : null;
  return {
    metric: textOf(node.getChild('Identifier'), expr),
    matchers: textOf(node.getChild('LabelMatchers'), expr),
    text: textOf(matrix ?? node, expr),
    range: matrix && textOf(matrix.getChild('DurationExpr') ?? matrix.lastChild, expr),
    inFunction: call?.name === 'FunctionCall' ? textOf(call.getChild('FunctionIdentifier'), expr) : null,
  };
}
