/**
 * Memory that exporting a year of daily rows of 5 000 pods takes above idle, for each format:
 * `node test/dist/test/bench/report-memory.js csv`. The past is made up behind the port of history, so that the figure is of
 * the report alone, and the file is thrown away as fast as it is made. The goal is 200 MiB.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type * as Units from '../../exporter/src/domain/units.js';
import type * as Encode from '../../exporter/src/exposition/report/encode.js';
import type * as Report from '../../exporter/src/pipeline/report.js';
import type { ReportFormat } from '../../exporter/src/pipeline/report.js';
import type { Group, History, Sums, Totals, TotalsQuery } from '../../exporter/src/ports/history.js';
import { built } from './built.js';

const { epochSeconds, ratio, seconds } = await built<typeof Units>('domain/units.js');
const { encodeReport } = await built<typeof Encode>('exposition/report/encode.js');
const { openReport, REPORT_FORMATS } = await built<typeof Report>('pipeline/report.js');

const PODS = 5000;
const DAYS = 365;
const FROM = Date.UTC(2025, 0, 1) / 1000;
const MIB = 2 ** 20;

/** Amounts of the size of a pod's day. */
function sumsOf(n: number): Sums {
  const energy = BigInt(50_000_000 + n * 7919);
  const wide = energy * 150n;
  return {
    energy,
    estimatedEnergy: energy,
    operational: energy / 9n,
    embodied: energy / 40n,
    cost: [{ currency: 'USD', nano: energy }],
    weighted: {
      energyPowerLo: wide,
      energyPowerHi: wide,
      operationalPowerLo: wide,
      operationalPowerHi: wide,
      operationalPue: wide,
      operationalIntensityLo: wide,
      operationalIntensityHi: wide,
      embodiedLo: wide,
      embodiedHi: wide,
    },
  };
}

function totals({ range, by }: TotalsQuery): Promise<Totals> {
  const day = Math.floor(range.from / 86_400);
  const groups: Group[] = Array.from({ length: by.length === 0 ? 1 : PODS }, (_, n) => ({
    key: {
      cluster: 'bench',
      namespace: `team-${n % 50}`,
      pod: `service-${n % 500}-${day.toString(36)}-${n}`,
    },
    sums: sumsOf(n + day),
    coverage: ratio(1),
  }));
  return Promise.resolve({ groups, total: sumsOf(0), coverage: ratio(1) });
}

async function measure(format: ReportFormat): Promise<object> {
  const history = { totals } as History;
  const range = { from: epochSeconds(FROM), to: epochSeconds(FROM + DAYS * 86_400) };
  const idle = process.memoryUsage.rss();
  const began = performance.now();
  const report = await openReport(history, {
    range,
    by: ['pod'],
    filters: {},
    step: 'day',
    ledgerStep: seconds(300),
  });
  const hash = createHash('sha256');
  let [peak, bytes] = [idle, 0];
  for await (const chunk of encodeReport(report, format).chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    peak = Math.max(peak, process.memoryUsage.rss());
    await nextTurn();
  }
  return {
    format,
    rows: PODS * DAYS,
    mib: Math.round(bytes / MIB),
    seconds: Math.round((performance.now() - began) / 100) / 10,
    idle_rss_mib: Math.round(idle / MIB),
    rss_above_idle_mib: Math.round((peak - idle) / MIB),
  };
}

const asked = process.argv[2];
const format = REPORT_FORMATS.find((name) => name === asked);
if (!format) throw new Error(`name one of ${REPORT_FORMATS.join(', ')}`);
process.stdout.write(`${JSON.stringify(await measure(format))}\n`);
