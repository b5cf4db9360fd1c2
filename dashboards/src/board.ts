/** A dashboard from its parts, in the classic schema, which Grafana 12 and 13 both read. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type AnnotationQuery,
  type Dashboard,
  type DashboardLink,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { NAVIGATION, TAG } from './links.js';
import type { Variable } from './variables.js';

export interface BoardSpec {
  /** The last part of its uid and the name of its file. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Builder<Panel>[] }[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  readonly from?: string;
}

export interface Board {
  readonly name: string;
  readonly dashboard: Dashboard;
}

export function board(spec: BoardSpec): Board {
  const builder = new DashboardBuilder(`GreenKube / ${spec.title}`)
    .id(null)
    .uid(`greenkube-${spec.name}`)
    .description(spec.description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .time({ from: spec.from ?? 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...spec.variables])
    .links([...NAVIGATION]);
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  if (spec.annotations) builder.annotations([...spec.annotations]);
  const dashboard = builder.build();
  const { panels = [], links = [] } = dashboard;
  return { name: spec.name, dashboard: { ...dashboard, links: inSight(links), panels: numbered(panels) } };
}

/** The builder would put them into a menu. */
const inSight = (links: readonly DashboardLink[]): DashboardLink[] =>
  links.map(({ placement: _, ...link }) => link);

/** Ids that stay the same as long as the panels do: links to one panel hold. */
const numbered = (panels: NonNullable<Dashboard['panels']>): NonNullable<Dashboard['panels']> =>
  panels.map((panel, i) => ({ ...panel, id: i + 1 }));
