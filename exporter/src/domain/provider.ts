/** Who runs a node's machine. */
import type { NodeSample } from './model.js';

/**
 * Schemes of `spec.providerID` and the provider each stands for. "openstack" is software that many run, so it
 * names a provider only together with other signs.
 */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['aws', 'aws'],
  ['gce', 'gcp'],
  ['azure', 'azure'],
  ['ovh', 'ovh'],
  ['scaleway', 'scaleway'],
  ['digitalocean', 'digitalocean'],
  ['hcloud', 'hetzner'],
  ['hrobot', 'hetzner'],
  ['ibm', 'ibm'],
  ['ibmcloud', 'ibm'],
  ['ibmpowervs', 'ibm'],
  ['oci', 'oracle'],
  ['alicloud', 'alibaba'],
  ['linode', 'linode'],
  ['vultr', 'vultr'],
  ['civo', 'civo'],
  ['exoscale', 'exoscale'],
  ['upcloud', 'upcloud'],
  ['equinixmetal', 'equinix'],
]);

/** Node IDs without a scheme: Oracle's OCIDs, and Alibaba's "<region>.<instance>". */
const BARE_IDS: readonly (readonly [RegExp, string])[] = [
  [/^ocid1\.instance\./, 'oracle'],
  [/^[a-z]+-[a-z0-9-]+\.i-[a-z0-9]+$/, 'alibaba'],
];

/** Prefixes of label keys that only a provider's own components set. */
const LABEL_PREFIXES: readonly (readonly [provider: string, prefixes: readonly string[]])[] = [
  ['ovh', ['k8s.ovh.net/', 'node.k8s.ovh/']],
  [
    'aws',
    [
      'eks.amazonaws.com/',
      'k8s.amazonaws.com/',
      'topology.k8s.aws/',
      'karpenter.k8s.aws/',
      'alpha.eksctl.io/',
    ],
  ],
  ['gcp', ['cloud.google.com/', 'topology.gke.io/']],
  ['azure', ['kubernetes.azure.com/', 'karpenter.azure.com/']],
  ['scaleway', ['k8s.scaleway.com/']],
  ['digitalocean', ['doks.digitalocean.com/']],
  ['hetzner', ['csi.hetzner.cloud/', 'instance.hetzner.cloud/']],
  ['ibm', ['ibm-cloud.kubernetes.io/']],
  ['oracle', ['oci.oraclecloud.com/', 'oke.oraclecloud.com/']],
  ['alibaba', ['alibabacloud.com/', 'node.alibabacloud.com/']],
  ['linode', ['lke.linode.com/']],
  ['vultr', ['vke.vultr.com/']],
  ['civo', ['kubernetes.civo.com/']],
  ['exoscale', ['node.exoscale.net/']],
];

/**
 * Region codes that no OpenStack cloud but OVHcloud uses; a list, because the look of a code proves nothing.
 */
const OVH_REGIONS = new Set(
  (
    'GRA GRA1 GRA3 GRA5 GRA7 GRA9 GRA11 RBX RBX-A SBG SBG3 SBG5 SBG7 BHS BHS1 BHS3 BHS5 WAW WAW1 EU-WEST-PAR EU-SOUTH-MIL ' +
    'CA-EAST-TOR AP-SOUTH-MUM AP-SOUTHEAST-SYD-2'
  ).split(' '),
);

/**
 * Provider of a node as the tables key it ("aws", "gcp", "azure", "ovh", "scaleway", ...), or "" when nothing
 * tells. The scheme of `providerId` decides, then the prefixes of the provider's own labels, then `fallback`.
 * The name of a region never does, except to tell OVHcloud from other OpenStack clouds.
 *
 * @param fallback provider to assume where a node names none; "" for none
 */
export function detectProvider(node: Pick<NodeSample, 'providerId' | 'labels'>, fallback: string): string {
  const scheme = /^([a-z0-9]+):\/\//.exec(node.providerId)?.[1] ?? '';
  const byId = SCHEMES.get(scheme) ?? BARE_IDS.find(([id]) => id.test(node.providerId))?.[1];
  if (byId) return byId;
  const byLabel = providerOfLabels(node.labels);
  if (byLabel) return byLabel;
  if (scheme !== 'openstack') return fallback;
  const region = nodeLabel(node.labels, 'topology.kubernetes.io/region') ?? '';
  if (OVH_REGIONS.has(region.toUpperCase())) return 'ovh';
  return fallback === '' ? 'openstack' : fallback;
}

function providerOfLabels(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).map(metricForm);
  const found = LABEL_PREFIXES.find(([, prefixes]) =>
    prefixes.some((prefix) => keys.some((key) => key.startsWith(metricForm(prefix)))),
  );
  return found?.[0] ?? '';
}

/**
 * A label key as kube-state-metrics writes it: every character that a Prometheus label may not hold becomes
 * "_".
 */
const metricForm = (key: string) => key.replace(/[^a-zA-Z0-9_]/g, '_');

/**
 * Value of a node label by its Kubernetes key, in whichever of the two forms the key arrives; undefined when
 * absent or empty.
 */
export function nodeLabel(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  const value = (own(labels, key) ?? own(labels, metricForm(key)))?.trim();
  return value === '' ? undefined : value;
}

const own = (labels: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;
