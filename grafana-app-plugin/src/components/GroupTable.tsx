/** Groups with their figures and bands, each leading on to what it is made of. */
import { Stack, TextLink } from '@grafana/ui';
import type { Key, Level, TotalsRow } from '../api/answers';
import { linkTo } from '../app/range';
import { page } from '../constants';
import { change, co2e, cost, energy, UNKNOWN } from '../format/quantity';
import { groupName } from '../frames/series';
import { isShare, shareName } from '../frames/shares';
import { t } from '../i18n';
import { Band } from './Band';
import { DataTable, type Column } from './DataTable';
import { ExplainButton } from './Explain';
import { MethodShare } from './Method';

interface GroupTableProps {
  readonly name: string;
  readonly rows: readonly TotalsRow[];
  readonly level: Level;
  /** Emissions of the period before by group name; null: not compared. */
  readonly before: ReadonlyMap<string, number> | null;
}

const label = (key: Key, level: Level): string => shareName(key[level] ?? '');

/** A pod leads on to its node; everything else to its parts. */
function leadsTo(key: Key, level: Level): string {
  const { workload_type: _, pod: _pod, node, ...scope } = key;
  if (level === 'pod') return linkTo(page('explore'), { node });
  return linkTo(page('explore'), level === 'node' ? { cluster: key['cluster'], node } : scope);
}

const HEADERS: Readonly<Record<Level, () => string>> = {
  cluster: () => t('level.cluster', 'Cluster'),
  namespace: () => t('level.namespace', 'Namespace'),
  workload: () => t('level.workload', 'Workload'),
  pod: () => t('level.pod', 'Pod'),
  node: () => t('level.node', 'Node'),
};
export const levelName = (level: Level): string => HEADERS[level]();

const grams = (row: TotalsRow): number | null => row.co2e_grams?.total ?? null;

function changeOf(row: TotalsRow, before: GroupTableProps['before']): number | null {
  const earlier = before?.get(groupName(row.key));
  const now = grams(row);
  return earlier && now !== null ? now / earlier - 1 : null;
}

function NameCell({ row, level }: { readonly row: TotalsRow; readonly level: Level }) {
  const name = label(row.key, level);
  return (
    <Stack direction="row" gap={1} alignItems="center">
      {isShare(row.key) ? (
        name
      ) : (
        <TextLink href={leadsTo(row.key, level)} inline={false}>
          {name}
        </TextLink>
      )}
      <ExplainButton figure={{ metric: 'co2e_grams', key: row.key }} of={name} />
    </Stack>
  );
}

/** What tells the groups apart, and their emissions. */
function firstColumns(level: Level, max: number): readonly Column<TotalsRow>[] {
  const node = (row: TotalsRow) => row.key['node'] ?? '';
  return [
    {
      id: 'name',
      header: levelName(level),
      value: (row) => label(row.key, level),
      cell: (row) => <NameCell row={row} level={level} />,
    },
    ...(level === 'pod' ? [{ id: 'node', header: levelName('node'), value: node, cell: node }] : []),
    {
      id: 'co2e',
      header: t('column.co2e', 'CO₂e'),
      value: grams,
      cell: (row) => co2e(grams(row)),
      right: true,
    },
    {
      id: 'band',
      header: t('column.band', 'Band'),
      cell: ({ co2e_grams: c }) => (
        <Band value={c?.total} low={c?.low} high={c?.high} max={max} format={co2e} />
      ),
    },
  ];
}

const otherColumns = (): readonly Column<TotalsRow>[] => [
  {
    id: 'energy',
    header: t('column.energy', 'Energy'),
    value: (row) => row.energy_joules ?? null,
    cell: (row) => energy(row.energy_joules),
    right: true,
  },
  {
    id: 'cost',
    header: t('column.cost', 'Cost'),
    value: (row) => row.cost?.[0]?.amount ?? null,
    cell: (row) => cost(row.cost),
    right: true,
  },
  {
    id: 'method',
    header: t('column.method', 'Method'),
    value: (row) => row.estimated_ratio,
    cell: (row) => (row.estimated_ratio === null ? UNKNOWN : <MethodShare estimated={row.estimated_ratio} />),
  },
];

export function GroupTable({ name, rows, level, before }: GroupTableProps) {
  const max = rows.reduce((most, row) => Math.max(most, row.co2e_grams?.high ?? 0), 0);
  const changed: Column<TotalsRow> = {
    id: 'change',
    header: t('column.change', 'Change'),
    value: (row) => changeOf(row, before),
    cell: (row) => change(changeOf(row, before)),
    right: true,
  };
  return (
    <DataTable
      name={name}
      columns={[...firstColumns(level, max), ...(before ? [changed] : []), ...otherColumns()]}
      rows={rows}
      keyOf={({ key }) => JSON.stringify(key)}
      sort={{ id: 'co2e', descending: true }}
    />
  );
}
