/** Keys of what is read from elsewhere: usage, inventory, cost, grid, embodied emissions. */
import { WORLD_INTENSITY } from '../../../data/grid-yearly.js';
import { DEFAULT_PRICES } from '../../../domain/cost/node-cost.js';
import { optional, withDefault } from '../row.js';
import {
  boolean,
  byteSize,
  choice,
  decimal,
  duration,
  integer,
  list,
  orWord,
  path,
  secret,
  text,
  token,
} from '../value-type.js';
import { url } from '../url-type.js';
import { TIMEOUT } from './service.js';

const MATCHER = String.raw`[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\\n]|\\.)*"`;
const MATCHERS = new RegExp(`^${MATCHER}(?:\\s*,\\s*${MATCHER})*$`);

export const prometheus = {
  PROMETHEUS_URL: optional(
    url(),
    'Server with the Prometheus query API: Prometheus, Thanos, Mimir, VictoriaMetrics.',
  ),
  PROMETHEUS_BEARER_TOKEN: optional(token(), 'Bearer token sent to it.'),
  PROMETHEUS_USERNAME: optional(
    text(/^[^:\p{Cc}]{1,256}$/u, 'a user name without a colon', 'greenkube'),
    'User for basic authentication.',
  ),
  PROMETHEUS_PASSWORD: optional(
    secret(/^[^\p{Cc}]{1,4096}$/u, 'characters that can be printed'),
    'Password of PROMETHEUS_USERNAME.',
  ),
  PROMETHEUS_CA_FILE: optional(path(), "PEM file of the authority of the server's certificate."),
  PROMETHEUS_VERIFY_CERTS: withDefault(boolean(), 'true', "Check the server's certificate."),
  PROMETHEUS_TIMEOUT: withDefault(duration(TIMEOUT), '30s', 'Longest wait for one answer.'),
  PROMETHEUS_MAX_BYTES: withDefault(
    byteSize({ min: 1024 ** 2, max: 8 * 1024 ** 3 }),
    '256MiB',
    'Largest answer that is read, decompressed.',
  ),
  PROMETHEUS_TENANT: optional(
    text(/^[A-Za-z0-9!._*'()|-]{1,150}$/, "1 to 150 letters, digits and ! . _ * ' ( ) | -", 'team-a'),
    'Tenant, sent as X-Scope-OrgID.',
  ),
  PROMETHEUS_EXTRA_MATCHERS: optional(
    text(MATCHERS, 'label matchers such as cluster="a",env=~"prod.*"', 'cluster="a"'),
    'Label matchers added to every query, where one server holds several clusters.',
  ),
};

export const kubernetes = {
  KUBERNETES: withDefault(
    choice('auto', 'on', 'off'),
    'auto',
    'Use the Kubernetes API: auto does in a cluster or where KUBECONFIG is set; on refuses to start elsewhere.',
  ),
  KUBECONFIG: optional(path(), 'File of the connection; if not set, the account of the pod in a cluster.'),
  KUBE_CONTEXT: optional(
    text(/^[^\p{Cc}]{1,512}$/u, 'the name of a context', 'prod'),
    'Context of the kubeconfig; its current one if not set.',
  ),
  K8S_REQUEST_TIMEOUT: withDefault(
    duration(TIMEOUT),
    '30s',
    'Longest wait for one answer of the Kubernetes API.',
  ),
  DISCOVERY: withDefault(
    boolean(),
    'true',
    'In a cluster, look for Prometheus and OpenCost among its Services where no URL is set; no credentials are sent to what is found.',
  ),
};

const price = () => orWord(decimal({ min: 0, max: 1_000_000 }), 'off');

export const cost = {
  OPENCOST_API_URL: optional(url('http://opencost.opencost:9003'), 'OpenCost server.'),
  OPENCOST_VERIFY_CERTS: withDefault(boolean(), 'true', "Check the server's certificate."),
  PRICE_CPU_CORE_HOUR: withDefault(
    price(),
    String(DEFAULT_PRICES.cpuCoreHour),
    "Price of one CPU core for one hour; OpenCost's public default in USD. off: cost is absent.",
  ),
  PRICE_RAM_GB_HOUR: withDefault(
    price(),
    String(DEFAULT_PRICES.ramGbHour),
    "Price of one GiB of memory for one hour; OpenCost's public default in USD. off: cost is absent.",
  ),
  CURRENCY: withDefault(
    text(/^[A-Z]{3}$/, 'a currency code of three capital letters', 'EUR'),
    'USD',
    'Currency of these prices and of NODE_PRICES_FILE.',
  ),
  NODE_PRICES_FILE: optional(path(), 'JSON file of prices by instance type, see below.'),
};

const ZONE = text(
  /^(?:[A-Z]{2}(?:-[A-Z0-9]{1,5}){0,3}|unknown)$/,
  'a zone code of Electricity Maps such as FR or US-CAL-CISO',
  'FR',
);

export const grid = {
  ELECTRICITY_MAPS_TOKEN: optional(token(), 'Token of Electricity Maps; without one, yearly means are used.'),
  ELECTRICITY_MAPS_URL: withDefault(url(), 'https://api.electricitymaps.com', 'Its address.'),
  UK_CARBON_INTENSITY: withDefault(
    choice('auto', 'on', 'off'),
    'auto',
    'Use the free UK Carbon Intensity API; auto does when a node is in GB.',
  ),
  UK_CARBON_INTENSITY_URL: withDefault(url(), 'https://api.carbonintensity.org.uk', 'Its address.'),
  INTENSITY_QUERY: optional(
    text(/^[^\p{Cc}]{1,2000}$/u, 'a PromQL expression on one line', 'grid_intensity_grams_per_kwh'),
    'Expression on PROMETHEUS_URL whose series give carbon intensity, gCO2e/kWh, by the label `zone`; asked after the APIs above.',
  ),
  DEFAULT_ZONE: withDefault(ZONE, 'unknown', 'Grid zone of nodes whose place is not known.'),
  DEFAULT_INTENSITY: withDefault(
    decimal({ min: 0, max: 3000 }),
    String(WORLD_INTENSITY.value),
    'Carbon intensity where nothing better is known, gCO2e/kWh; the world mean.',
  ),
  ZONE_MAP_FILE: optional(path(), 'JSON file from region to grid zone, see below.'),
};

export const embodied = {
  BOAVIZTA_API_URL: withDefault(
    orWord(url(), 'off'),
    'https://api.boavizta.org',
    'Boavizta server; off: none is asked.',
  ),
  BOAVIZTA_TOKEN: optional(token(), 'Bearer token sent to it.'),
  DEFAULT_EMBODIED_KG_PER_VCPU: optional(
    decimal({ min: 0, max: 1000 }, '17'),
    'Emissions of making one vCPU of a server where Boavizta has no figure, kgCO2e.',
    { defaultNote: 'the figure in docs/methodology.md' },
  ),
  HARDWARE_LIFESPAN_YEARS: withDefault(
    decimal({ min: 1, max: 20 }),
    '4',
    'Years over which embodied emissions are spread.',
    {
      aliases: ['DEFAULT_HARDWARE_LIFESPAN_YEARS'],
    },
  ),
};

export const database = {
  DB_TYPE: withDefault(choice('sqlite', 'postgres', 'elasticsearch'), 'sqlite', 'Where history is kept.'),
  DB_PATH: withDefault(path(), './data/greenkube.db', 'SQLite file; its folder is made if missing.'),
  DB_CONNECTION_STRING: optional(
    secret(/^postgres(?:ql)?:\/\/\S{1,4096}$/, 'a URL that starts with postgres:// or postgresql://'),
    'Postgres connection string.',
  ),
  DB_SCHEMA: withDefault(
    text(/^[a-z_][a-z0-9_]{0,62}$/, 'a name of lower-case letters, digits and _', 'greenkube'),
    'public',
    'Postgres schema.',
  ),
  DB_SSL_MODE: withDefault(
    choice('disable', 'require', 'verify-ca', 'verify-full'),
    'require',
    'TLS to Postgres, in the words of libpq.',
  ),
  DB_POOL_MAX_SIZE: withDefault(
    integer({ min: 1, max: 100 }),
    '10',
    'Most Postgres connections of each thread: one collects, two read.',
  ),
  DB_STATEMENT_TIMEOUT_MS: withDefault(
    integer({ min: 100, max: 3_600_000 }),
    '30000',
    'Longest Postgres statement, milliseconds.',
  ),
  ELASTICSEARCH_HOSTS: withDefault(
    list(url('http://elasticsearch:9200'), 20),
    'none',
    'Elasticsearch servers.',
  ),
  ELASTICSEARCH_USER: optional(
    text(/^[^:\p{Cc}]{1,256}$/u, 'a user name without a colon', 'greenkube'),
    'Elasticsearch user.',
  ),
  ELASTICSEARCH_PASSWORD: optional(
    secret(/^[^\p{Cc}]{1,4096}$/u, 'characters that can be printed'),
    'Password of ELASTICSEARCH_USER.',
  ),
  ELASTICSEARCH_API_KEY: optional(token(), 'Elasticsearch API key, instead of user and password.'),
  ELASTICSEARCH_VERIFY_CERTS: withDefault(boolean(), 'true', "Check the server's certificate."),
  ELASTICSEARCH_INDEX_PREFIX: withDefault(
    text(/^[a-z][a-z0-9_-]{0,99}$/, 'lower-case letters, digits, _ and -', 'greenkube'),
    'greenkube',
    'Start of the name of every index.',
  ),
};
