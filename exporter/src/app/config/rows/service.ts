/** Keys of the process itself: identity, HTTP, time, exposition, demo. */
import { optional, withDefault } from '../row.js';
import { boolean, choice, duration, integer, list, orWord, path, text, token } from '../value-type.js';
import { origin } from '../url-type.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

export const identity = {
  CLUSTER_NAME: withDefault(
    text(
      /^[A-Za-z0-9](?:[A-Za-z0-9._:/-]{0,126}[A-Za-z0-9])?$/,
      '1 to 128 letters, digits and . _ : / - between them',
      'prod-eu',
    ),
    'default',
    'Name of this cluster in every metric and answer. The history of a cluster stays under the name it was stored with.',
  ),
  LOG_LEVEL: withDefault(
    choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'Least severe level that is logged.',
  ),
  LOG_FORMAT: optional(choice('json', 'pretty'), 'Form of a log line.', {
    defaultNote: 'pretty on a terminal, else json',
  }),
};

const HOST = /^(?:[0-9a-fA-F:]+(?:%[\w.]+)?|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|::)$/;

export const http = {
  API_HOST: optional(
    text(HOST, 'an IP address or host name of this machine', '127.0.0.1'),
    'Address to listen on.',
    {
      defaultNote: '127.0.0.1; 0.0.0.0 when a token is set or API_ALLOW_ANONYMOUS is true',
    },
  ),
  API_PORT: withDefault(
    integer({ min: 0, max: 65535 }),
    '8000',
    'Port to listen on; 0 takes a free one and logs it.',
  ),
  API_TOKEN: optional(token(), 'Bearer token for reading the API.'),
  API_OPERATOR_TOKEN: optional(token(), 'Bearer token for reading and for what changes something.'),
  API_ALLOW_ANONYMOUS: withDefault(
    boolean(),
    'false',
    'Serve the API to other machines although no token guards it.',
  ),
  METRICS_TOKEN: optional(token(), 'Bearer token for /metrics; setting it ends anonymous scrapes.'),
  CORS_ORIGINS: withDefault(
    list(origin()),
    'none',
    'Web pages of other origins that may read the API, by origin.',
  ),
  TLS_CERT_FILE: optional(path(), 'PEM file of the certificate chain; the server then speaks HTTPS only.'),
  TLS_KEY_FILE: optional(path(), 'PEM file of the private key of TLS_CERT_FILE.'),
  TLS_CLIENT_CA_FILE: optional(path(), 'PEM file of the authority that client certificates must come from.'),
  ROOT_PATH: optional(
    text(
      /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/,
      'a path such as /greenkube, without a slash at the end',
      '/greenkube',
    ),
    'Path that a reverse proxy puts before all of ours.',
  ),
};

export const time = {
  STEP: withDefault(
    duration({ min: 10, max: HOUR }),
    '5m',
    'Length of one interval of the ledger; must divide 1h. It cannot be changed for a ledger that has data.',
    { aliases: ['PROMETHEUS_QUERY_RANGE_STEP'] },
  ),
  SETTLE: withDefault(
    duration({ min: 0, max: HOUR }),
    '60s',
    'How long an interval must be over before it is collected.',
  ),
  BACKFILL: withDefault(
    duration({ min: 0, max: 366 * DAY }),
    '30d',
    'How far back to collect what the source still holds; 0s collects nothing older than the start.',
  ),
  RAW_RETENTION: withDefault(
    duration({ min: DAY, max: 3660 * DAY }),
    '7d',
    'How long single intervals are kept.',
  ),
  HOUR_RETENTION: withDefault(
    duration({ min: DAY, max: 3660 * DAY }),
    '90d',
    'How long hourly sums are kept.',
  ),
  DAY_RETENTION: withDefault(
    orWord(duration({ min: DAY, max: 36600 * DAY }), 'forever'),
    'forever',
    'How long daily sums are kept.',
  ),
};

export const exposition = {
  METRICS_DETAIL: withDefault(
    choice('pod', 'workload', 'namespace'),
    'pod',
    'Finest level that /metrics shows.',
  ),
  METRICS_MAX_SERIES: withDefault(
    integer({ min: 100, max: 10_000_000 }),
    '100000',
    'Most series in one scrape; beyond it the smallest workloads of a namespace become one named "other".',
  ),
  COMPAT_METRICS: withDefault(
    boolean(),
    'false',
    'Serve /prometheus/metrics with the names of GreenKube 0.2 too.',
  ),
  METRICS_ANONYMOUS: withDefault(boolean(), 'true', 'Serve /metrics without a token.', {
    defaultNote: 'true; false when METRICS_TOKEN is set',
  }),
};

const LABEL_KEY =
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

export const labels = {
  POD_LABELS: withDefault(
    list(text(LABEL_KEY, 'a Kubernetes label key', 'team'), 10),
    'team,app.kubernetes.io/part-of',
    'Pod labels to keep with the usage, for grouping; at most 10.',
  ),
};

export const demo = {
  DEMO: withDefault(
    choice('auto', 'on', 'off'),
    'auto',
    'Serve an invented cluster; auto does so when neither PROMETHEUS_URL nor a cluster is there.',
  ),
  DEMO_SEED: withDefault(integer({ min: 0, max: 4_294_967_295 }), '1', 'Which invented cluster.'),
  DEMO_DAYS: withDefault(integer({ min: 1, max: 90 }), '14', 'Days of history that it has at the start.'),
};

export const TIMEOUT = { min: 0.1, max: 10 * MINUTE };
