/** A report as a table for people. */
import { ATTRIBUTION } from '../../data/grid-yearly.js';
import {
  co2eOf,
  energyOf,
  estimatedRatio,
  gramsOf,
  instant,
  isZero,
  moneyOf,
} from '../../pipeline/figures.js';
import type { Report, ReportHead, ReportRow } from '../../pipeline/report.js';
import type { Sums } from '../../ports/history.js';
import { renderTable, type TableColumn } from '../cli/table.js';
import { humanBand, humanMass, humanMoney, humanShare } from '../cli/units.js';

/** More than anybody reads; files have all rows. */
const MOST_ROWS = 1000;

/** The largest emitters first within each period, and the total. */
export async function tableOf({ head, periods }: Report): Promise<string> {
  const rows: ReportRow[] = [];
  let left = 0;
  for await (const period of periods) {
    const sorted = period.toSorted((a, b) => compare(co2eSum(b.sums), co2eSum(a.sums)));
    const room = MOST_ROWS - rows.length;
    rows.push(...sorted.slice(0, room));
    left += Math.max(0, sorted.length - room);
  }
  const more = left === 0 ? '' : `… and ${left} more rows; --output=csv has them all\n`;
  const total = totalRow(head);
  return `${aboveOf(head)}\n${renderTable(columnsOf(head), [...rows.map((row) => cellsOf(row, head)), total])}${more}\n${BELOW}`;
}

const co2eSum = (sums: Sums): bigint => sums.operational + sums.embodied;
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const BELOW = `CO2e: GHG Protocol scope 2 location-based (operational) and scope 3 category 1 (embodied); in brackets the band of uncertainty.
${ATTRIBUTION}
`;

function aboveOf({ range, coverage, total }: ReportHead): string {
  const estimated = estimatedRatio(total);
  const ofEnergy = estimated === null ? '' : `, ${humanShare(estimated)} of the energy is estimated`;
  return `${instant(range.from)} to ${instant(range.to)}: ${humanShare(coverage)} of it is known${ofEnergy}.\n`;
}

function columnsOf({ step, keyFields }: ReportHead): readonly TableColumn[] {
  const left = [...(step === null ? [] : ['period']), ...keyFields];
  const right = ['energy', 'CO2e', 'scope 2', 'scope 3', 'cost', 'known'];
  return [
    ...left.map((name) => ({ name, align: 'left' as const })),
    ...right.map((name) => ({ name, align: 'right' as const })),
  ];
}

function cellsOf({ bucket, key, sums, coverage }: ReportRow, { step, keyFields }: ReportHead): string[] {
  return [
    ...(step === null ? [] : [bucket.period]),
    ...keyFields.map((field) => key[field] ?? ''),
    ...figuresOf(sums, coverage),
  ];
}

function totalRow({ step, keyFields, total, coverage }: ReportHead): string[] {
  const keys = [...(step === null ? [] : ['']), ...keyFields.map(() => '')];
  return ['total', ...keys.slice(1), ...figuresOf(total, coverage)];
}

function figuresOf(sums: Sums, coverage: number): string[] {
  if (coverage === 0 && isZero(sums)) return ['unknown', 'unknown', '', '', '', humanShare(0)];
  return [
    humanBand(energyOf(sums), 'energy'),
    humanBand(co2eOf(sums), 'mass'),
    humanMass(gramsOf(sums.operational)),
    humanMass(gramsOf(sums.embodied)),
    sums.cost.map(({ currency, nano }) => humanMoney(moneyOf(nano), currency)).join(', '),
    humanShare(coverage),
  ];
}
