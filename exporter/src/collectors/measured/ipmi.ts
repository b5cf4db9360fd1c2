/** ipmi_exporter: what the board's controller reads at the power supplies. */
import { WATTS, type MeterRow } from './meter.js';

export const ipmi: MeterRow = {
  source: 'ipmi',
  idle: 'whole',
  meters: [{ id: 'dcmi', family: 'ipmi_dcmi_power_consumption_watts', kind: 'gauge', unit: WATTS }],
  readings: [[{ scope: 'machine-wall', of: ['dcmi'] }]],
};
