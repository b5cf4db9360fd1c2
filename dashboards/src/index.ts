/** All dashboards, in the order of their use. */
import type { Board } from './board.js';
import { exporter } from './boards/exporter.js';
import { grid } from './boards/grid.js';
import { namespace } from './boards/namespace.js';
import { nodes } from './boards/nodes.js';
import { overview } from './boards/overview.js';
import { recommendations } from './boards/recommendations.js';
import { workload } from './boards/workload.js';

export const BOARDS: readonly Board[] = [
  overview,
  namespace,
  workload,
  nodes,
  recommendations,
  grid,
  exporter,
];

/** The text of a dashboard's file. */
export const fileOf = ({ dashboard }: Board): string => `${JSON.stringify(dashboard, null, 2)}\n`;
