/** What the platform team runs: daemons on every node, ingress, DNS and the monitoring stack. */
import { consumers } from './shapes.js';
import { inNamespace, type WorkloadPlan } from './workload-plan.js';

const PARIS = 'Europe/Paris';
const CHICAGO = 'America/Chicago';
const STEADY = { kind: 'steady', level: 0.8 } as const;
const QUIET = { received: [200, 4_000], transmitted: [200, 9_000] } as const;
const EVERYWHERE = { place: 'paris', controller: { kind: 'DaemonSet' }, shape: STEADY, noise: 0.4 } as const;

const kubeSystem = inNamespace('kube-system', 'platform', 'cc-9000', [
  {
    ...EVERYWHERE,
    name: 'cilium',
    cpu: [0.02, 0.04],
    cpuRequest: 0.1,
    memory: [170, 40],
    memoryRequest: 256,
    releaseDays: 42,
  },
  {
    ...EVERYWHERE,
    name: 'kube-proxy',
    cpu: [0.004, 0.012],
    cpuRequest: 0.03,
    memory: [28, 8],
    memoryRequest: 64,
    ...QUIET,
    releaseDays: 63,
  },
  {
    name: 'coredns',
    place: 'paris',
    controller: { kind: 'Deployment', replicas: 3 },
    shape: consumers(PARIS),
    cpu: [0.01, 0.09],
    cpuRequest: 0.1,
    memory: [40, 24],
    memoryRequest: 70,
    releaseDays: 50,
  },
  {
    name: 'metrics-server',
    place: 'amsterdam',
    controller: { kind: 'Deployment', replicas: 1 },
    shape: STEADY,
    cpu: [0.01, 0.06],
    cpuRequest: 0.1,
    memory: [80, 30],
    memoryRequest: 200,
    releaseDays: 40,
  },
]);

const monitoring = inNamespace('monitoring', 'platform', 'cc-9000', [
  {
    ...EVERYWHERE,
    name: 'node-exporter',
    cpu: [0.004, 0.016],
    cpuRequest: 0.03,
    memory: [18, 6],
    memoryRequest: 48,
    ...QUIET,
    releaseDays: 56,
  },
  {
    ...EVERYWHERE,
    name: 'fluent-bit',
    cpu: [0.006, 0.03],
    cpuRequest: 0.05,
    memory: [40, 24],
    memoryRequest: 128,
    read: [500, 60_000],
    releaseDays: 21,
  },
  {
    name: 'prometheus',
    place: 'paris',
    controller: { kind: 'StatefulSet', replicas: 2 },
    shape: STEADY,
    cpu: [0.1, 0.4],
    cpuRequest: 0.5,
    memory: [2_100, 500],
    memoryRequest: 3_072,
    received: [2_000, 900_000],
    written: [5_000, 700_000],
    volume: { gib: 150, media: 'ssd', storageClass: 'gp3' },
    releaseDays: 32,
  },
  {
    name: 'grafana',
    place: 'paris',
    controller: { kind: 'Deployment', replicas: 1 },
    shape: STEADY,
    cpu: [0.01, 0.08],
    cpuRequest: 0.1,
    memory: [130, 40],
    memoryRequest: 256,
    releaseDays: 18,
  },
  {
    name: 'alertmanager',
    place: 'amsterdam',
    controller: { kind: 'StatefulSet', replicas: 2 },
    shape: STEADY,
    cpu: [0.004, 0.01],
    cpuRequest: 0.025,
    memory: [36, 8],
    memoryRequest: 96,
    ...QUIET,
    volume: { gib: 2, media: 'ssd', storageClass: 'managed-csi' },
    releaseDays: 36,
  },
  {
    name: 'kube-state-metrics',
    place: 'amsterdam',
    controller: { kind: 'Deployment', replicas: 1 },
    shape: STEADY,
    cpu: [0.01, 0.04],
    cpuRequest: 0.1,
    memory: [90, 30],
    memoryRequest: 192,
    ...QUIET,
    releaseDays: 48,
  },
]);

const ingress = inNamespace('ingress', 'platform', 'cc-9000', [
  {
    name: 'nginx-eu',
    place: 'paris',
    controller: { kind: 'Deployment', replicas: 3 },
    shape: consumers(PARIS),
    cpu: [0.02, 0.35],
    cpuRequest: 0.3,
    memory: [150, 80],
    memoryRequest: 256,
    received: [2_000, 1_500_000],
    transmitted: [2_000, 6_000_000],
    releaseDays: 16,
  },
  {
    name: 'nginx-us',
    place: 'iowa',
    controller: { kind: 'Deployment', replicas: 2 },
    shape: consumers(CHICAGO),
    cpu: [0.02, 0.35],
    cpuRequest: 0.3,
    memory: [150, 80],
    memoryRequest: 256,
    received: [2_000, 1_500_000],
    transmitted: [2_000, 6_000_000],
    releaseDays: 16,
  },
]);

export const PLATFORM: readonly WorkloadPlan[] = [...kubeSystem, ...monitoring, ...ingress];
