/** The world's machines: which there are, who sells them, and when each is replaced by a new one. */
import { combine, hashText, hexDigits, nameSuffix, pick, uuid } from './hash.js';

const GIB = 2 ** 30;
const DAY = 86_400;
const FORTNIGHT = 14 * DAY;
/** A replacement joins this long before the old node is drained, which leaves this long after. Seconds. */
const JOINS_BEFORE = 240;
const LEAVES_AFTER = 120;

/** Where workloads may ask to run. A place of one or two nodes is how a case for a recommendation is planted. */
export type Place =
  | 'paris'
  | 'paris-cache'
  | 'paris-spare'
  | 'iowa'
  | 'iowa-lake'
  | 'iowa-arm'
  | 'amsterdam'
  | 'amsterdam-quiet'
  | 'warsaw';

export interface NodePool {
  readonly place: Place;
  readonly count: number;
  readonly provider: 'aws' | 'gcp' | 'azure' | 'scaleway';
  readonly instanceType: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly architecture: 'amd64' | 'arm64';
  readonly vcpus: number;
  readonly memoryGib: number;
  /** Node label that names the provider's node pool, and its value. */
  readonly poolLabel: readonly [string, string];
  /** Whether the machines carry an energy meter (processor packages and memory). */
  readonly measured: boolean;
}

const AWS = {
  provider: 'aws',
  region: 'eu-west-3',
  zones: ['eu-west-3a', 'eu-west-3b', 'eu-west-3c'],
  architecture: 'amd64',
  measured: false,
} as const;
const GCP = {
  provider: 'gcp',
  region: 'us-central1',
  zones: ['us-central1-a', 'us-central1-b'],
  measured: false,
} as const;
const M5 = { instanceType: 'm5.xlarge', vcpus: 4, memoryGib: 16 } as const;
const N2 = { instanceType: 'n2-standard-8', vcpus: 8, memoryGib: 32, architecture: 'amd64' } as const;
const EKS = 'eks_amazonaws_com_nodegroup';
const GKE = 'cloud_google_com_gke_nodepool';
const AZURE = {
  provider: 'azure',
  instanceType: 'Standard_D4s_v3',
  region: 'westeurope',
  zones: ['westeurope-1', 'westeurope-2', 'westeurope-3'],
  architecture: 'amd64',
  vcpus: 4,
  memoryGib: 16,
  poolLabel: ['kubernetes_azure_com_agentpool', 'general'],
  measured: false,
} as const;

/** Four providers in four grid zones: FR, US-MIDW-MISO, NL, PL. */
export const NODE_POOLS: readonly NodePool[] = [
  { place: 'paris', count: 5, ...AWS, ...M5, poolLabel: [EKS, 'general'] },
  { place: 'paris', count: 2, ...AWS, ...M5, instanceType: 'm6i.xlarge', poolLabel: [EKS, 'compute'] },
  { place: 'paris-cache', count: 1, ...AWS, ...M5, poolLabel: [EKS, 'general'] },
  { place: 'paris-spare', count: 1, ...AWS, ...M5, poolLabel: [EKS, 'general'] },
  { place: 'iowa', count: 4, ...GCP, ...N2, poolLabel: [GKE, 'standard'] },
  { place: 'iowa-lake', count: 1, ...GCP, ...N2, poolLabel: [GKE, 'standard'] },
  {
    place: 'iowa-arm',
    count: 2,
    ...GCP,
    instanceType: 't2a-standard-4',
    vcpus: 4,
    memoryGib: 16,
    architecture: 'arm64',
    poolLabel: [GKE, 'arm'],
  },
  { place: 'amsterdam', count: 3, ...AZURE },
  { place: 'amsterdam-quiet', count: 1, ...AZURE },
  {
    place: 'warsaw',
    count: 3,
    provider: 'scaleway',
    instanceType: 'PRO2-XS',
    region: 'pl-waw',
    zones: ['pl-waw-1', 'pl-waw-2'],
    architecture: 'amd64',
    vcpus: 4,
    memoryGib: 16,
    poolLabel: ['k8s_scaleway_com_pool_name', 'metered'],
    measured: true,
  },
];

/** A position in the fleet. The machine that fills it changes when it is replaced. */
export interface NodeSlot {
  readonly pool: NodePool;
  /** Position within one copy of the fleet, 0-based over all pools. */
  readonly index: number;
  /** Which copy of the fleet, 0-based (see `Scale`). */
  readonly block: number;
  readonly key: number;
  /** Seconds between two machines of this slot, and one instant at which it is replaced. */
  readonly period: number;
  readonly replacedAt: number;
}

/** One machine, in the cluster during [bornAt, diesAt), seconds since the epoch. */
export interface WorldNode {
  readonly name: string;
  readonly uid: string;
  readonly slot: NodeSlot;
  readonly bornAt: number;
  readonly diesAt: number;
  /** Pods run here during [servesFrom, servesTo); before and after, only its daemons do. */
  readonly servesFrom: number;
  readonly servesTo: number;
  readonly providerId: string;
  readonly internalIp: string;
  readonly instanceType: string;
  readonly region: string;
  readonly zone: string;
  readonly architecture: string;
  /** Cores and bytes. */
  readonly cpuCapacity: number;
  readonly memoryCapacity: number;
  readonly cpuAllocatable: number;
  readonly memoryAllocatable: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly measured: boolean;
}

/** What the kubelet and the system keep for themselves: cores, bytes. */
export const RESERVED_CPU = 0.16;
export const RESERVED_MEMORY = 1.2 * GIB;

/** Slots of one copy of the fleet; one of them is replaced every 14 days to the second. */
export function slotsOf(seed: number, block: number): readonly NodeSlot[] {
  const pools = NODE_POOLS.flatMap((pool) => Array.from({ length: pool.count }, () => pool));
  const period = pools.length * FORTNIGHT;
  const blockKey = combine(seed, hashText(`fleet/${block}`));
  // Wednesday to Friday, working hours, on no round second. 1 January 1970 was a Thursday.
  const within = pick(blockKey, 1, 6, 8) * DAY + 8 * 3600 + pick(blockKey, 2, 0, 8 * 3600);
  return pools.map((pool, index) => {
    const key = combine(blockKey, index);
    return { pool, index, block, key, period, replacedAt: index * FORTNIGHT + within };
  });
}

/** The newest replacement of the slot at or before `t`. */
export const replacementBefore = (slot: NodeSlot, t: number): number =>
  slot.replacedAt + Math.floor((t - slot.replacedAt) / slot.period) * slot.period;

/** The machine that serves the slot at instant `t`. */
export function machineAt(slot: NodeSlot, t: number): WorldNode {
  const servesFrom = replacementBefore(slot, t);
  const generation = Math.round((servesFrom - slot.replacedAt) / slot.period);
  return machine(slot, combine(slot.key, generation), servesFrom, servesFrom + slot.period);
}

function machine(slot: NodeSlot, key: number, servesFrom: number, servesTo: number): WorldNode {
  const { pool } = slot;
  const zone = pool.zones[slot.index % pool.zones.length]!;
  const internalIp = `10.${slot.block}.${slot.index}.${pick(key, 3, 4, 250)}`;
  const name = nodeName(pool, key, internalIp);
  return {
    name,
    uid: uuid(key, slot.key),
    slot,
    bornAt: servesFrom - JOINS_BEFORE,
    diesAt: servesTo + LEAVES_AFTER,
    servesFrom,
    servesTo,
    providerId: providerId(pool, key, zone, name),
    internalIp,
    instanceType: pool.instanceType,
    region: pool.region,
    zone,
    architecture: pool.architecture,
    cpuCapacity: pool.vcpus,
    memoryCapacity: pool.memoryGib * GIB,
    cpuAllocatable: pool.vcpus - RESERVED_CPU,
    memoryAllocatable: pool.memoryGib * GIB - RESERVED_MEMORY,
    labels: {
      kubernetes_io_arch: pool.architecture,
      kubernetes_io_hostname: name,
      kubernetes_io_os: 'linux',
      node_kubernetes_io_instance_type: pool.instanceType,
      topology_kubernetes_io_region: pool.region,
      topology_kubernetes_io_zone: zone,
      [pool.poolLabel[0]]: pool.poolLabel[1],
    },
    measured: pool.measured,
  };
}

function nodeName(pool: NodePool, key: number, ip: string): string {
  switch (pool.provider) {
    case 'aws':
      return `ip-${ip.replaceAll('.', '-')}.${pool.region}.compute.internal`;
    case 'gcp':
      return `gke-main-${pool.poolLabel[1]}-${hexDigits(key, 8)}-${nameSuffix(key, 4)}`;
    case 'azure':
      return `aks-general-${pick(key, 4, 10_000_000, 39_999_999)}-vmss${nameSuffix(key, 6)}`;
    case 'scaleway':
      return `scw-main-metered-${hexDigits(key, 10)}`;
  }
}

function providerId(pool: NodePool, key: number, zone: string, name: string): string {
  switch (pool.provider) {
    case 'aws':
      return `aws:///${zone}/i-0${hexDigits(key, 16)}`;
    case 'gcp':
      return `gce://greenkube-demo/${zone}/${name}`;
    case 'azure':
      return (
        `azure:///subscriptions/${uuid(1, 2)}/resourceGroups/mc_main_westeurope/providers/Microsoft.Compute/` +
        `virtualMachineScaleSets/${name.slice(0, -6)}/virtualMachines/${pick(key, 5, 0, 40)}`
      );
    case 'scaleway':
      return `scaleway://instance/${zone}/${uuid(key, 1)}`;
  }
}
