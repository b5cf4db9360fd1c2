/** What a node is, from the labels and identifiers that the observation holds of one interval. */
import type { NodeVariant, Observation } from './observation.js';

export interface Location {
  readonly region: string;
  readonly zone: string;
}

/**
 * Region and zone as far as a provider ID states them: AWS and GCE name the zone, Scaleway too. The clusters of most people show
 * no node labels (kube-state-metrics needs an allow-list for them), so this is often all there is.
 */
export function locate(providerId: string): Location {
  const [scheme, rest = ''] = providerId.split('://', 2);
  const parts = rest.split('/');
  if (scheme === 'aws') {
    const zone = parts.length >= 3 ? parts[parts.length - 2]! : '';
    return { zone, region: /^[a-z]{2}(?:-[a-z]+)+-\d+/.exec(zone)?.[0] ?? '' };
  }
  if (scheme === 'gce') return zoned(parts[1] ?? '', /-[a-z]$/);
  if (scheme === 'scaleway')
    return zoned(parts[0] === 'instance' || parts[0] === 'baremetal' ? (parts[1] ?? '') : '', /-\d+$/);
  return { region: '', zone: '' };
}

const zoned = (zone: string, suffix: RegExp): Location => ({ zone, region: zone.replace(suffix, '') });

export interface NodeFacts extends Location {
  readonly providerId: string;
  readonly internalIp: string;
  readonly instanceType: string;
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
}

const NO_LABELS: Readonly<Record<string, string>> = {};

/** Facts of every node of the observation, to be asked by node id and interval. */
export class NodeFactsOf {
  private readonly variants = new Map<number, number[]>();
  private readonly labelSets = new Map<number, number[]>();

  constructor(private readonly o: Observation) {
    o.variants.forEach((variant, i) => push(this.variants, variant.node, i));
    o.labelSets.forEach((set, i) => push(this.labelSets, set.node, i));
    for (const sets of this.labelSets.values())
      sets.sort((a, b) => (o.labelSets[a]!.rank < o.labelSets[b]!.rank ? -1 : 1));
  }

  at(node: number, index: number): NodeFacts {
    const { providerId, internalIp } = this.variantAt(node, index);
    const labels = this.labelsAt(node, index);
    const pick = (...names: string[]): string =>
      names.map((name) => labels[name] ?? '').find((value) => value !== '') ?? '';
    const located = locate(providerId);
    return {
      providerId,
      internalIp,
      labels,
      instanceType: pick('node_kubernetes_io_instance_type', 'beta_kubernetes_io_instance_type'),
      architecture: pick('kubernetes_io_arch', 'beta_kubernetes_io_arch'),
      region:
        pick('topology_kubernetes_io_region', 'failure_domain_beta_kubernetes_io_region') || located.region,
      zone: pick('topology_kubernetes_io_zone', 'failure_domain_beta_kubernetes_io_zone') || located.zone,
    };
  }

  /** A node registers without a provider ID and gets it seconds later: the fuller description wins, then the longer one. */
  private variantAt(node: number, index: number): Pick<NodeVariant, 'providerId' | 'internalIp'> {
    const seen = (this.variants.get(node) ?? []).filter((i) => this.o.variantCounts.at(i, index) > 0);
    const best = seen.toSorted((a, b) => {
      const [va, vb] = [this.o.variants[a]!, this.o.variants[b]!];
      const fuller = Number(vb.providerId !== '') - Number(va.providerId !== '');
      const longer = this.o.variantCounts.at(b, index) - this.o.variantCounts.at(a, index);
      return fuller || longer || (va.providerId + va.internalIp < vb.providerId + vb.internalIp ? -1 : 1);
    })[0];
    return best === undefined ? { providerId: '', internalIp: '' } : this.o.variants[best]!;
  }

  /** Sets of several sources are united; where they differ, the order of their text decides. */
  private labelsAt(node: number, index: number): Readonly<Record<string, string>> {
    const seen = (this.labelSets.get(node) ?? []).filter((i) => this.o.labelSetCounts.at(i, index) > 0);
    if (seen.length === 0) return NO_LABELS;
    if (seen.length === 1) return this.o.labelSets[seen[0]!]!.labels;
    return Object.fromEntries(seen.flatMap((i) => Object.entries(this.o.labelSets[i]!.labels)));
  }
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
