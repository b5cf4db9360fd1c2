import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectiveConfig } from '../config.js';
import { configOf, load, messagesOf } from './testing/load.js';

const readFile = (contents: Readonly<Record<string, string>>) => (path: string) => {
  if (!Object.hasOwn(contents, path)) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  return contents[path]!;
};

describe('defaults', () => {
  const config = configOf();

  it('are those of the contract', () => {
    expect(config).toMatchObject({
      cluster: 'default',
      log: { level: 'info', format: 'json' },
      http: {
        host: '127.0.0.1',
        port: 8000,
        token: null,
        allowAnonymous: false,
        metricsAnonymous: true,
        corsOrigins: [],
        tls: null,
        rootPath: '',
      },
      time: {
        step: 300,
        settle: 60,
        backfill: 30 * 86400,
        rawRetention: 7 * 86400,
        hourRetention: 90 * 86400,
        dayRetention: null,
      },
      prometheus: {
        url: null,
        basic: null,
        verifyCerts: true,
        timeout: 30,
        maxBytes: 268435456,
        extraMatchers: '',
      },
      prices: { cpuCoreHour: 0.031611, ramGbHour: 0.004237, currency: 'USD', nodePrices: [] },
      grid: { defaultZone: '', defaultIntensity: 473, zoneMap: {} },
      embodied: {
        boavizta: { url: 'https://api.boavizta.org' },
        defaultPerVcpu: null,
        hardwareLifespanYears: 4,
      },
      model: {
        coefficients: 'family',
        curve: 'concave',
        idleAttribution: 'reserved',
        systemRow: true,
        pue: null,
        pueByProvider: {},
        defaultPue: 1.56,
        defaultProvider: '',
        defaultZone: '',
        hardwareLifespanYears: 4,
      },
      measured: { sources: null, calibrate: false },
      database: { type: 'sqlite', path: './data/greenkube.db' },
      metrics: { detail: 'pod', maxSeries: 100_000, compat: false, anonymous: true },
      labels: ['team', 'app.kubernetes.io/part-of'],
      demo: { mode: 'auto', seed: 1, days: 14 },
    });
  });

  it('of the recommendations are those of GreenKube 0.2', () => {
    expect(config.analysis).toMatchObject({
      lookbackDays: 7,
      rightsizing: { cpu: 0.3, memory: 0.3, headroom: 1.2 },
      zombie: { cost: 0.01, joules: 1000 },
      autoscaling: { variation: 0.7, spikeRatio: 3 },
      offPeak: { idleShare: 0.05, minIdleHours: 4 },
      minRequest: { millicores: 10, memory: 16 * 1024 * 1024 },
      applyTolerance: 0.25,
    });
  });

  it('are frozen all the way down', () => {
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.model.pueByProvider)).toBe(true);
    expect(Object.isFrozen(config.labels)).toBe(true);
    expect(Object.isFrozen(config.effective[0])).toBe(true);
  });

  it('that depend on other keys follow them', () => {
    expect(configOf({ env: { API_TOKEN: 'x'.repeat(32) } }).http.host).toBe('0.0.0.0');
    expect(configOf({ env: { API_ALLOW_ANONYMOUS: 'true' } }).http.host).toBe('0.0.0.0');
    expect(configOf({ env: { METRICS_TOKEN: 'x'.repeat(32) } }).http.metricsAnonymous).toBe(false);
    expect(configOf({ isTerminal: true }).log.format).toBe('pretty');
    expect(configOf({ isTerminal: true, env: { LOG_FORMAT: 'json' } }).log.format).toBe('json');
  });
});

describe('precedence', () => {
  /** The five places of one key, best first; the default is the sixth. */
  const places = ['flag', 'file', 'environment', '.env'] as const;
  const port = { flag: '1001', file: '1002', environment: '1003', '.env': '1004', default: '8000' };

  it('is flag, file, environment, .env, default, for any set of places', () => {
    fc.assert(
      fc.property(fc.subarray([...places]), (given) => {
        const has = (place: (typeof places)[number]) => given.includes(place);
        const config = configOf({
          flags: has('flag') ? { API_PORT: port.flag } : {},
          env: {
            ...(has('file') ? { API_PORT_FILE: '/port' } : {}),
            ...(has('environment') ? { API_PORT: port.environment } : {}),
          },
          dotenvText: has('.env') ? `API_PORT=${port['.env']}\n` : '',
          readFile: readFile({ '/port': `${port.file}\n` }),
        });
        const winner = places.find(has) ?? 'default';
        expect(config.http.port).toBe(Number(port[winner]));
        const row = effectiveConfig(config).find(({ key }) => key === 'API_PORT')!;
        expect(row).toMatchObject({ value: port[winner], origin: winner });
      }),
    );
  });

  it('of a file named in .env is above the environment, and below one named there', () => {
    const files = readFile({ '/a': 'from-environment', '/b': 'from-dotenv' });
    const base = { dotenvText: 'CLUSTER_NAME_FILE=/b\n', readFile: files };
    expect(configOf({ ...base, env: { CLUSTER_NAME: 'plain' } }).cluster).toBe('from-dotenv');
    expect(configOf({ ...base, env: { CLUSTER_NAME_FILE: '/a' } }).cluster).toBe('from-environment');
  });

  it('does not read a file whose key a flag decides', () => {
    const config = configOf({ flags: { CLUSTER_NAME: 'a' }, env: { CLUSTER_NAME_FILE: '/missing' } });
    expect(config.cluster).toBe('a');
  });

  it('lets an empty value fall through to the next place', () => {
    expect(configOf({ env: { API_PORT: '' }, dotenvText: 'API_PORT=9000\n' }).http.port).toBe(9000);
    expect(configOf({ env: { API_TOKEN: '' } }).http.token).toBeNull();
  });

  it('drops one newline at the end of a file and nothing else', () => {
    const token = (content: string) =>
      load({ env: { API_TOKEN_FILE: '/t' }, readFile: readFile({ '/t': content }) });
    for (const content of ['0123456789abcdef', '0123456789abcdef\n', '0123456789abcdef\r\n']) {
      const result = token(content);
      expect(result.ok && result.config.http.token?.reveal()).toBe('0123456789abcdef');
    }
    expect(token('0123456789abcdef\n\n').ok).toBe(false);
  });

  it('takes keys that end in _FILE as paths', () => {
    const config = configOf({ env: { ZONE_MAP_FILE: 'files/zone-map.json' } });
    expect(config.model.zoneMap).toEqual({ 'onprem/paris': 'FR', 'eu-west-3': 'FR' });
    expect(config.grid.zoneMap).toEqual(config.model.zoneMap);
    expect(messagesOf(load({ env: { POWER_PROFILES_FILE_FILE: '/x' } }))).toHaveLength(1);
  });
});

describe('names', () => {
  it('accept an alias, and both when they agree', () => {
    expect(configOf({ env: { PROMETHEUS_QUERY_RANGE_STEP: '10m' } }).time.step).toBe(600);
    expect(configOf({ env: { PROMETHEUS_QUERY_RANGE_STEP: '10m', STEP: '10m' } }).time.step).toBe(600);
    expect(configOf({ env: { DEFAULT_HARDWARE_LIFESPAN_YEARS: '5' } }).model.hardwareLifespanYears).toBe(5);
  });

  it('leave the variables that Kubernetes makes for services alone', () => {
    const link = (service: string) => ({
      [`${service}_SERVICE_HOST`]: '10.0.0.1',
      [`${service}_SERVICE_PORT`]: '9090',
      [`${service}_SERVICE_PORT_HTTP_WEB`]: '9090',
      [`${service}_PORT`]: 'tcp://10.0.0.1:9090',
      [`${service}_PORT_9090_TCP`]: 'tcp://10.0.0.1:9090',
      [`${service}_PORT_9090_TCP_PROTO`]: 'tcp',
      [`${service}_PORT_9090_TCP_PORT`]: '9090',
      [`${service}_PORT_9090_TCP_ADDR`]: '10.0.0.1',
    });
    const services = [
      'KUBERNETES',
      'PROMETHEUS',
      'PROMETHEUS_K8S',
      'GREENKUBE',
      'OPENCOST',
      'API',
      'DEMO',
      'METRICS_SERVER',
    ];
    const env = Object.assign({}, ...services.map(link)) as Record<string, string>;
    const result = load({ env });
    expect(messagesOf(result)).toEqual([]);
    expect(result.ok && result.config.http.port).toBe(8000);
    expect(result.ok && result.warnings).toEqual([]);
  });

  it('leave the variables of other software alone', () => {
    const env = {
      PATH: '/usr/bin',
      HOME: '/root',
      PWD: '/',
      PS1: '$',
      NODE_ENV: 'production',
      NODE_OPTIONS: '--enable-source-maps',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      HOSTNAME: 'pod-1',
      TZ: 'UTC',
      LOG_DIR: '/var/log',
      DB_HOST: 'db',
      DEFAULT_REGION: 'eu-west-3',
      CPU_LIMIT: '1',
      TLS_DIR: '/tls',
      KUBE_EDITOR: 'vi',
      CLUSTER_DOMAIN: 'cluster.local',
      npm_config_prefix: '/usr',
      HTTPS_PROXY: 'http://proxy:3128',
    };
    const result = load({ env });
    expect(messagesOf(result)).toEqual([]);
    expect(result.ok && result.warnings).toEqual([]);
  });

  it('warn of a slip in a name that is not under a prefix of ours', () => {
    const result = load({ env: { SETTLES: '30s', DB_PATHS: '/x' } });
    expect(result.ok && result.warnings).toEqual([
      'SETTLES in the environment is not a key; did you mean SETTLE?',
      'DB_PATHS in the environment is not a key; did you mean DB_PATH?',
    ]);
  });
});

describe('presets', () => {
  it('set the method of GreenKube 0.2 and say where it comes from', () => {
    const config = configOf({ env: { PRESET: 'greenkube-0.2' } });
    expect(config.model).toMatchObject({
      coefficients: 'provider',
      curve: 'linear',
      idleAttribution: 'proportional',
      systemRow: false,
      defaultPue: 1.3,
    });
    const row = config.effective.find(({ key }) => key === 'POWER_CURVE');
    expect(row).toMatchObject({ value: 'linear', origin: 'preset', name: 'PRESET' });
  });

  it('let the same value be said again, and another default PUE', () => {
    const config = configOf({ env: { PRESET: 'GreenKube-0.2', POWER_CURVE: 'LINEAR', DEFAULT_PUE: '1.4' } });
    expect(config.model).toMatchObject({ curve: 'linear', defaultPue: 1.4 });
  });
});

describe('files and groups', () => {
  it('reads power profiles into the form of the domain', () => {
    const { powerProfiles } = configOf({ env: { POWER_PROFILES_FILE: 'files/power-profiles.json' } });
    expect(powerProfiles['m5']).toEqual({
      name: 'custom:m5',
      idle: { low: 0.9, central: 1.1, high: 1.3 },
      full: { low: 4.2, central: 4.2, high: 4.2 },
      memoryGbPerVcpu: 4,
      source: 'own meter',
      year: 2025,
      reasons: [],
    });
    expect(powerProfiles['*']).toMatchObject({ name: 'custom:*', memoryGbPerVcpu: null });
    expect(powerProfiles['constructor']).toBeUndefined();
  });

  it('reads node prices', () => {
    expect(configOf({ env: { NODE_PRICES_FILE: 'files/node-prices.json' } }).prices.nodePrices).toEqual([
      {
        provider: 'aws',
        region: 'eu-west-3',
        instanceType: 'm5.large',
        cpuCoreHour: 0.031,
        ramGbHour: 0.004,
      },
    ]);
  });

  it('reads the authority of Prometheus and keeps TLS files as paths', () => {
    const pem = { env: { PROMETHEUS_CA_FILE: 'files/certificate.pem' } };
    expect(configOf(pem).prometheus.ca).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const tls = { TLS_CERT_FILE: 'files/certificate.pem', TLS_KEY_FILE: 'files/key.pem' };
    expect(configOf({ env: tls }).http.tls).toEqual({
      certFile: 'files/certificate.pem',
      keyFile: 'files/key.pem',
      clientCaFile: null,
    });
  });

  it('puts PUE by provider where the domain looks for it', () => {
    expect(configOf({ env: { PUE_AWS: '1.1', PUE_OVH: '1.2', PUE: '1.5' } }).model).toMatchObject({
      pue: 1.5,
      pueByProvider: { aws: 1.1, ovh: 1.2 },
    });
  });

  it('turns words that mean nothing into nothing', () => {
    const env = {
      BOAVIZTA_API_URL: 'off',
      PRICE_CPU_CORE_HOUR: 'off',
      POD_LABELS: 'none',
      CLOUD_PROVIDER: 'Unknown',
    };
    const config = configOf({ env });
    expect(config.embodied.boavizta).toBeNull();
    expect(config.prices.cpuCoreHour).toBeNull();
    expect(config.labels).toEqual([]);
    expect(config.model.defaultProvider).toBe('');
  });

  it('accepts databases that come later', () => {
    const postgres = { DB_TYPE: 'postgres', DB_CONNECTION_STRING: 'postgresql://u:p@db/greenkube' };
    expect(configOf({ env: postgres }).database.type).toBe('postgres');
    const elastic = { DB_TYPE: 'elasticsearch', ELASTICSEARCH_HOSTS: 'https://a:9200/, https://b:9200' };
    expect(configOf({ env: elastic }).database.elasticsearch.hosts).toEqual([
      'https://a:9200',
      'https://b:9200',
    ]);
  });
});

it('never throws, whatever is in the environment or in .env', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'API_PORT',
      'STEP',
      'PRESET',
      'PROMETHEUS_URL',
      'API_TOKEN_FILE',
      '__proto__',
      'constructor',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), fc.string(), (env, dotenvText) => {
      const result = load({ env, flags: env, dotenvText, readFile: readFile({}) });
      for (const message of messagesOf(result)) expect(message).not.toMatch(/[\n\r]/);
    }),
  );
});
