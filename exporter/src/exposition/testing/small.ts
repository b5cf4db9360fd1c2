/** One node, two pods of two workloads in one namespace, a measured second node without pods; figures easy to check by hand. */
import * as u from '../../domain/units.js';
import type { SnapshotInput } from '../metric-row.js';
import * as f from './fixtures.js';
import { SMALL_FINDINGS } from './small-findings.js';
import { SMALL_RECOMMENDED } from './small-recommendations.js';

const rows = [
  {
    ...f.pod('n1', 'shop', 'cart-1', 'cart', {
      energy: 3_000_000,
      operational: 50_000,
      embodied: 25_000,
      cost: 1_000_000,
    }),
    cpuRequest: u.cores(0.5),
    memoryRequest: u.bytes(200e6),
    cpuSeconds: u.cpuSeconds(60),
    memoryBytes: u.bytes(50e6),
  },
  f.pod('n1', 'shop', 'pay"1', 'pay', { energy: 1_500_000, operational: 25_000, embodied: 12_500 }),
  f.row('system', 'n1', { energy: u.millijoules(300_000) }),
  f.row('idle', 'n1', { energy: u.millijoules(1_200_000) }),
  f.row('idle', 'n2', { energy: u.millijoules(600_000) }),
];

const nodes = [
  f.nodeOf('n1', rows),
  f.nodeOf('n2', rows, {
    estimatedEnergy: u.millijoules(660_000),
    measuredEnergy: u.millijoules(600_000),
    measuredSource: 'kepler',
    meters: [],
    provenance: f.provenance({
      method: 'measured',
      gridZone: 'DE',
      intensity: u.gramsPerKwh(380.5),
      pue: 1.2,
    }),
  }),
];

const counters = {
  ...f.countersOf(
    [
      f.workload(0, 'shop', 'cart', 9_007_199_254_740_993n, {
        cost: [{ currency: 'EUR', nano: 1_500_000_000n }],
      }),
      f.workload(1, 'shop', 'pay', 1_500n, { method: 'measured' }),
      f.workload(2, 'gone', 'old', 5n, { lastSeen: u.epochSeconds(f.START - 2 * 86400) }),
    ],
    [
      {
        node: 'n1',
        lastSeen: f.START,
        energy: [
          { part: 'pods', method: 'estimated', millijoules: 4_500_000n },
          { part: 'idle', method: 'estimated', millijoules: 1_200_050n },
        ],
        operational: 75_000n,
        embodied: 37_500n,
      },
    ],
  ),
  restated: { 'intensity-found': 1_500_001n },
};

const counts = Array.from({ length: 15 }, (_, i) => (i === 3 ? 2 : i === 14 ? 1 : 0));

export const SMALL: SnapshotInput = f.snapshot({
  latest: f.result(nodes, rows),
  counters,
  findings: SMALL_FINDINGS,
  recommended: SMALL_RECOMMENDED,
  status: {
    ...f.IDLE_STATUS,
    modelErrors: [{ instanceType: 'm5.large', source: 'kepler:cpu+dram', ratio: 0.1 }],
    sources: [
      {
        name: 'prometheus',
        required: true,
        up: true,
        lastSuccess: f.AT,
        lastError: null,
        errors: { timeout: 2 },
        latency: null,
      },
      {
        name: 'opencost',
        required: false,
        up: null,
        lastSuccess: null,
        lastError: null,
        errors: {},
        latency: null,
      },
    ],
    pending: 3,
    lastCompleted: f.AT,
    phases: { ...f.IDLE_STATUS.phases, total: { counts, sum: 130.2 } },
    overruns: 1,
    rejectedSamples: { prometheus: { negative: 4 } },
  },
});
