/**
 * Kepler before 0.10. `mode` splits each family into dynamic and idle, which add up to the whole. Where it found no sensor it
 * published the output of a trained model under the same names; kepler_node_info says so, and such series are left out. The
 * platform figure comes from the machine's own sensor (ACPI power meter, Redfish), which sits before the power supply.
 */
import { JOULES, PACKAGES_AND_DRAM, type Meter, type MeterRow } from './meter.js';

const MODELLED = '"none|estimator|.*model.*"';
const meter = (id: string, sensor: string): Meter => ({
  id,
  family: `kepler_node_${id}_joules_total`,
  kind: 'counter',
  unit: JOULES,
  unless: `kepler_node_info{${sensor}=~${MODELLED}}`,
});

export const keplerLegacy: MeterRow = {
  source: 'kepler-legacy',
  idle: 'whole',
  meters: [
    meter('package', 'components_power_source'),
    meter('dram', 'components_power_source'),
    meter('platform', 'platform_power_source'),
  ],
  readings: [PACKAGES_AND_DRAM, [{ scope: 'machine-wall', of: ['platform'] }]],
};
