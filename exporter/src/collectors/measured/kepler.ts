/**
 * Kepler from 0.10. Zones overlap (core lies in package, psys holds all), so exactly one is read, and dram beside it. Energy of a
 * node is active and idle together; that of pods is active only and is not used.
 */
import { JOULES, PACKAGES_AND_DRAM, type MeterRow } from './meter.js';

const family = 'kepler_node_cpu_joules_total';

export const kepler: MeterRow = {
  source: 'kepler',
  idle: 'whole',
  meters: [
    { id: 'package', family, kind: 'counter', unit: JOULES, where: 'zone="package"' },
    { id: 'dram', family, kind: 'counter', unit: JOULES, where: 'zone="dram"' },
  ],
  readings: [PACKAGES_AND_DRAM],
};
