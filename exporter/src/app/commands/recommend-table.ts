/** Recommendations as a table for people, and as CSV. */
import { sumOf } from '../../domain/recommendations/claims.js';
import type { Details, Recommendation, Scan, YearlyAmounts } from '../../domain/recommendations/model.js';
import { csvCell } from '../../exposition/report/csv.js';
import { instant } from '../../pipeline/figures.js';
import { renderTable, type TableColumn } from '../cli/table.js';
import { humanCores, humanMass, humanMemory, humanMoney, humanShare } from '../cli/units.js';

/** What is listed, largest savings first, and the last scan of each cluster. */
export interface Listed {
  readonly recommendations: readonly Recommendation[];
  readonly scans: readonly Scan[];
}

const COLUMNS: readonly TableColumn[] = [
  ...['type', 'target', 'now', 'proposed'].map((name) => ({ name, align: 'left' as const })),
  ...['CO2e/year', 'at once', 'cost/year', 'confidence'].map((name) => ({ name, align: 'right' as const })),
  { name: 'id', align: 'left' },
];

export function tableOf({ recommendations, scans }: Listed): string {
  const rows = recommendations.map(cellsOf);
  const claimed = sumOf(recommendations.map((r) => r.savings.claimed));
  const immediate = sumOf(recommendations.map((r) => r.savings.immediate));
  const currency = recommendations.map((r) => r.savings.currency).find((c) => c !== '') ?? '';
  const total = [
    'total',
    '',
    '',
    '',
    humanMass(claimed.grams),
    humanMass(immediate.grams),
    money(claimed, currency),
    '',
    '',
  ];
  return `${scans.map(aboveOf).join('')}\n${renderTable(COLUMNS, [...rows, total])}\n${scans.map(belowOf).join('')}`;
}

const money = ({ cost }: YearlyAmounts, currency: string): string =>
  cost === null ? 'unknown' : humanMoney(cost, currency);

const aboveOf = ({ cluster, window, hours }: Scan): string =>
  `${cluster}: ${instant(window.from)} to ${instant(window.to)}, ${hours} whole hours of it known.\n`;

function belowOf({ cluster, totals, caveats }: Scan): string {
  const { realisable, removableNodes, currency } = totals;
  const nodes = removableNodes.length === 0 ? 'no node can go' : `${removableNodes.join(', ')} can go`;
  const had = `${humanMass(realisable.grams)} CO2e and ${money(realisable, currency)} a year can be had`;
  const blind = caveats.length === 0 ? '' : `not known: ${caveats.map(words).join(', ')}\n`;
  return `${cluster}: of all active ones ${had} when they are done: ${nodes}.\n${blind}`;
}

const words = (code: string): string =>
  code
    .replace(/_UNKNOWN$/, '')
    .toLowerCase()
    .replaceAll('_', ' ');

function cellsOf(r: Recommendation): string[] {
  const { claimed, immediate, currency } = r.savings;
  return [
    r.type,
    targetOf(r),
    detailsOf(r.current),
    detailsOf(r.proposed),
    humanMass(claimed.grams),
    humanMass(immediate.grams),
    money(claimed, currency),
    humanShare(r.confidence),
    r.id,
  ];
}

function targetOf({ target }: Recommendation): string {
  if (target.node !== '') return target.node;
  return [target.namespace, target.workload].filter((name) => name !== '').join('/');
}

/** Without bounds; numbers short, in the unit that fits in place of the one in the name. */
const detailsOf = (details: Details): string =>
  Object.entries(details)
    .filter(([name]) => !/_(?:low|high)$/.test(name))
    .map(([name, value]) => (typeof value === 'number' ? numberOf(name, value) : `${name}=${value}`))
    .join(' ');

const UNITS: readonly (readonly [suffix: string, human: (value: number) => string])[] = [
  ['_bytes', humanMemory],
  ['_cores', humanCores],
];

function numberOf(name: string, value: number): string {
  const [suffix, human] = UNITS.find(([end]) => name.endsWith(end)) ?? ['', null];
  return human === null
    ? `${name}=${Number(value.toPrecision(3))}`
    : `${name.slice(0, -suffix.length)}=${human(value)}`;
}

const CSV_COLUMNS = [
  'id',
  'cluster',
  'type',
  'status',
  'priority',
  'confidence',
  'namespace',
  'workload',
  'workload_type',
  'node',
  'co2e_grams_per_year',
  'co2e_grams_per_year_low',
  'co2e_grams_per_year_high',
  'immediate_co2e_grams_per_year',
  'cost_per_year',
  'currency',
  'current',
  'proposed',
  'first_seen',
  'last_seen',
] as const;

/** As the CSV of reports is written. */
export function csvOf({ recommendations }: Listed): string {
  const rows = recommendations.map((r) => csvCells(r).map(csvCell).join(','));
  return [CSV_COLUMNS.join(','), ...rows].map((line) => `${line}\n`).join('');
}

function csvCells(r: Recommendation): readonly (string | number | null)[] {
  const { namespace, workload, workloadType, node } = r.target;
  const { claimed, low, high, immediate, currency } = r.savings;
  return [
    ...[r.id, r.cluster, r.type, r.status, r.priority, r.confidence, namespace, workload, workloadType, node],
    ...[claimed.grams, low.grams, high.grams, immediate.grams, claimed.cost, currency],
    ...[JSON.stringify(r.current), JSON.stringify(r.proposed), instant(r.firstSeen), instant(r.lastSeen)],
  ];
}
