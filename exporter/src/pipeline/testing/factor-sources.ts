/** The factors of this version without any configuration, for whatever computes or explains. */
import { createPerVcpuFootprints } from '../../collectors/boavizta/per-vcpu.js';
import { createYearlyIntensity } from '../../collectors/electricity-maps/yearly-mean.js';
import { createPriceTable } from '../../collectors/opencost/price-table.js';
import { createTables } from '../../data/tables.js';
import { settings } from '../../domain/testing/arbitrary.js';
import { gramsPerKwh } from '../../domain/units.js';
import type { FactorSources } from '../resolve-factors.js';

export const factorSources = (over: Partial<FactorSources> = {}): FactorSources => ({
  tables: createTables(),
  settings: settings(),
  intensity: createYearlyIntensity(gramsPerKwh(473)),
  embodied: createPerVcpuFootprints(null),
  prices: createPriceTable({ currency: 'USD', rows: [], cpuCoreHour: 0.03, ramGbHour: 0.004, own: false }),
  ...over,
});
