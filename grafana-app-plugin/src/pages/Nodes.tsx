/** The machines by grid zone, with the factors behind their figures and where each comes from. */
import { Stack, TextLink } from '@grafana/ui';
import type { NodeItem } from '../api/answers';
import { useApp } from '../app/context';
import { linkTo, parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { DataTable, type Column } from '../components/DataTable';
import { ExplainButton } from '../components/Explain';
import { Method } from '../components/Method';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Ready } from '../components/states';
import { page } from '../constants';
import { bytes, co2e, intensity, number } from '../format/quantity';
import { t } from '../i18n';

export function Nodes() {
  const { api, range } = useApp();
  const parameters = parametersOf(range);
  const found = useAsync(JSON.stringify(parameters), async () => {
    const [{ pages }, totals] = await Promise.all([
      api.all('/api/v1/nodes', parameters),
      api.all('/api/v1/totals', { ...parameters, by: ['cluster', 'node'] }),
    ]);
    const grams = new Map(
      totals.pages.flatMap(({ rows }) =>
        rows.map(({ key, co2e_grams: c }) => [`${key['cluster']}/${key['node']}`, c?.total ?? null] as const),
      ),
    );
    return { nodes: pages.flatMap(({ items }) => items), grams };
  });
  return (
    <Page
      title={t('nav.nodes', 'Nodes')}
      subTitle={t('nodes.about', 'Machines by grid zone, and what their figures rest on')}
    >
      <Ready of={found} empty={({ nodes }) => nodes.length === 0}>
        {({ nodes, grams }) => (
          <>
            {byZone(nodes).map(([zone, members]) => (
              <Section key={zone} title={zoneTitle(zone, members)}>
                <NodeTable name={zoneTitle(zone, members)} nodes={members} grams={grams} />
              </Section>
            ))}
          </>
        )}
      </Ready>
    </Page>
  );
}

function byZone(nodes: readonly NodeItem[]): readonly (readonly [string, readonly NodeItem[]])[] {
  const zones = new Map<string, NodeItem[]>();
  for (const node of nodes) zones.set(node.grid_zone, [...(zones.get(node.grid_zone) ?? []), node]);
  return [...zones].sort(([a], [b]) => (a < b ? -1 : 1));
}

const zoneTitle = (zone: string, nodes: readonly NodeItem[]): string =>
  t('nodes.zone', 'Grid zone {{zone}}: {{count}} nodes', { zone, count: nodes.length });

interface NodeTableProps {
  readonly name: string;
  readonly nodes: readonly NodeItem[];
  readonly grams: ReadonlyMap<string, number | null>;
}

function NameCell({ node }: { readonly node: NodeItem }) {
  const { cluster, name } = node;
  return (
    <Stack direction="row" gap={1} alignItems="center">
      <TextLink inline={false} href={linkTo(page('explore'), { cluster, node: name })}>
        {name}
      </TextLink>
      <ExplainButton figure={{ metric: 'co2e_grams', key: { cluster, node: name } }} of={name} />
    </Stack>
  );
}

const machineColumns = (): readonly Column<NodeItem>[] => [
  {
    id: 'type',
    header: t('nodes.type', 'Type'),
    value: (n) => n.instance_type,
    cell: (n) => n.instance_type,
  },
  {
    id: 'cpu',
    header: t('nodes.cpu', 'CPU'),
    value: (n) => n.cpu_capacity_cores,
    cell: (n) => number(n.cpu_capacity_cores),
    right: true,
  },
  {
    id: 'memory',
    header: t('nodes.memory', 'Memory'),
    value: (n) => n.memory_capacity_bytes,
    cell: (n) => bytes(n.memory_capacity_bytes),
    right: true,
  },
  {
    id: 'active',
    header: t('nodes.active', 'Runs'),
    value: (n) => (n.is_active ? 'yes' : 'no'),
    cell: (n) => (n.is_active ? t('nodes.yes', 'yes') : t('nodes.no', 'no')),
  },
];

/** What the figures rest on. */
const factorColumns = (): readonly Column<NodeItem>[] => [
  {
    id: 'method',
    header: t('column.method', 'Method'),
    value: (n) => n.method,
    cell: (n) => <Method method={n.method} />,
  },
  {
    id: 'profile',
    header: t('nodes.profile', 'Power model'),
    value: (n) => n.power_profile,
    cell: (n) => n.power_profile,
  },
  {
    id: 'pue',
    header: t('nodes.pue', 'PUE'),
    value: (n) => n.pue.value,
    cell: (n) => `${number(n.pue.value)} (${n.pue.source})`,
    right: true,
  },
  {
    id: 'intensity',
    header: t('nodes.intensity', 'Grid intensity'),
    value: (n) => n.intensity.grams_per_kwh,
    cell: (n) => `${intensity(n.intensity.grams_per_kwh)} (${n.intensity.source})`,
    right: true,
  },
  {
    id: 'embodied',
    header: t('nodes.embodied', 'Embodied'),
    value: (n) => n.embodied_emissions_kg * 1000,
    cell: (n) => co2e(n.embodied_emissions_kg * 1000),
    right: true,
  },
];

function NodeTable({ name, nodes, grams }: NodeTableProps) {
  const emitted = (n: NodeItem) => grams.get(`${n.cluster}/${n.name}`) ?? null;
  const first: readonly Column<NodeItem>[] = [
    { id: 'name', header: t('level.node', 'Node'), value: (n) => n.name, cell: (n) => <NameCell node={n} /> },
    {
      id: 'co2e',
      header: t('column.co2e', 'CO₂e'),
      value: emitted,
      cell: (n) => co2e(emitted(n)),
      right: true,
    },
  ];
  return (
    <DataTable
      name={name}
      rows={nodes}
      keyOf={(n) => `${n.cluster}/${n.name}`}
      sort={{ id: 'co2e', descending: true }}
      columns={[...first, ...machineColumns(), ...factorColumns()]}
    />
  );
}
