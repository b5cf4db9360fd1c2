/** What keys must fulfil together. A check runs only when the keys it names are valid by themselves. */
import { formatDuration } from './duration.js';
import { mistake, NOT_SHOWN, quote, type Mistake, type MistakeParts } from './mistake.js';
import { isValidStep } from '../../domain/interval.js';
import type { Key, Values } from './table.js';

export interface Facts {
  readonly values: Values;
  /** Whether an operator set the key. */
  readonly isSet: (key: Key) => boolean;
}

interface Check {
  readonly keys: readonly Key[];
  /** The key that the mistake is named after, and its parts; null: all is well. */
  readonly judge: (facts: Facts) => (MistakeParts & { readonly key: Key }) | null;
}

/** `key` makes sense only with `needs`. */
function needs(key: Key, other: Key, why: string): Check {
  return {
    keys: [key, other],
    judge: ({ isSet }) =>
      isSet(key) && !isSet(other)
        ? { key, wrong: `is set without ${other}`, rule: why, fix: `set ${other} or remove ${key}` }
        : null,
  };
}

/** Two keys that say the same thing in two ways. */
function excludes(key: Key, other: Key, why: string): Check {
  return {
    keys: [key, other],
    judge: ({ isSet }) =>
      isSet(key) && isSet(other)
        ? { key, wrong: `is set beside ${other}`, rule: why, fix: `remove ${other} or ${key}` }
        : null,
  };
}

/** Retention never shrinks from one level to the next. */
function atLeast(key: 'HOUR_RETENTION' | 'DAY_RETENTION', lower: 'RAW_RETENTION' | 'HOUR_RETENTION'): Check {
  return {
    keys: [key, lower],
    judge: ({ values }) => {
      const [long, short] = [values[key], values[lower]];
      if (long === null || long >= short) return null;
      const fix = `set ${key} to ${formatDuration(short)} or more`;
      return {
        key,
        wrong: `is shorter than ${lower}=${formatDuration(short)}`,
        got: quote(formatDuration(long)),
        rule: `sums must be kept at least as long as what they sum`,
        fix,
      };
    },
  };
}

/** A CA for a certificate that is not checked. */
function unused(key: Key, verify: 'PROMETHEUS_VERIFY_CERTS'): Check {
  return {
    keys: [key, verify],
    judge: ({ values, isSet }) =>
      isSet(key) && !values[verify]
        ? {
            key,
            wrong: `is set while ${verify}=false`,
            rule: 'a certificate that is not checked needs no authority',
            fix: `remove ${verify} or ${key}`,
          }
        : null,
  };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

export const hasToken = ({ API_TOKEN, API_OPERATOR_TOKEN }: Values): boolean =>
  API_TOKEN !== null || API_OPERATOR_TOKEN !== null;

const http: readonly Check[] = [
  {
    keys: ['API_HOST', 'API_TOKEN', 'API_OPERATOR_TOKEN', 'API_ALLOW_ANONYMOUS'],
    judge: ({ values }) => {
      const host = values.API_HOST;
      if (host === null || isLoopback(host) || hasToken(values) || values.API_ALLOW_ANONYMOUS) return null;
      return {
        key: 'API_HOST',
        wrong: 'opens the API to other machines without a token',
        got: quote(host),
        rule: 'without a token only loopback addresses are allowed',
        fix: 'set API_TOKEN, or API_HOST=127.0.0.1, or API_ALLOW_ANONYMOUS=true if that is meant',
      };
    },
  },
  {
    keys: ['API_TOKEN', 'API_ALLOW_ANONYMOUS'],
    judge: ({ values }) =>
      values.API_ALLOW_ANONYMOUS && values.API_TOKEN !== null
        ? {
            key: 'API_ALLOW_ANONYMOUS',
            wrong: 'is true while API_TOKEN is set',
            got: '"true"',
            rule: 'a token guards nothing that everybody may read',
            fix: 'remove API_ALLOW_ANONYMOUS or API_TOKEN',
          }
        : null,
  },
  {
    keys: ['API_TOKEN', 'API_OPERATOR_TOKEN'],
    judge: ({ values }) =>
      values.API_TOKEN !== null && values.API_TOKEN.reveal() === values.API_OPERATOR_TOKEN?.reveal()
        ? {
            key: 'API_OPERATOR_TOKEN',
            wrong: 'is the same as API_TOKEN',
            got: NOT_SHOWN,
            rule: 'who may read must not be able to change',
            fix: 'choose another token for one of them',
          }
        : null,
  },
  {
    keys: ['METRICS_TOKEN', 'METRICS_ANONYMOUS'],
    judge: ({ values, isSet }) =>
      values.METRICS_TOKEN !== null && isSet('METRICS_ANONYMOUS') && values.METRICS_ANONYMOUS
        ? {
            key: 'METRICS_ANONYMOUS',
            wrong: 'is true while METRICS_TOKEN is set',
            got: '"true"',
            rule: 'a token guards nothing that everybody may read',
            fix: 'remove METRICS_ANONYMOUS or METRICS_TOKEN',
          }
        : null,
  },
  {
    keys: ['METRICS_TOKEN', 'METRICS_ANONYMOUS', 'API_TOKEN', 'API_OPERATOR_TOKEN'],
    judge: ({ values }) =>
      !values.METRICS_ANONYMOUS && values.METRICS_TOKEN === null && !hasToken(values)
        ? {
            key: 'METRICS_ANONYMOUS',
            wrong: 'is false and no token is set',
            got: '"false"',
            rule: 'somebody must be able to scrape',
            fix: 'set METRICS_TOKEN',
          }
        : null,
  },
  needs('TLS_CERT_FILE', 'TLS_KEY_FILE', 'a certificate needs its private key'),
  needs('TLS_KEY_FILE', 'TLS_CERT_FILE', 'a private key needs its certificate'),
  needs('TLS_CLIENT_CA_FILE', 'TLS_CERT_FILE', 'client certificates are asked for over TLS only'),
];

const time: readonly Check[] = [
  {
    keys: ['STEP'],
    judge: ({ values: { STEP: step } }) =>
      isValidStep(step)
        ? null
        : {
            key: 'STEP',
            wrong: 'does not divide one hour',
            got: quote(formatDuration(step)),
            rule: 'a whole number of intervals must fill 1h',
            fix: 'use 1m, 2m, 3m, 5m, 10m, 15m, 30m or 1h',
          },
  },
  atLeast('HOUR_RETENTION', 'RAW_RETENTION'),
  atLeast('DAY_RETENTION', 'HOUR_RETENTION'),
];

const sources: readonly Check[] = [
  needs('PROMETHEUS_USERNAME', 'PROMETHEUS_PASSWORD', 'basic authentication needs both'),
  needs('PROMETHEUS_PASSWORD', 'PROMETHEUS_USERNAME', 'basic authentication needs both'),
  excludes('PROMETHEUS_BEARER_TOKEN', 'PROMETHEUS_USERNAME', 'only one kind of authentication can be sent'),
  unused('PROMETHEUS_CA_FILE', 'PROMETHEUS_VERIFY_CERTS'),
  {
    keys: ['CURRENCY', 'PRICE_CPU_CORE_HOUR', 'PRICE_RAM_GB_HOUR'],
    judge: ({ values, isSet }) =>
      values.CURRENCY !== 'USD' && !(isSet('PRICE_CPU_CORE_HOUR') && isSet('PRICE_RAM_GB_HOUR'))
        ? {
            key: 'CURRENCY',
            wrong: 'is set without both prices',
            got: quote(values.CURRENCY),
            rule: 'the default prices are in USD',
            fix: 'set PRICE_CPU_CORE_HOUR and PRICE_RAM_GB_HOUR, to a price or "off"',
          }
        : null,
  },
];

const database: readonly Check[] = [
  {
    keys: ['DB_TYPE', 'DB_CONNECTION_STRING'],
    judge: ({ values, isSet }) =>
      values.DB_TYPE === 'postgres' && !isSet('DB_CONNECTION_STRING')
        ? {
            key: 'DB_TYPE',
            wrong: 'is postgres without DB_CONNECTION_STRING',
            got: '"postgres"',
            rule: 'there is no default database',
            fix: 'set DB_CONNECTION_STRING=postgres://…, best by DB_CONNECTION_STRING_FILE',
          }
        : null,
  },
  {
    keys: ['DB_TYPE', 'DB_CONNECTION_STRING'],
    judge: ({ values, isSet }) =>
      values.DB_TYPE !== 'postgres' && isSet('DB_CONNECTION_STRING')
        ? {
            key: 'DB_CONNECTION_STRING',
            wrong: `is set while DB_TYPE=${values.DB_TYPE}`,
            got: NOT_SHOWN,
            rule: 'it is for Postgres only',
            fix: 'set DB_TYPE=postgres or remove it',
          }
        : null,
  },
  {
    keys: ['DB_CONNECTION_STRING', 'DB_SSL_MODE'],
    judge: ({ values }) =>
      values.DB_CONNECTION_STRING && /[?&]ssl(?:mode)?=/.test(values.DB_CONNECTION_STRING.reveal())
        ? {
            key: 'DB_CONNECTION_STRING',
            wrong: 'says itself how to use TLS',
            got: NOT_SHOWN,
            rule: 'DB_SSL_MODE decides that',
            fix: 'take sslmode out of it and set DB_SSL_MODE',
          }
        : null,
  },
  {
    keys: ['DB_TYPE', 'ELASTICSEARCH_HOSTS'],
    judge: ({ values }) =>
      values.DB_TYPE === 'elasticsearch' && values.ELASTICSEARCH_HOSTS.length === 0
        ? {
            key: 'DB_TYPE',
            wrong: 'is elasticsearch without ELASTICSEARCH_HOSTS',
            got: '"elasticsearch"',
            rule: 'there is no default database',
            fix: 'set ELASTICSEARCH_HOSTS, for example http://elasticsearch:9200',
          }
        : null,
  },
  needs('ELASTICSEARCH_USER', 'ELASTICSEARCH_PASSWORD', 'basic authentication needs both'),
  needs('ELASTICSEARCH_PASSWORD', 'ELASTICSEARCH_USER', 'basic authentication needs both'),
  excludes('ELASTICSEARCH_API_KEY', 'ELASTICSEARCH_USER', 'only one kind of authentication can be sent'),
];

const CHECKS: readonly Check[] = [...http, ...time, ...sources, ...database];

/** All contradictions between valid keys; `bad` are the keys that are not valid by themselves. */
export function crossCheck(facts: Facts, bad: ReadonlySet<Key>): readonly Mistake[] {
  return CHECKS.filter(({ keys }) => !keys.some((key) => bad.has(key)))
    .map(({ judge }) => judge(facts))
    .filter((found) => found !== null)
    .map(({ key, ...parts }) => mistake(key, parts));
}

/** Shortest token that is not warned of: 16 characters of hexadecimal are 64 bits. */
const SHORT_TOKEN = 16;

/** What is allowed but better avoided. */
export function warningsOf({ values }: Facts): readonly string[] {
  const warnings: string[] = [];
  for (const key of ['API_TOKEN', 'API_OPERATOR_TOKEN', 'METRICS_TOKEN'] as const) {
    if ((values[key]?.reveal().length ?? SHORT_TOKEN) < SHORT_TOKEN) {
      warnings.push(`${key} is shorter than ${SHORT_TOKEN} characters; make one with "openssl rand -hex 32"`);
    }
  }
  for (const key of [
    'PROMETHEUS_VERIFY_CERTS',
    'OPENCOST_VERIFY_CERTS',
    'ELASTICSEARCH_VERIFY_CERTS',
  ] as const) {
    if (!values[key]) warnings.push(`${key}=false: the server may be another than you think`);
  }
  return warnings;
}
