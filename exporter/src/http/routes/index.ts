/** The routing table: what is not listed here does not exist. A new resource is a new file and a line here. */
import { health } from './health.js';
import { landing } from './landing.js';
import { livez } from './livez.js';
import { compatMetrics, metrics } from './metrics.js';
import { namespaces } from './namespaces.js';
import { nodes } from './nodes.js';
import { readyz } from './readyz.js';
import type { Route } from './route.js';
import { series } from './series.js';
import { totals } from './totals.js';
import { version } from './version.js';

export const ROUTES: readonly Route[] = [
  landing,
  livez,
  readyz,
  metrics,
  compatMetrics,
  health,
  version,
  totals,
  series,
  nodes,
  namespaces,
];
