/** Every source that can be read, in the order in which they are asked. */
import type { MeterSource } from '../../ports/measured-source.js';
import { ceems } from './ceems.js';
import { dcgm } from './dcgm.js';
import { ipmi } from './ipmi.js';
import { kepler } from './kepler.js';
import { keplerLegacy } from './kepler-legacy.js';
import type { MeterRow } from './meter.js';
import { rapl } from './rapl.js';
import { scaphandre } from './scaphandre.js';

const ROWS: readonly MeterRow[] = [kepler, keplerLegacy, scaphandre, rapl, ceems, ipmi, dcgm];

export const rowsOf = (sources: 'auto' | readonly MeterSource[]): readonly MeterRow[] =>
  sources === 'auto' ? ROWS : ROWS.filter((row) => sources.includes(row.source));
