/** The built exporter on the demo world, a real Prometheus that scrapes it with the shipped rules, and a real Alertmanager. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { startAlertmanager, type AlertmanagerServer } from '../servers/alertmanager.js';
import { startPrometheus, type PrometheusServer } from '../servers/prometheus.js';
import { startExporter, type Exporter } from './exporter.js';

const ROOT = join(import.meta.dirname, '../..');
export const RULES = join(ROOT, 'dashboards/rules');

/** An alert that always fires, as proof that what is told gets there. */
const ALWAYS = `
groups:
  - name: test
    rules:
      - { alert: Always, expr: vector(1), labels: { severity: warning } }
`;

/**
 * The shipped text with the waiting taken out: an alert fires at the first evaluation that finds it. That it waits is shown by
 * promtool, with made-up time.
 */
const atOnce = (rules: string): string => rules.replaceAll(/^( +for:) \S+$/gm, '$1 1s');

export interface MonitoredOptions {
  readonly dir: string;
  readonly exporterArgs: readonly string[];
  /** Exporters beside it that are scraped too. */
  readonly others?: readonly Exporter[];
  /** File of the thresholds to use. */
  readonly thresholds: string;
  readonly alertmanager: AlertmanagerServer;
  /** Label of everything that this Prometheus says. */
  readonly world: string;
}

export interface Monitored {
  readonly exporter: Exporter;
  readonly prometheus: PrometheusServer;
  stop(): Promise<void>;
}

/** The built exporter on the demo world, its ledger in the folder. */
export async function startDemo(dir: string, args: readonly string[]): Promise<Exporter> {
  mkdirSync(dir, { recursive: true });
  return startExporter({ args: ['--demo=on', `--db-path=${join(dir, 'ledger.db')}`, ...args] });
}

export async function startMonitored(options: MonitoredOptions): Promise<Monitored> {
  const { dir, exporterArgs, others = [], thresholds, alertmanager, world } = options;
  const rules = join(dir, 'rules');
  mkdirSync(rules, { recursive: true });
  copyFileSync(thresholds, join(rules, 'thresholds.yaml'));
  for (const name of ['recording', 'alerts']) {
    const shipped = readFileSync(join(RULES, `greenkube-${name}.yaml`), 'utf8');
    writeFileSync(join(rules, `${name}.yaml`), atOnce(shipped));
  }
  writeFileSync(join(rules, 'always.yaml'), ALWAYS);
  const exporter = await startDemo(dir, exporterArgs);
  const targets = [exporter, ...others].map(({ url }) => `'${new URL(url).host}'`);
  const prometheus = await startPrometheus({
    dir: join(dir, 'prometheus'),
    config: [
      'global:',
      '  scrape_interval: 1s',
      '  scrape_timeout: 1s',
      '  evaluation_interval: 2s',
      `  external_labels: { world: ${world} }`,
      `rule_files: ['${rules}/*.yaml']`,
      'alerting:',
      `  alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager.url).host}'] }] }]`,
      'scrape_configs:',
      `  - { job_name: greenkube, static_configs: [{ targets: [${targets.join(', ')}] }] }`,
    ].join('\n'),
  });
  const stop = async (): Promise<void> => {
    await prometheus.stop();
    await exporter.stop();
  };
  return { exporter, prometheus, stop };
}

/** What one receiver of Alertmanager was sent. */
export interface Message {
  readonly path: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

export interface Receivers {
  readonly messages: readonly Message[];
  readonly alertmanager: AlertmanagerServer;
  stop(): Promise<void>;
}

/** Alertmanager with the shipped example, its receivers on this machine and its waits shortened. */
export async function startReceivers(dir: string): Promise<Receivers> {
  const messages: Message[] = [];
  const server = await listen((path, body) => {
    const { alerts } = JSON.parse(body) as Pick<Message, 'alerts'>;
    messages.push({ path, alerts });
  });
  const { port } = server.address() as { port: number };
  const config = readFileSync(join(RULES, 'alertmanager-example.yaml'), 'utf8')
    .replaceAll('127.0.0.1:9099', `127.0.0.1:${port}`)
    .replaceAll(/(group_wait|group_interval): \S+/g, '$1: 1s');
  const alertmanager = await startAlertmanager({ dir, config });
  const stop = async (): Promise<void> => {
    await alertmanager.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { messages, alertmanager, stop };
}

async function listen(receive: (path: string, body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => (body += text.toString()));
    request.on('end', () => {
      receive(request.url ?? '', body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
