/** The part of the map behind the cluster itself: its API, what runs in it and is not configured, and what it costs. */
import { createProbe } from '../collectors/discovery/index.js';
import { createKubernetesInventory, type KubernetesInventory } from '../collectors/kubernetes/index.js';
import { createOpenCost } from '../collectors/opencost/index.js';
import { createCosts, type Costs } from '../pipeline/costs.js';
import { createCostRevision, type CostRevision } from '../pipeline/costs-revision.js';
import type { StatusKeeper } from '../pipeline/status.js';
import { withInventory } from '../pipeline/with-inventory.js';
import type { Clock } from '../ports/clock.js';
import { withRevisionLabel } from '../domain/releases/revision.js';
import type { InventorySource } from '../ports/inventory-source.js';
import type { Ledger } from '../ports/ledger.js';
import type { Restating } from '../ports/restating.js';
import type { UsageSource } from '../ports/usage-source.js';
import type { Config } from './config.js';
import type { EngineLog } from './engine.js';
import { createLocator, Located, type Locator } from './locate.js';
import type { Mode } from './mode.js';

export interface ClusterDeps {
  readonly status: StatusKeeper;
  readonly clock: Clock;
  readonly log: EngineLog;
}

export interface ClusterParts {
  /** Null: the Kubernetes API is not used. Asking it is cheap: it is listed once and then watched. */
  readonly inventory: InventorySource | null;
  /** Null: nothing is looked for in the cluster. */
  readonly locator: Locator | null;
  /** Null: cost comes from prices alone. */
  readonly costs: Costs | null;
  /** The source with what the inventory knows. */
  enriched(usage: UsageSource): UsageSource;
  close(): Promise<void>;
}

/** The probe of one candidate; what does not answer within it is not what one wants to depend on. */
const PROBE_MS = 5000;

/** How soon OpenCost is looked for again, seconds: once a cycle, however many intervals that has. */
const LOOK_AGAIN = 240;

export function composeCluster(config: Config, mode: Mode, deps: ClusterDeps): ClusterParts {
  const { status, clock, log } = deps;
  const inventory = createInventory(config, mode);
  const locator =
    mode.discovery && inventory
      ? createLocator({ services: inventory, probe: createProbe({ timeoutMs: PROBE_MS }), log })
      : null;
  const bills = mode.source === 'demo' ? null : composeCosts(config, locator, deps);
  return {
    inventory,
    locator,
    costs: bills && bills.costs,
    enriched: (usage) =>
      inventory === null ? usage : withInventory({ usage, inventory, clock, status, log }),
    close: async () => {
      await Promise.all([inventory?.close(), bills?.close()]);
    },
  };
}

function createInventory(
  { kubernetes, labels }: Config,
  { kubernetes: access }: Mode,
): KubernetesInventory | null {
  return access === null
    ? null
    : createKubernetesInventory({
        access,
        timeout: kubernetes.timeout,
        labels: withRevisionLabel(labels),
      });
}

interface Bills {
  readonly costs: Costs;
  close(): Promise<void>;
}

/** Null: there is no OpenCost, and none can be found. */
function composeCosts(config: Config, locator: Locator | null, deps: ClusterDeps): Bills | null {
  const { url } = config.opencost;
  if (url !== null) return billsAt(url, config, deps);
  if (locator === null) return null;
  const located = new Located(locator, 'opencost', (found) => {
    const bills = billsAt(found.url, config, deps);
    deps.status.discovered('opencost', found.explanation);
    return bills;
  });
  let notBefore = -Infinity;
  const whenFound = async <T>(ask: (costs: Costs) => Promise<T>): Promise<T | null> => {
    const now = deps.clock.now();
    if (now < notBefore) return null;
    const bills = await located.get();
    if (bills.ok) return ask(bills.value.costs);
    notBefore = now + LOOK_AGAIN;
    return null;
  };
  const costs: Costs = {
    currency: config.prices.currency,
    of: (window, among) => whenFound((found) => found.of(window, among)),
    bill: (hour, signal) => whenFound((found) => found.bill(hour, signal)),
  };
  return { costs, close: () => located.close() };
}

function billsAt(url: string, config: Config, { status, clock, log }: ClusterDeps): Bills {
  const { opencost, prices, model } = config;
  const source = createOpenCost({
    url,
    verifyCerts: opencost.verifyCerts,
    currency: prices.currency,
    clock,
    log,
  });
  const costs = createCosts({ source, policy: model.idleAttribution, clock, status, log });
  return { costs, close: () => source.close() };
}

/** Bills that became final, told to the intervals of their hour. Null: there are none. */
export function composeCostRevision(
  config: Config,
  costs: Costs | null,
  ledger: Restating & Pick<Ledger, 'marks'>,
  clock: Clock,
): CostRevision | null {
  if (costs === null) return null;
  return createCostRevision({
    costs,
    ledger,
    policy: config.model.idleAttribution,
    step: config.time.step,
    clock,
  });
}
