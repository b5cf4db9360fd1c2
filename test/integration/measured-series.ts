/** Series as the exporters of measured energy write them, a cluster for each thing that they can do. */
import type { WriteSeries } from '../servers/remote-write.js';

export const STEP = 300;
const SCRAPE = 15;
export const START = Date.UTC(2026, 0, 15, 10) / 1000;
export const END = START + 3 * STEP;
/** Scrapes, seconds from START, 4 s into each 15: from ten minutes before. */
const INSTANTS = Array.from({ length: (600 + 3 * STEP) / SCRAPE }, (_, i) => i * SCRAPE - 600 + 4);

type Labels = Readonly<Record<string, string>>;
/** Value at a time in seconds from START; null: no sample. */
type Value = (t: number) => number | null;

const series = (cluster: string, name: string, labels: Labels, value: Value): WriteSeries => ({
  labels: { __name__: name, cluster, ...labels },
  samples: INSTANTS.flatMap((t): [number, number][] => {
    const at = value(t);
    return at === null ? [] : [[(START + t) * 1000, at]];
  }),
});

const steady =
  (perSecond: number, from = 1e6): Value =>
  (t) =>
    from + perSecond * (t + 600);
const constant =
  (value: number): Value =>
  () =>
    value;

const NODES: readonly (readonly [name: string, ip: string])[] = [
  ['node-a', '10.0.0.1'],
  ['node-b.example.internal', '10.0.0.2'],
  ['node-c', '10.0.0.3'],
];
export const nodesOf = (cluster: string): WriteSeries[] =>
  NODES.map(([node, internal_ip]) =>
    series(cluster, 'kube_node_info', { job: 'kube-state-metrics', node, internal_ip }, constant(1)),
  );

const kepler = (cluster: string, node: string, zone: string, value: Value, more: Labels = {}): WriteSeries =>
  series(
    cluster,
    'kepler_node_cpu_joules_total',
    { job: 'kepler', instance: '10.8.0.1:28282', node_name: node, zone, path: zone, ...more },
    value,
  );
const RAPL = { job: 'node-exporter', instance: '10.0.0.1:9100', path: 'p' };
const rapl = (cluster: string, domain: string, labels: Labels, value: Value): WriteSeries =>
  series(cluster, `node_rapl_${domain}_joules_total`, { ...RAPL, ...labels }, value);
const ipmi = (cluster: string, instance: string, value: Value): WriteSeries =>
  series(cluster, 'ipmi_dcmi_power_consumption_watts', { job: 'ipmi', instance }, value);

const GPU = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';
const gpu = (cluster: string, uuid: string, labels: Labels, value: Value): WriteSeries =>
  series(
    cluster,
    GPU,
    { job: 'dcgm', instance: '10.8.0.9:9400', node: 'node-a', UUID: uuid, ...labels },
    value,
  );
const EXPORTER = {
  namespace: 'gpu-operator',
  pod: 'nvidia-dcgm-exporter-abcde',
  container: 'nvidia-dcgm-exporter',
};
/** mJ/s of a board that draws 300 W. */
const BOARD = 300_000;

export const CLUSTERS: Readonly<Record<string, readonly WriteSeries[]>> = {
  zones: [
    kepler('zones', 'node-a', 'package', steady(50)),
    kepler('zones', 'node-a', 'core', steady(40)),
    kepler('zones', 'node-a', 'psys', steady(90)),
    kepler('zones', 'node-a', 'dram', steady(10)),
    // No memory domain, as AMD's processors.
    kepler('zones', 'node-c', 'package', steady(70)),
  ],
  sockets: [
    rapl('sockets', 'package', { index: '0' }, steady(40)),
    rapl('sockets', 'package', { index: '1', path: 'q' }, steady(30)),
    rapl('sockets', 'dram', { index: '0' }, steady(5)),
    // The same machine scraped by a second job.
    rapl('sockets', 'package', { index: '0', job: 'node-exporter-2' }, steady(40)),
    rapl('sockets', 'package', { index: '1', path: 'q', job: 'node-exporter-2' }, steady(30)),
    rapl('sockets', 'dram', { index: '0', job: 'node-exporter-2' }, steady(5)),
  ],
  moved: [
    // The exporter's pod is replaced in the middle of the second interval.
    kepler('moved', 'node-a', 'package', (t) => (t < 450 ? steady(50)(t) : null), { instance: '10.8.0.1:1' }),
    kepler('moved', 'node-a', 'package', (t) => (t < 450 ? null : steady(50)(t)), { instance: '10.8.0.2:1' }),
  ],
  sentinels: [
    // Second interval: "no value" of the sensor. Third: not yet ready.
    ipmi('sentinels', 'node-a', (t) => (t > 420 && t < 435 ? 65_535 : t > 700 && t < 715 ? 0 : 300)),
    ipmi('sentinels', 'node-c', (t) => (t > 100 && t < 115 ? 4_294_967_295 : 310)),
    ipmi('sentinels', '192.0.2.7:9290', constant(250)),
  ],
  counters: [
    // A counter of 32 bits of microjoules that wraps in the second interval.
    series(
      'counters',
      'scaph_host_energy_microjoules',
      { job: 'scaphandre', instance: '10.0.0.1:8080' },
      (t) => (8e6 * (t - 450) + 3 * 2 ** 32) % 2 ** 32,
    ),
    kepler('counters', 'node-c', 'package', (t) => (t < 400 ? steady(50)(t) : steady(50, 0)(t - 1000))),
    kepler('counters', 'node-b.example.internal', 'package', constant(5e5)),
  ],
  gaps: [
    // Half of the second interval is missing; one scrape of the third.
    kepler('gaps', 'node-a', 'package', (t) =>
      (t > 380 && t < 540) || (t > 700 && t < 715) ? null : steady(50)(t),
    ),
    ipmi('gaps', 'node-a', (t) => (t > 380 && t < 540 ? null : 200)),
  ],
  legacy: [
    ...(['dynamic', 'idle'] as const).flatMap((mode) =>
      (
        [
          ['10.0.0.1:9102', 'node-a', 'rapl-sysfs', 'acpi'],
          ['10.0.0.3:9102', 'node-c', 'estimator', 'none'],
        ] as const
      ).flatMap(([instance, exported_instance, components, platform]) => {
        const target = { job: 'kepler', instance, exported_instance, mode };
        const { mode: _, ...info } = target;
        return [
          series('legacy', 'kepler_node_package_joules_total', { ...target, package: '0' }, steady(20)),
          series('legacy', 'kepler_node_dram_joules_total', { ...target, package: '0' }, steady(4)),
          series('legacy', 'kepler_node_platform_joules_total', target, steady(60)),
          ...(mode === 'idle'
            ? [
                series(
                  'legacy',
                  'kepler_node_info',
                  { ...info, components_power_source: components, platform_power_source: platform },
                  constant(1),
                ),
              ]
            : []),
        ];
      }),
    ),
  ],
  others: [
    series('others', 'scaph_host_energy_microjoules', { job: 's', instance: '10.0.0.1:8080' }, steady(60e6)),
    series(
      'others',
      'scaph_host_rapl_psys_microjoules',
      { job: 's', instance: '10.0.0.1:8080' },
      steady(60e6),
    ),
    series('others', 'scaph_host_power_microwatts', { job: 's', instance: '10.0.0.3:8080' }, constant(45e6)),
    series(
      'others',
      'ceems_rapl_package_joules_total',
      { job: 'c', hostname: 'node-b', instance: 'x:1' },
      steady(55),
    ),
    series(
      'others',
      'ceems_redfish_current_watts',
      { job: 'c', hostname: 'node-b', instance: 'x:1', chassis: '1' },
      constant(180),
    ),
    series(
      'others',
      'ceems_redfish_current_watts',
      { job: 'c', hostname: 'node-b', instance: 'x:1', chassis: 'enclosure' },
      constant(20),
    ),
  ],
  renamed: [
    gpu(
      'renamed',
      'GPU-1',
      { ...EXPORTER, exported_namespace: 'ml', exported_pod: 'train-0' },
      steady(BOARD),
    ),
    ...['infer-0', 'infer-1'].map((pod) =>
      gpu('renamed', 'GPU-2', { ...EXPORTER, exported_namespace: 'ml', exported_pod: pod }, steady(BOARD)),
    ),
    gpu('renamed', 'GPU-3', EXPORTER, steady(BOARD / 10)),
  ],
  honoured: [
    // One pod hands its board over to the next in the middle of the second interval.
    gpu('honoured', 'GPU-1', { namespace: 'ml', pod: 'a' }, (t) => (t < 450 ? steady(BOARD)(t) : null)),
    gpu('honoured', 'GPU-1', { namespace: 'ml', pod: 'b' }, (t) => (t < 450 ? null : steady(BOARD)(t))),
    gpu('honoured', 'GPU-2', EXPORTER, steady(BOARD / 10)),
  ],
};
