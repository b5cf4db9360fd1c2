/**
 * What Grafana and Alertmanager get to see: a real Prometheus with the shipped rules scrapes the built exporter on the demo world.
 * Every query of every dashboard and rule has something to show, and alerts come when and only when they should.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { selectorsOf, substituted } from '../../dashboards/src/testing/promql-tree.js';
import { ALERTMANAGER } from '../servers/alertmanager.js';
import { loadedRules, queryInstant, queryRange } from '../servers/promql-api.js';
import { requireOrSkip } from '../servers/require.js';
import { endAll, waitFor, type Exporter } from './exporter.js';
import {
  RULES,
  startDemo,
  startMonitored,
  startReceivers,
  type Monitored,
  type Receivers,
} from './monitored.js';

jest.setTimeout(600_000);

const ROOT = join(import.meta.dirname, '../..');

/** An interval takes as long as the shortest step allows, so that the counters move while the test looks on. */
const STEP = 10;

const suite = requireOrSkip('prometheus') && requireOrSkip(ALERTMANAGER) ? describe : describe.skip;

const EMISSIONS = 'GreenKubeNamespaceEmissionsHigh';
const BUDGET = 'GreenKubeBudgetBurnFast';
/** Namespaces with a budget. */
const BUDGETED = ['checkout', 'search'];
/** Of deploy/compose/thresholds.yaml, gCO2e/h. */
const LOUD_THRESHOLD = 8;
/** Written by whoever wants one. */
const OWN_THRESHOLD = 'namespace:greenkube_own_emission_threshold';

/** Grafana's variables at the size of this test: a rate spans three steps. */
const WINDOWS: Readonly<Record<string, string>> = {
  __rate_interval: `${3 * STEP}s`,
  __range: `${6 * STEP}s`,
  cluster: '.*',
  namespace: '.*',
  workload: '.*',
  node: '.*',
};

/** gCO2e a day: next to nothing, and more than the whole demo world. */
const TIGHT = 1;
const AMPLE = 1e9;

suite('the shipped dashboards and rules', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dashboards-and-alerts-'));
  let receivers: Receivers;
  let loud: Monitored;
  let quiet: Monitored;
  /** Eight days of history in long intervals: what scores, recommendations and projections are found from. */
  let deep: Exporter;

  const budgets = (name: string, grams: number): string => {
    const file = join(dir, `${name}-budgets.json`);
    const of = (namespace: string) => ({
      name: `of ${namespace}`,
      namespace,
      co2eGrams: grams,
      period: 'day',
    });
    writeFileSync(file, JSON.stringify({ budgets: BUDGETED.map(of) }));
    return file;
  };
  const args = (name: string, grams: number): string[] => [
    `--cluster-name=${name}`,
    `--step=${STEP}s`,
    '--settle=1s',
    '--backfill=10m',
    '--demo-days=1',
    `--budgets-file=${budgets(name, grams)}`,
  ];

  beforeAll(async () => {
    receivers = await startReceivers(join(dir, 'alertmanager'));
    const { alertmanager } = receivers;
    deep = await startDemo(join(dir, 'deep'), [
      '--cluster-name=deep',
      '--step=30m',
      '--settle=1s',
      '--demo-days=8',
    ]);
    loud = await startMonitored({
      dir: join(dir, 'loud'),
      exporterArgs: args('loud', TIGHT),
      others: [deep],
      thresholds: join(ROOT, 'deploy/compose/thresholds.yaml'),
      alertmanager,
      world: 'loud',
    });
    quiet = await startMonitored({
      dir: join(dir, 'quiet'),
      exporterArgs: args('quiet', AMPLE),
      thresholds: join(RULES, 'greenkube-thresholds.yaml'),
      alertmanager,
      world: 'quiet',
    });
    await Promise.all([loud.exporter, quiet.exporter, deep].map((exporter) => exporter.settled()));
    await Promise.all([moving(loud), moving(quiet)]);
    await waitFor('what is found out from a week', async () => {
      const scored = await queryInstant(
        loud.prometheus.url,
        'greenkube_sustainability_score_ratio{cluster="deep"}',
      );
      const scanned = await queryInstant(loud.prometheus.url, 'greenkube_recommendations{cluster="deep"}');
      return scored.length > 0 && scanned.length > 0;
    });
  });

  afterAll(async () => {
    await loud?.stop();
    await quiet?.stop();
    await receivers?.stop();
    await endAll();
    rmSync(dir, { recursive: true, force: true });
  });

  describe('alerts', () => {
    const held = async (world: string) =>
      (await receivers.alertmanager.alerts())
        .filter(({ labels }) => labels['world'] === world)
        .map(({ labels }) => labels);
    const heldOf = async (world: string, alertname: string) =>
      (await held(world)).filter(
        (labels) => labels['alertname'] === alertname && labels['cluster'] !== 'deep',
      );

    it('come for the namespaces above their threshold, and for no other', async () => {
      await waitFor('the emission alert', async () => (await heldOf('loud', EMISSIONS)).length > 0);
      const alerted = (await heldOf('loud', EMISSIONS)).map((labels) => labels['namespace']);
      const end = Date.now() / 1000;
      const range = { start: end - 60, end, step: 1 };
      const seen = await queryRange(
        loud.prometheus.url,
        'namespace:greenkube_co2e_grams_per_hour:sum{cluster="loud"}',
        range,
      );
      const namespaces = (of: (values: readonly number[]) => number) =>
        seen.filter(({ values }) => of(values) > LOUD_THRESHOLD).map(({ metric }) => metric['namespace']);
      const always = namespaces((values) => Math.min(...values));
      const ever = namespaces((values) => Math.max(...values));
      expect(ever.length).toBeLessThan(seen.length);
      expect(always.length).toBeGreaterThan(0);
      expect(alerted).toEqual(expect.arrayContaining(always));
      expect(ever).toEqual(expect.arrayContaining(alerted));
    });

    it('come for both budgets that burn', async () => {
      await waitFor(
        'the budget alerts',
        async () => (await heldOf('loud', BUDGET)).length >= BUDGETED.length,
      );
      const alerted = await heldOf('loud', BUDGET);
      expect(alerted.map((labels) => labels['namespace']).sort()).toEqual(BUDGETED);
      expect(alerted[0]).toMatchObject({ severity: 'critical', period: 'day', cluster: 'loud' });
    });

    it('reach the receivers that the example names', async () => {
      const reached = (path: string, alertname: string) =>
        receivers.messages.some(
          (message) =>
            message.path === path && message.alerts.some(({ labels }) => labels['alertname'] === alertname),
        );
      await waitFor('the page', () => reached('/on-call', BUDGET));
      await waitFor('the message', () => reached('/team', EMISSIONS));
      expect([reached('/on-call', EMISSIONS), reached('/team', BUDGET)]).toEqual([false, false]);
    });

    it('do not come from the quiet world, whose rules are evaluated all the same', async () => {
      await waitFor('what always comes', async () => (await heldOf('quiet', 'Always')).length > 0);
      const burn = 'budget:greenkube_budget_burn:ratio';
      await waitFor(
        'the burn rates',
        async () => (await queryInstant(quiet.prometheus.url, burn)).length >= BUDGETED.length,
      );
      const evaluations = async () => {
        const counted = await (await fetch(`${quiet.prometheus.url}/metrics`)).text();
        const group =
          /^prometheus_rule_group_iterations_total\{rule_group=".*alerts\.yaml;greenkube-budgets"\} (\d+)/m;
        return Number(group.exec(counted)?.[1] ?? 0);
      };
      const before = await evaluations();
      await waitFor('ten evaluations more', async () => (await evaluations()) >= before + 10);
      const alerted = (await held('quiet')).map((labels) => labels['alertname']!);
      expect(alerted.filter((name) => /Emissions|Budget/.test(name))).toEqual([]);
      const rules = await loadedRules(quiet.prometheus.url);
      const watched = rules.filter(({ name }) => name === EMISSIONS || name === BUDGET);
      expect(watched.map(({ state, health }) => [state, health])).toEqual([
        ['inactive', 'ok'],
        ['inactive', 'ok'],
      ]);
    });
  });

  describe('every query has something to show', () => {
    it.each(dashboards())('of the dashboard %s', async (_, targets) => {
      const empty: string[] = [];
      for (const { panel, expr, instant } of targets) {
        const query = substituted(expr, WINDOWS);
        if (!(await hasData(query, instant))) empty.push(`${panel}: ${query}`);
      }
      expect(empty).toEqual([]);
    });

    it('and one about nothing has not', async () => {
      expect(await hasData('sum by (part) (greenkube_node_power_watts{cluster="nowhere"})', true)).toBe(
        false,
      );
      expect(await hasData('rate(greenkube_node_energy_joules_total[1s])', false)).toBe(false);
    });

    async function hasData(query: string, instant: boolean): Promise<boolean> {
      const end = Date.now() / 1000;
      const answer = instant
        ? await queryInstant(loud.prometheus.url, query, end)
        : await queryRange(loud.prometheus.url, query, { start: end - 30, end, step: 5 });
      return answer.some(({ values }) => values.some(Number.isFinite));
    }

    it('of the recording rules, and of what the alerts compare', async () => {
      const rules = (await loadedRules(loud.prometheus.url)).filter(({ name }) => name !== 'Always');
      expect(rules.map(({ name, health, lastError = '' }) => [name, health, lastError])).toEqual(
        rules.map(({ name }) => [name, 'ok', '']),
      );
      const empty: string[] = [];
      for (const { name, type, query } of rules) {
        const asked = type === 'recording' ? [query] : selectorsOf(query).map(({ text }) => text);
        for (const one of asked.filter((text) => !text.startsWith(OWN_THRESHOLD)))
          if ((await queryInstant(loud.prometheus.url, one)).length === 0) empty.push(`${name}: ${one}`);
      }
      expect(empty).toEqual([]);
    });
  });
});

interface AskedPanel {
  readonly panel: string;
  readonly expr: string;
  readonly instant: boolean;
}

/** What the metrics are asked for by each dashboard, as committed. */
function dashboards(): readonly (readonly [string, readonly AskedPanel[]])[] {
  interface Panel {
    readonly title: string;
    readonly targets?: readonly { readonly expr?: string; readonly instant?: boolean }[];
  }
  const folder = join(ROOT, 'dashboards/generated');
  return readdirSync(folder).map((file) => {
    const { panels } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { panels: readonly Panel[] };
    const asked = panels.flatMap(({ title, targets = [] }) =>
      targets.flatMap(({ expr, instant }) =>
        expr === undefined ? [] : [{ panel: title, expr, instant: instant ?? false }],
      ),
    );
    return [file, asked];
  });
}

/** Once the first backfill is in counters appear, and with the next intervals they move. */
async function moving({ prometheus }: Monitored): Promise<void> {
  const growing = `sum(increase(greenkube_namespace_co2e_grams_total[${6 * STEP}s])) > 0`;
  await waitFor('counters that move', async () => (await queryInstant(prometheus.url, growing)).length > 0);
}
