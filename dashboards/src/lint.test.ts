/**
 * The rules of grafana/dashboard-linter, restated. Of them job and instance are left out on purpose, as in kubernetes-mixin: a series
 * of the exporter is told from those of others by its label cluster, which is asked for instead.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { describe, expect, it } from '@jest/globals';
import { ALL_METRICS } from '../../exporter/src/exposition/metrics.js';
import { ANY, selectorsOf, substituted, syntaxErrors } from './testing/promql-tree.js';

interface DataSourceRef {
  readonly type: string;
  readonly uid: string;
}

interface Target {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly expr?: string;
  readonly queryType?: string;
  readonly legendFormat?: string;
  readonly interval?: string;
  readonly instant?: boolean;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource: DataSourceRef;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly refresh?: number;
  readonly datasource?: DataSourceRef;
}

interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const GENERATED = join(import.meta.dirname, '../generated');
const boards = readdirSync(GENERATED).map((file) => {
  const dashboard = JSON.parse(readFileSync(join(GENERATED, file), 'utf8')) as Dashboard;
  return { file, dashboard, panels: dashboard.panels.filter(({ type }) => type !== 'row') };
});
const cases = boards.map((board) => [board.file, board] as const);

const METRICS_UID = '${datasource}';
const HISTORY_UID = '${history}';
const UNITS: ReadonlySet<unknown> = new Set(Object.values(units));

/** Also of the kind that Grafana documents as custom: a number and a word behind it. */
const isUnit = (unit: unknown): boolean =>
  typeof unit === 'string' && (UNITS.has(unit) || /^suffix: ?\S/.test(unit));

const promTargets = ({ targets = [] }: Panel) =>
  targets.filter(({ datasource }) => datasource.uid === METRICS_UID);

const expressions = (panels: readonly Panel[]) =>
  panels.flatMap((panel) =>
    promTargets(panel).map((target) => ({
      where: `${panel.title} ${target.refId}`,
      description: panel.description ?? '',
      target,
      expr: target.expr ?? '',
    })),
  );

describe.each(cases)('%s', (file, { dashboard, panels }) => {
  it('has a stable identity and the classic schema', () => {
    expect(dashboard.id).toBeNull();
    expect(dashboard.uid).toBe(`greenkube-${file.replace('.json', '')}`);
    expect(dashboard.title).toMatch(/^GreenKube \/ \S/);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
  });

  it('uneditable-dashboard: says that it is made by code', () => {
    expect(dashboard.editable).toBe(false);
  });

  it('template-datasource: one variable chooses the metrics, and only plugin panels need another', () => {
    const sources = dashboard.templating.list.filter(({ type }) => type === 'datasource');
    expect(sources[0]).toMatchObject({ name: 'datasource', query: 'prometheus' });
    const history = panels.some(({ datasource }) => datasource.uid === HISTORY_UID);
    expect(sources.map(({ name }) => name)).toEqual(history ? ['datasource', 'history'] : ['datasource']);
  });

  it('template-label-promql, template-on-time-change-reload: variables ask valid series of the time range', () => {
    const queries = dashboard.templating.list.filter(({ type }) => type === 'query');
    for (const variable of queries) {
      expect(variable).toMatchObject({ refresh: 2, datasource: { uid: METRICS_UID } });
      const text = typeof variable.query === 'string' ? variable.query : variable.query.query;
      const asked = /^label_values\((.+), (\w+)\)$/.exec(text);
      expect(asked?.[2]).toBe(variable.name);
      expect(syntaxErrors(substituted(asked![1]!, ANY))).toEqual([]);
    }
  });

  it('uses every variable that it offers, and no other', () => {
    const text = JSON.stringify([dashboard.panels, dashboard.templating.list.map(({ query }) => query)]);
    const used = new Set(
      [...text.matchAll(/\$\{?(datasource|history|cluster|namespace|workload|node)\b/g)].map((m) => m[1]),
    );
    expect([...used].sort()).toEqual(dashboard.templating.list.map(({ name }) => name).sort());
  });

  it('panel-datasource, panel-no-targets: every panel asks something, of the source that a variable chooses', () => {
    for (const { title, datasource, targets } of panels) {
      expect([title, [METRICS_UID, HISTORY_UID].includes(datasource.uid)]).toEqual([title, true]);
      expect([title, targets?.length ?? 0]).not.toEqual([title, 0]);
      for (const target of targets ?? []) expect([title, target.datasource]).toEqual([title, datasource]);
      expect(new Set(targets?.map(({ refId }) => refId)).size).toBe(targets?.length);
    }
  });

  it('panel-title-description: every panel says what it shows, in a sentence', () => {
    for (const { title, description } of panels) {
      expect(title).not.toBe('');
      expect([title, description]).toEqual([title, expect.stringMatching(/^[A-Z(0-9].{20,}[.?]$/s)]);
    }
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('panel-units: every panel has a unit, also in its overrides', () => {
    for (const { title, fieldConfig } of panels) {
      expect([title, fieldConfig.defaults.unit]).toEqual([title, expect.anything()]);
      const overridden = fieldConfig.overrides.flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'unit'),
      );
      for (const unit of [fieldConfig.defaults.unit, ...overridden.map(({ value }) => value)])
        expect([title, unit, isUnit(unit)]).toEqual([title, unit, true]);
    }
  });

  it('target-promql: every query is PromQL', () => {
    for (const { where, expr } of expressions(panels))
      expect([where, expr, syntaxErrors(substituted(expr, ANY))]).toEqual([where, expr, []]);
  });

  it('target-rate-interval: rates span $__rate_interval, of a step that the counters keep up with', () => {
    for (const { where, expr, target } of expressions(panels)) {
      const ranges = selectorsOf(substituted(expr, { ...ANY, __rate_interval: '777s', __range: '888s' }));
      for (const { range, inFunction } of ranges.filter((selector) => selector.inFunction !== null)) {
        if (inFunction === 'rate' || inFunction === 'irate') expect([where, range]).toEqual([where, '777s']);
      }
      if (expr.includes('$__rate_interval')) expect([where, target.interval]).toEqual([where, '5m']);
    }
  });

  it('target-counter-agg: a counter is never shown as it is', () => {
    for (const { where, expr } of expressions(panels)) {
      const counters = selectorsOf(substituted(expr, ANY)).filter(({ metric }) =>
        /_(total|bucket|sum|count)$/.test(metric),
      );
      for (const { metric, inFunction } of counters)
        expect([where, metric, inFunction]).toEqual([
          where,
          metric,
          expect.stringMatching(/^(rate|increase)$/),
        ]);
    }
  });

  it('asks of the clusters chosen, and only for metrics that there are', () => {
    const known = new Set(ALL_METRICS.map(({ name }) => name));
    for (const { where, expr } of expressions(panels)) {
      for (const { metric, matchers } of selectorsOf(expr.replaceAll(/\[\$\w+\]/g, '[5m]'))) {
        expect([where, metric, matchers]).toEqual([
          where,
          metric,
          expect.stringContaining('cluster=~"$cluster"'),
        ]);
        const family = metric.replace(/_(bucket|sum|count)$/, '');
        const found = known.has(metric) || known.has(family) || /^(process|nodejs)_/.test(metric);
        expect([where, metric, found]).toEqual([where, metric, true]);
      }
    }
  });

  it('answers to the time picker: no panel has a time of its own, and a fixed window is a matter of its description', () => {
    const text = JSON.stringify(dashboard.panels);
    expect(text).not.toMatch(/"(timeFrom|timeShift)"/);
    for (const { where, expr, description } of expressions(panels)) {
      const fixed = [...expr.matchAll(/\[([^\]$]+)\]/g)].map((match) => match[1]);
      if (fixed.length > 0)
        expect([where, fixed, description]).toEqual([where, ['7d'], expect.stringMatching(/seven days/)]);
    }
  });

  it('has a legend wherever there can be several series', () => {
    for (const { where, expr, target } of expressions(panels)) {
      const isTable = (target as { format?: string }).format === 'table';
      if (!isTable && /^(topk\(\d+, )?\w+ by \(/.test(expr))
        expect([where, target.legendFormat]).toEqual([where, expect.stringMatching(/\S/)]);
    }
  });

  it('lies on the grid without gaps in its rows and without overlaps', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect([title, x + w <= 24]).toEqual([title, true]);
      for (let i = x; i < x + w; i++)
        for (let j = y; j < y + h; j++) {
          expect([title, i, j, taken.has(`${i} ${j}`)]).toEqual([title, i, j, false]);
          taken.add(`${i} ${j}`);
        }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the dashboards together', () => {
  it('ask the history what its data source answers, and use panels of the bundle', () => {
    const plugins = join(import.meta.dirname, '../../grafana-app-plugin/src');
    const source = readFileSync(join(plugins, 'history-datasource/query.ts'), 'utf8');
    const listed = (name: string): readonly string[] => {
      const list = new RegExp(`export const ${name} = \\[([^\\]]+)\\]`).exec(source)?.[1] ?? '';
      return [...list.matchAll(/'([\w-]+)'/g)].map((match) => match[1]!);
    };
    const texts = boards.map(({ dashboard }) => JSON.stringify(dashboard));
    const used = (pattern: RegExp) =>
      new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((m) => m[1]!)));
    const types = used(/"queryType":"([\w-]+)"/g);
    expect([...types].sort()).toEqual(['applied', 'comparison', 'recommendations', 'series']);
    expect(listed('QUERY_TYPES')).toEqual(expect.arrayContaining([...types]));
    expect(listed('METRICS')).toEqual(expect.arrayContaining([...used(/"metric":"(\w+)"/g)]));
    for (const type of used(/"type":"greenkube-([\w-]+-panel)"/g)) {
      const { id } = JSON.parse(readFileSync(join(plugins, type, 'plugin.json'), 'utf8')) as { id: string };
      expect(id).toBe(`greenkube-${type}`);
    }
  });

  it('tell measured, calibrated and estimated apart wherever energy is shown by method', () => {
    const byMethod = boards.flatMap(({ panels }) =>
      panels.filter((panel) => promTargets(panel).some(({ legendFormat }) => legendFormat === '{{method}}')),
    );
    expect(byMethod.length).toBeGreaterThanOrEqual(4);
    for (const { title, fieldConfig } of byMethod) {
      const text = JSON.stringify(fieldConfig.overrides);
      const colours = ['measured', 'calibrated', 'estimated'].map(
        (method) => new RegExp(`"options":"${method}".*?"fixedColor":"([a-z]+)"`).exec(text)?.[1],
      );
      expect([title, new Set(colours).size, colours.includes(undefined)]).toEqual([title, 3, false]);
    }
  });

  it('link only to each other and to the app', () => {
    const uids = boards.map(({ dashboard }) => dashboard.uid);
    const targets = boards.flatMap(({ dashboard }) => [
      ...JSON.stringify(dashboard).matchAll(/"url":"\/(d|a)\/([\w-]+)/g),
    ]);
    for (const [, kind, target] of targets)
      expect(kind === 'd' ? uids.includes(target!) : target === 'greenkube-app').toBe(true);
    expect(targets.length).toBeGreaterThan(10);
  });
});
