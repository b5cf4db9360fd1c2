import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { format, inspect } from 'node:util';
import { Secret, secretsOf } from '../config.js';
import { ROWS } from './table.js';
import { configOf, load, messagesOf } from './testing/load.js';

const SECRET_KEYS = ROWS.filter(({ secret }) => secret).map(({ key }) => key);

describe('Secret', () => {
  it('prints as redacted in every way but one', () => {
    const secret = new Secret('canary');
    const printed = [
      String(secret),
      [secret].join(),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true, getters: true }),
      format('%s %o %O %j', secret, secret, secret, secret),
      Object.values(secret).join(),
      Object.getOwnPropertyNames(secret).join(),
    ];
    for (const text of printed) expect(text).not.toContain('canary');
    expect(secret.reveal()).toBe('canary');
  });
});

describe('secrets of a configuration', () => {
  const valid = {
    API_TOKEN: 'canary-api-token-0123456789',
    API_OPERATOR_TOKEN: 'canary-operator-token-0123456789',
    METRICS_TOKEN: 'canary-metrics-token-0123456789',
    PROMETHEUS_USERNAME: 'greenkube',
    PROMETHEUS_PASSWORD: 'canary prometheus "password"',
    ELECTRICITY_MAPS_TOKEN: 'canary-electricity-maps',
    BOAVIZTA_TOKEN: 'canary-boavizta',
    DB_TYPE: 'postgres',
    DB_CONNECTION_STRING: 'postgres://u:canary@db/greenkube',
    ELASTICSEARCH_API_KEY: 'canary-elasticsearch',
  };

  it('are in nothing that is printed of it', () => {
    const config = configOf({ env: valid });
    expect(config.http.token?.reveal()).toBe(valid.API_TOKEN);
    for (const text of [JSON.stringify(config), inspect(config, { depth: 20, showHidden: true })]) {
      expect(text).not.toMatch(/canary/i);
    }
    const row = config.effective.find(({ key }) => key === 'API_TOKEN');
    expect(row).toMatchObject({ value: '<redacted>', origin: 'environment' });
  });

  it('can all be found for scrubbing', () => {
    const revealed = secretsOf(configOf({ env: valid })).map((secret) => secret.reveal());
    expect(revealed.sort()).toEqual(
      Object.values(valid)
        .filter((value) => value.includes('canary'))
        .sort(),
    );
  });

  it('are in no message, whatever they are and whatever else is wrong', () => {
    const canary = fc.string({ unit: 'binary', minLength: 8, maxLength: 40 }).map((text) => `cAnArY${text}`);
    const wrong = fc.constantFrom(
      {},
      { STEP: '7m' },
      { API_HOST: '0.0.0.0' },
      { DB_TYPE: 'postgres' },
      { PRESET: 'x' },
    );
    const place = fc.constantFrom('env', 'flags');
    fc.assert(
      fc.property(fc.constantFrom(...SECRET_KEYS), canary, wrong, place, (key, value, others, where) => {
        const sources = [{ [key]: value }, { [`${key}_FILE`]: value }, { [`${key}S`]: value }];
        for (const source of sources) {
          const result = load({ [where]: { ...others, ...source } });
          const said = result.ok ? [...result.warnings, JSON.stringify(result.config)] : messagesOf(result);
          for (const text of said) expect(text).not.toContain('cAnArY');
        }
      }),
    );
  });
});
