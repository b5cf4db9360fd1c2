/** node_exporter's rapl collector: one series a socket (`index`, `path`), which add up. Its counters wrap with the hardware's. */
import { JOULES, PACKAGES_AND_DRAM, type MeterRow } from './meter.js';

export const rapl: MeterRow = {
  source: 'rapl',
  idle: 'whole',
  meters: [
    { id: 'package', family: 'node_rapl_package_joules_total', kind: 'counter', unit: JOULES },
    { id: 'dram', family: 'node_rapl_dram_joules_total', kind: 'counter', unit: JOULES },
  ],
  readings: [PACKAGES_AND_DRAM],
};
