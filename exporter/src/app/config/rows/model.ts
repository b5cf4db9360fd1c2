/** Keys of the calculation: energy, PUE, measured energy, and the thresholds of the recommendations. */
import { optional, withDefault } from '../row.js';
import { boolean, byteSize, choice, decimal, integer, list, orWord, path } from '../value-type.js';

/** Providers a node can be recognised as (domain/provider.ts); each has a PUE_<NAME> key. */
export const PROVIDERS = [
  'aws',
  'gcp',
  'azure',
  'ovh',
  'scaleway',
  'digitalocean',
  'hetzner',
  'ibm',
  'oracle',
  'alibaba',
  'linode',
  'vultr',
  'civo',
  'exoscale',
  'upcloud',
  'equinix',
] as const;

/** PUE of a site: 1 is the physical floor; above 3 no published figure is found. */
const pue = () => decimal({ min: 1, max: 3 }, '1.2');

type PueKey = `PUE_${Uppercase<(typeof PROVIDERS)[number]>}`;
const pueRow = (provider: string) => optional(pue(), `PUE of nodes at ${provider}; wins over the table.`);
const pueByProvider = Object.fromEntries(
  PROVIDERS.map((provider) => [`PUE_${provider.toUpperCase()}`, pueRow(provider)]),
) as Record<PueKey, ReturnType<typeof pueRow>>;

export const energy = {
  POWER_COEFFICIENTS: withDefault(
    choice('family', 'provider'),
    'family',
    'Power per vCPU by CPU family of the instance type, or the mean of the provider.',
  ),
  POWER_CURVE: withDefault(choice('concave', 'linear'), 'concave', 'How power rises with utilisation.'),
  POWER_PROFILES_FILE: optional(
    path(),
    'JSON file of your own power profiles, see below; they win over all tables.',
  ),
  IDLE_ATTRIBUTION: withDefault(
    choice('reserved', 'proportional'),
    'reserved',
    'Idle power to pods by what they reserve, the rest to an idle row; or all of it to pods by CPU use.',
  ),
  CLOUD_PROVIDER: withDefault(
    choice('unknown', ...PROVIDERS),
    'unknown',
    'Provider of nodes that name none.',
  ),
  DEFAULT_PUE: withDefault(
    pue(),
    '1.56',
    'PUE where the provider is not known; the mean of the Uptime Institute survey.',
  ),
  PUE: optional(pue(), 'PUE of every node; wins over all others.'),
  ...pueByProvider,
  MEASURED_SOURCES: withDefault(
    orWord(list(choice('kepler', 'kepler-legacy', 'scaphandre', 'rapl', 'ceems', 'ipmi', 'dcgm')), 'auto'),
    'auto',
    'Sources of measured energy to use; auto uses all that are found.',
  ),
  MEASURED_SCOPE: withDefault(
    list(choice('cpu', 'cpu+dram', 'machine-dc', 'machine-wall')),
    'cpu+dram,machine-dc,machine-wall',
    'Scopes of a measurement that may replace the estimate.',
  ),
  PUE_CONTAINS_POWER_SUPPLY: withDefault(
    boolean(),
    'false',
    'The PUE counts from behind the power supplies: a meter at the wall has seen their loss already, which is taken out of it.',
  ),
  CALIBRATE: withDefault(
    boolean(),
    'false',
    'Fit the power model to measured nodes and apply it to unmeasured ones.',
  ),
  PRESET: optional(
    choice('greenkube-0.2'),
    'Several keys at once. greenkube-0.2: the figures of GreenKube 0.2, by POWER_COEFFICIENTS=provider, POWER_CURVE=linear, IDLE_ATTRIBUTION=proportional, no row for the system and DEFAULT_PUE=1.3 unless set.',
  ),
};

const share = () => decimal({ min: 0, max: 1 });

export const analysis = {
  RECOMMENDATION_LOOKBACK_DAYS: withDefault(
    integer({ min: 1, max: 90 }),
    '7',
    'Days that recommendations look at.',
  ),
  RECOMMEND_SYSTEM_NAMESPACES: withDefault(boolean(), 'false', 'Call system namespaces idle too.'),
  RIGHTSIZING_CPU_THRESHOLD: withDefault(
    share(),
    '0.3',
    'Mean CPU use / request below which a request is too large.',
  ),
  RIGHTSIZING_MEMORY_THRESHOLD: withDefault(
    share(),
    '0.3',
    'Mean memory use / request below which a request is too large.',
  ),
  RIGHTSIZING_HEADROOM: withDefault(
    decimal({ min: 1, max: 10 }),
    '1.2',
    'Factor put on the use to get a new request.',
  ),
  ZOMBIE_COST_THRESHOLD: withDefault(
    decimal({ min: 0, max: 1_000_000 }),
    '0.01',
    'Cost in the window, in the currency, above which a workload can be a zombie.',
  ),
  ZOMBIE_ENERGY_THRESHOLD: withDefault(
    decimal({ min: 0, max: 1e12 }),
    '1000',
    'Joules in the window below which a workload can be a zombie.',
  ),
  AUTOSCALING_CV_THRESHOLD: withDefault(
    decimal({ min: 0, max: 100 }),
    '0.7',
    'Coefficient of variation of CPU use above which to scale automatically.',
  ),
  AUTOSCALING_SPIKE_RATIO: withDefault(
    decimal({ min: 1, max: 1000 }),
    '3',
    'Largest / mean CPU use above which to scale automatically.',
  ),
  OFF_PEAK_IDLE_THRESHOLD: withDefault(share(), '0.05', 'Share of peak CPU use below which an hour is idle.'),
  OFF_PEAK_MIN_IDLE_HOURS: withDefault(
    integer({ min: 1, max: 24 }),
    '4',
    'Idle hours in a row that make an off-peak time.',
  ),
  IDLE_NAMESPACE_ENERGY_THRESHOLD: withDefault(
    decimal({ min: 0, max: 1e12 }),
    '1000',
    'Joules in the window below which a namespace is idle.',
  ),
  CARBON_AWARE_THRESHOLD: withDefault(
    decimal({ min: 1, max: 100 }),
    '1.5',
    'Carbon intensity over that of the best hours, above which to move a job.',
  ),
  NODE_UTILIZATION_THRESHOLD: withDefault(
    share(),
    '0.2',
    'CPU and memory use below which a node is too large.',
  ),
  RECOMMENDATION_MIN_CPU_MILLICORES: withDefault(
    integer({ min: 1, max: 1_000_000 }),
    '10',
    'Smallest CPU request that is recommended, millicores.',
  ),
  RECOMMENDATION_MIN_MEMORY_BYTES: withDefault(
    byteSize({ min: 1, max: 1024 ** 4 }),
    '16MiB',
    'Smallest memory request that is recommended.',
  ),
  RECOMMENDATION_APPLY_TOLERANCE: withDefault(
    share(),
    '0.25',
    'How far from the recommended request a new one may be and count as applied.',
  ),
  BUDGETS_FILE: optional(path(), 'JSON file of carbon, energy and cost budgets, see below.'),
  SCI_FILE: optional(path(), 'JSON file of the units of work for Software Carbon Intensity, see below.'),
};
