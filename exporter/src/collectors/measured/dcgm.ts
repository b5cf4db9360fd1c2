/**
 * NVIDIA's DCGM exporter: energy of each board since the driver was loaded, mJ. Read by `gpus.ts`, since its series also name
 * the pod that holds the board.
 */
import { MILLI, type Meter, type MeterRow } from './meter.js';

export const GPU_METER: Meter = {
  id: 'gpu',
  family: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
  kind: 'counter',
  unit: MILLI,
};

export const dcgm: MeterRow = { source: 'dcgm', idle: 'whole', meters: [GPU_METER], readings: [] };
