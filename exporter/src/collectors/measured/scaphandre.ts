/**
 * Scaphandre. Its host figure is RAPL's psys domain where the machine has one (everything behind the power supply that the
 * platform sees), else packages and memory; the psys family tells which. The gauge serves where the counter is not scraped.
 */
import { MICRO, type MeterRow } from './meter.js';

export const scaphandre: MeterRow = {
  source: 'scaphandre',
  idle: 'whole',
  meters: [
    { id: 'psys', family: 'scaph_host_rapl_psys_microjoules', kind: 'counter', unit: MICRO },
    { id: 'energy', family: 'scaph_host_energy_microjoules', kind: 'counter', unit: MICRO },
    { id: 'power', family: 'scaph_host_power_microwatts', kind: 'gauge', unit: MICRO },
  ],
  readings: [
    [
      { scope: 'machine-dc', of: ['psys'] },
      { scope: 'cpu+dram', of: ['energy'] },
      { scope: 'cpu+dram', of: ['power'] },
    ],
  ],
};
