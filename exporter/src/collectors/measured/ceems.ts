/**
 * CEEMS: RAPL counters, and the machine's power at its supplies by IPMI DCMI or Redfish. The DCMI family was renamed in 0.7
 * (power_current); Redfish repeats the machine in several chassis, of which the largest counts.
 */
import { JOULES, PACKAGES_AND_DRAM, WATTS, type MeterRow } from './meter.js';

export const ceems: MeterRow = {
  source: 'ceems',
  idle: 'whole',
  meters: [
    { id: 'package', family: 'ceems_rapl_package_joules_total', kind: 'counter', unit: JOULES },
    { id: 'dram', family: 'ceems_rapl_dram_joules_total', kind: 'counter', unit: JOULES },
    { id: 'dcmi', family: 'ceems_ipmi_dcmi_current_watts', kind: 'gauge', unit: WATTS },
    { id: 'dcmi-renamed', family: 'ceems_ipmi_dcmi_power_current_watts', kind: 'gauge', unit: WATTS },
    { id: 'redfish', family: 'ceems_redfish_current_watts', kind: 'gauge', unit: WATTS },
  ],
  readings: [
    PACKAGES_AND_DRAM,
    [
      { scope: 'machine-wall', of: ['dcmi'] },
      { scope: 'machine-wall', of: ['dcmi-renamed'] },
      { scope: 'machine-wall', of: ['redfish'] },
    ],
  ],
};
