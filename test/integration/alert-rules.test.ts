/** The rules and the example of Alertmanager by the tools of their own servers, and what promtool does not look at. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { selectorsOf, syntaxErrors } from '../../dashboards/src/testing/promql-tree.js';
import { ALL_METRICS } from '../../exporter/src/exposition/metrics.js';
import { requireOrSkip } from '../servers/require.js';

jest.setTimeout(120_000);

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'dashboards/rules');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

const rulesIn = (file: string): readonly Rule[] =>
  (parse(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);

const FILES = ['thresholds', 'recording', 'alerts'].map((name) => join(RULES, `greenkube-${name}.yaml`));
const TESTS = readdirSync(join(RULES, 'tests')).map((file) => join(RULES, 'tests', file));
const all = FILES.flatMap(rulesIn);
const alerts = all.filter((rule) => rule.alert !== undefined);
const records = all.filter((rule) => rule.record !== undefined);

function run(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, stdout, output: stdout + stderr };
}

(requireOrSkip('promtool') ? describe : describe.skip)('promtool', () => {
  it('finds nothing to say about the rules, nor about those of the compose file', () => {
    const compose = ['thresholds.yaml'].map((file) => join(ROOT, 'deploy/compose', file));
    const { status, output } = run('promtool', [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      ...FILES,
      ...compose,
    ]);
    expect([status, output]).toEqual([0, expect.not.stringMatching(/error|fail|duplicate/i)]);
  });

  it.each(TESTS.map((file) => [file.slice(RULES.length + 1), file]))(
    '%s: each alert fires and stays silent as it should',
    (_, file) => {
      const { status, output } = run('promtool', ['test', 'rules', file]);
      expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    },
  );
});

(requireOrSkip('amtool') ? describe : describe.skip)('amtool', () => {
  it.each(['dashboards/rules/alertmanager-example.yaml', 'deploy/compose/alertmanager.yml'])(
    'takes %s',
    (file) => {
      const { status, output } = run('amtool', ['check-config', join(ROOT, file)]);
      expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    },
  );

  it.each([
    ['critical', 'on-call'],
    ['warning', 'team-message'],
    ['info', 'daily-summary'],
  ])('routes %s to %s', (severity, receiver) => {
    const config = `--config.file=${join(RULES, 'alertmanager-example.yaml')}`;
    const labels = ['alertname=GreenKubeAnything', `severity=${severity}`];
    expect(run('amtool', ['config', 'routes', 'test', config, ...labels]).stdout.trim()).toBe(receiver);
  });
});

describe('the rules', () => {
  it('are named level:metric:operation, or GreenKube and what is the matter', () => {
    for (const { record } of records) expect(record).toMatch(/^[a-z_]+:greenkube_[a-z0-9_]+:[a-z0-9_]+$/);
    for (const { alert } of alerts) expect(alert).toMatch(/^GreenKube([A-Z][a-z0-9]+)+$/);
    const names = all.map(({ alert, record }) => alert ?? record);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are PromQL over metrics that there are, or that are recorded', () => {
    const known = new Set([...ALL_METRICS.map(({ name }) => name), ...records.map(({ record }) => record)]);
    // Written by whoever wants a threshold for one namespace.
    known.add('namespace:greenkube_own_emission_threshold:grams_per_hour');
    for (const { alert, record, expr } of all) {
      expect([alert ?? record, syntaxErrors(expr)]).toEqual([alert ?? record, []]);
      for (const { metric } of selectorsOf(expr))
        expect([alert ?? record, metric, known.has(metric)]).toEqual([alert ?? record, metric, true]);
    }
  });

  it.each(alerts.map((rule) => [rule.alert!, rule] as const))(
    '%s says how bad, what, where, and what to do',
    (alert, rule) => {
      expect(['critical', 'warning', 'info']).toContain(rule.labels?.['severity']);
      expect(rule.for).toMatch(/^\d+[mh]$/);
      expect(rule.annotations?.['summary']).toMatch(/^[A-Z][^.]+\.$/);
      expect(rule.annotations?.['summary']).not.toContain('{{');
      expect(rule.annotations?.['description']).toMatch(/\.$/);
      const [page, anchor] = (rule.annotations?.['runbook_url'] ?? '').split('#');
      expect(page).toMatch(/^https:\/\/.+\/docs\/runbook\.md$/);
      const headings = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8').matchAll(/^## (.+)$/gm);
      expect([...headings].map(([, heading]) => heading!.toLowerCase())).toContain(anchor);
      expect(anchor).toBe(alert.toLowerCase());
    },
  );

  it('have, each alert, a test that it fires and one that it stays silent', () => {
    interface Test {
      readonly alert_rule_test?: readonly {
        readonly alertname: string;
        readonly exp_alerts: readonly unknown[];
      }[];
    }
    const cases = TESTS.flatMap(
      (file) => (parse(readFileSync(file, 'utf8')) as { tests: readonly Test[] }).tests,
    ).flatMap((test) => test.alert_rule_test ?? []);
    for (const { alert } of alerts) {
      const own = cases.filter(({ alertname }) => alertname === alert);
      const kinds = new Set(own.map(({ exp_alerts }) => (exp_alerts.length > 0 ? 'fires' : 'silent')));
      expect([alert, [...kinds].sort()]).toEqual([alert, ['fires', 'silent']]);
    }
  });

  it('have thresholds of the same names in the compose file', () => {
    const names = (file: string): readonly (string | undefined)[] =>
      rulesIn(file)
        .map(({ record }) => record)
        .sort();
    expect(names(join(ROOT, 'deploy/compose/thresholds.yaml'))).toEqual(names(FILES[0]!));
  });
});
