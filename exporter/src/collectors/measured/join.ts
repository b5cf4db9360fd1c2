/** From the labels of a meter's series to the name of the node it is of. */
import { NODE_LABELS } from './queries.js';
import { label, type Series } from './read.js';

/** Names and addresses of the nodes, by interval of the range. */
export class NodeNames {
  /** By index: name or internal address to node name; null where two nodes share an address. */
  private readonly byAlias: Map<string, string | null>[];
  private readonly hosts: Map<string, string>[];

  /** @param nodes `kube_node_info` @param hosts `node_uname_info`, whose machines may call themselves otherwise */
  constructor(count: number, nodes: readonly Series[], hosts: readonly Series[]) {
    this.byAlias = Array.from({ length: count }, () => new Map<string, string | null>());
    this.hosts = Array.from({ length: count }, () => new Map<string, string>());
    each(nodes, (series, index) => this.addNode(index, label(series, 'node'), label(series, 'internal_ip')));
    each(hosts, (series, index) =>
      this.hosts[index]!.set(label(series, 'instance'), label(series, 'nodename')),
    );
  }

  /** Null: no node of the interval. Without any known node a name that a label states is believed. */
  nodeOf(series: Series, index: number): string | null {
    const aliases = this.byAlias[index]!;
    for (const name of NODE_LABELS) {
      const value = label(series, name);
      if (value === '') continue;
      if (aliases.size === 0) return name === 'instance' ? null : value;
      const found = this.find(index, value);
      if (found) return found;
    }
    return null;
  }

  private find(index: number, value: string): string | null {
    const aliases = this.byAlias[index]!;
    const host = value.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    const own = this.hosts[index]!.get(value) ?? '';
    for (const alias of [value, host, own]) {
      const node = alias === '' ? undefined : aliases.get(alias);
      if (node) return node;
    }
    return null;
  }

  private addNode(index: number, node: string, address: string): void {
    if (node === '') return;
    const aliases = this.byAlias[index]!;
    aliases.set(node, node);
    this.alias(aliases, address, node);
    // A machine's own name is often the first part of the node's ("ip-10-0-1-11" of "ip-10-0-1-11.eu-west-3.compute.internal").
    const short = node.split('.', 1)[0]!;
    if (short !== node && !/^\d+$/.test(short)) this.alias(aliases, short, node);
  }

  /** An alias of two nodes names neither; a node's full name is never taken away. */
  private alias(aliases: Map<string, string | null>, alias: string, node: string): void {
    if (alias === '') return;
    const before = aliases.get(alias);
    if (before === alias) return;
    aliases.set(alias, before === undefined || before === node ? node : null);
  }
}

function each(all: readonly Series[], visit: (series: Series, index: number) => void): void {
  for (const series of all) {
    series.values.forEach((value, index) => {
      if (!Number.isNaN(value)) visit(series, index);
    });
  }
}
