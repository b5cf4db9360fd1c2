import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectProvider, nodeLabel } from './provider.js';

const metricForm = (labels: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key.replace(/[^a-zA-Z0-9_]/g, '_'), value]),
  );

const topology = (region: string, zone: string, type: string) => ({
  'topology.kubernetes.io/region': region,
  'topology.kubernetes.io/zone': zone,
  'node.kubernetes.io/instance-type': type,
});

/** Nodes as the providers' managed services make them. */
const NODES: readonly (readonly [provider: string, providerId: string, labels: Record<string, string>])[] = [
  [
    'aws',
    'aws:///eu-west-3a/i-0a1b2c3d4e5f67890',
    { ...topology('eu-west-3', 'eu-west-3a', 'm5.xlarge'), 'eks.amazonaws.com/nodegroup': 'general' },
  ],
  [
    'gcp',
    'gce://shop-prod/us-central1-a/gke-main-pool-1-5f6c7d8e-abcd',
    { ...topology('us-central1', 'us-central1-a', 'e2-medium'), 'cloud.google.com/gke-nodepool': 'pool-1' },
  ],
  [
    'azure',
    'azure:///subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mc_rg/providers/Microsoft.Compute/virtualMachineScaleSets/aks-np-vmss/virtualMachines/0',
    { ...topology('westeurope', 'westeurope-1', 'Standard_D4s_v3'), 'kubernetes.azure.com/agentpool': 'np' },
  ],
  [
    'ovh',
    'openstack:///019841a6-24bd-7e0e-b35f-86bfe7d13189',
    { ...topology('EU-WEST-PAR', 'eu-west-par-a', 'b3-8'), 'k8s.ovh.net/nodepool': '019841a6' },
  ],
  [
    'scaleway',
    'scaleway://instance/fr-par-1/11111111-2222-3333-4444-555555555555',
    { ...topology('fr-par', 'fr-par-1', 'DEV1-M'), 'k8s.scaleway.com/pool-name': 'default' },
  ],
  [
    'digitalocean',
    'digitalocean://123456789',
    { ...topology('nyc3', '', 's-2vcpu-4gb'), 'doks.digitalocean.com/node-pool': 'pool' },
  ],
  [
    'hetzner',
    'hcloud://4711',
    { ...topology('fsn1', 'fsn1-dc14', 'cx32'), 'csi.hetzner.cloud/location': 'fsn1' },
  ],
  [
    'ibm',
    'ibm://abc///cluster/kube-1',
    { ...topology('us-south', 'us-south-1', 'bx2.4x16'), 'ibm-cloud.kubernetes.io/region': 'us-south' },
  ],
  [
    'oracle',
    'ocid1.instance.oc1.iad.anuwcljtabcdef',
    {
      ...topology('iad', 'US-ASHBURN-AD-1', 'VM.Standard.E4.Flex'),
      'oci.oraclecloud.com/fault-domain': 'FD-1',
    },
  ],
  [
    'alibaba',
    'cn-hangzhou.i-bp1abcdefghijk',
    { ...topology('cn-hangzhou', 'cn-hangzhou-i', 'ecs.g7.xlarge'), 'alibabacloud.com/nodepool-id': 'np1' },
  ],
];

describe('provider of a node', () => {
  it.each(NODES)('%s by its provider ID alone', (provider, providerId, labels) => {
    const needsLabels = providerId.startsWith('openstack');
    expect(detectProvider({ providerId, labels: needsLabels ? labels : {} }, '')).toBe(provider);
  });

  it.each(NODES)('%s by its labels alone, in both forms', (provider, _id, labels) => {
    expect(detectProvider({ providerId: '', labels }, '')).toBe(provider);
    expect(detectProvider({ providerId: '', labels: metricForm(labels) }, '')).toBe(provider);
  });

  it.each([
    ['gcp', 'gce://p/us-central1-a/n', topology('us-central1', 'us-central1-a', 'n2-standard-4')],
    ['gcp', 'gce://p/europe-west9-a/n', topology('eu-west-1', 'eu-west-1a', 'm5.large')],
    ['azure', 'azure:///subscriptions/x', topology('us-east-1', 'us-east-1a', 'm5.large')],
    ['alibaba', 'alicloud://us-east-1.i-0xiabc', topology('us-east-1', 'us-east-1a', 'ecs.g6.large')],
  ])('%s whatever the look of its region', (provider, providerId, labels) => {
    expect(detectProvider({ providerId, labels }, '')).toBe(provider);
  });

  it('is never told from the name of a region', () => {
    const regions = [
      'us-east-1',
      'eu-west-3',
      'ca-central-1',
      'us-central1',
      'westeurope',
      'fr-par',
      'GRA11',
      'nyc3',
    ];
    for (const region of regions) {
      expect(detectProvider({ providerId: '', labels: topology(region, `${region}a`, 'm5.large') }, '')).toBe(
        '',
      );
    }
  });

  it('follows the scheme against the labels', () => {
    expect(detectProvider({ providerId: 'aws:///x/i-1', labels: { 'cloud.google.com/x': '' } }, '')).toBe(
      'aws',
    );
  });

  it('is OpenStack where nothing says OVHcloud', () => {
    const node = (labels: Record<string, string>) => ({ providerId: 'openstack:///abc', labels });
    expect(detectProvider(node(topology('RegionOne', 'nova', 'm1.large')), '')).toBe('openstack');
    expect(detectProvider(node(topology('GRAZ1', 'nova', 'b2-7')), '')).toBe('openstack');
    expect(detectProvider(node(topology('GRA11', 'nova', 'b2-7')), '')).toBe('ovh');
    expect(detectProvider(node(metricForm(topology('SBG5', 'nova', 'b2-7'))), '')).toBe('ovh');
    expect(detectProvider(node({}), 'ovh')).toBe('ovh');
  });

  it('is assumed only where a node names none', () => {
    expect(detectProvider({ providerId: '', labels: {} }, 'aws')).toBe('aws');
    expect(detectProvider({ providerId: 'k3s://node-1', labels: {} }, 'hetzner')).toBe('hetzner');
    expect(detectProvider({ providerId: 'kind://docker/kind/kind-control-plane', labels: {} }, '')).toBe('');
    expect(detectProvider({ providerId: 'gce://p/z/n', labels: {} }, 'aws')).toBe('gcp');
  });

  it('survives prototype names', () => {
    for (const scheme of ['constructor', 'tostring']) {
      expect(detectProvider({ providerId: `${scheme}://x`, labels: {} }, '')).toBe('');
    }
  });

  it('is the same whichever form the label keys arrive in', () => {
    const key = fc.constantFrom(
      ...NODES.flatMap(([, , labels]) => Object.keys(labels)),
      'example.com/x',
      'kubernetes.io/os',
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.string()), (labels) => {
        const dotted = detectProvider({ providerId: '', labels }, '');
        expect(detectProvider({ providerId: '', labels: metricForm(labels) }, '')).toBe(dotted);
      }),
    );
  });
});

describe('node label', () => {
  it('is found under either form, and is absent when empty', () => {
    expect(nodeLabel({ 'greenkube.io/pue': '1.2' }, 'greenkube.io/pue')).toBe('1.2');
    expect(nodeLabel({ greenkube_io_pue: ' 1.2 ' }, 'greenkube.io/pue')).toBe('1.2');
    expect(nodeLabel({ greenkube_io_pue: '' }, 'greenkube.io/pue')).toBeUndefined();
    expect(nodeLabel({}, 'constructor')).toBeUndefined();
  });
});
