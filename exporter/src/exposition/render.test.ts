import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as u from '../domain/units.js';
import type { Detail, MetricsOptions, SnapshotInput } from './metric-row.js';
import { ALL_METRICS } from './metrics.js';
import { renderSnapshot, transferables, type RenderedSnapshot } from './render.js';
import { textOf } from './testing/decompress.js';
import * as f from './testing/fixtures.js';
import { parseExposition, type ParsedFamily } from './testing/parse.js';
import { findProgram, promtoolLint } from './testing/promtool.js';
import { SMALL } from './testing/small.js';

const OPTIONS: MetricsOptions = { detail: 'pod', maxSeries: 100_000 };

const expected = (file: string): string => readFileSync(join(import.meta.dirname, 'testing', file), 'utf8');
const parseText = (rendered: RenderedSnapshot): Map<string, ParsedFamily> =>
  parseExposition(textOf(rendered.text), 'text');
const familiesOf = (input: SnapshotInput, detail: Detail = 'pod'): Map<string, ParsedFamily> =>
  parseText(renderSnapshot(input, { ...OPTIONS, detail }));

describe('a small snapshot', () => {
  const rendered = renderSnapshot(SMALL, OPTIONS);

  it('is this text', () => {
    expect(textOf(rendered.text)).toBe(expected('small.txt'));
  });

  it('is this OpenMetrics, the end mark apart', () => {
    expect(textOf(rendered.openMetrics)).toBe(expected('small.om'));
  });

  it('gives the same bytes again', () => {
    const again = renderSnapshot(SMALL, OPTIONS);
    expect(Buffer.compare(again.text.deflated, rendered.text.deflated)).toBe(0);
    expect(Buffer.compare(again.openMetrics.deflated, rendered.openMetrics.deflated)).toBe(0);
  });

  it('counts its series', () => {
    const samples = [...parseText(rendered).values()].reduce((sum, { samples }) => sum + samples.length, 0);
    expect(rendered.series).toBe(samples);
  });

  it('holds every family of the tables, with the labels that they name', () => {
    const families = parseText(rendered);
    expect([...families.keys()].sort()).toEqual(ALL_METRICS.map(({ name }) => name).sort());
    for (const { name, type, help, labels } of ALL_METRICS) {
      const family = families.get(name)!;
      expect({ name, help: family.help }).toEqual({ name, help });
      const parts = type === 'histogram' ? ['le'] : [];
      for (const sample of family.samples) {
        const own = sample.name.endsWith('_bucket') ? parts : [];
        expect(Object.keys(sample.labels)).toEqual(['cluster', ...labels, ...own]);
      }
    }
  });

  it('moves to another thread without its memory being copied', () => {
    const one = renderSnapshot(SMALL, OPTIONS);
    const moved = structuredClone(one, { transfer: transferables(one) });
    expect(one.text.deflated).toHaveLength(0);
    expect(textOf(moved.text)).toBe(expected('small.txt'));
  });
});

describe('promtool check metrics', () => {
  const promtool = findProgram('promtool');
  (promtool === null ? it.skip : it)('prints nothing', () => {
    for (const detail of ['pod', 'workload', 'namespace'] as const) {
      const { text } = renderSnapshot(SMALL, { ...OPTIONS, detail });
      expect(promtoolLint(promtool!, Buffer.from(textOf(text)))).toBe('');
    }
  });
});

describe('what is absent', () => {
  it('before anything is known, all but the exporter itself', () => {
    expect([...familiesOf(f.snapshot()).keys()]).toEqual([
      'greenkube_build_info',
      'greenkube_intervals_pending',
      'greenkube_cycle_duration_seconds',
      'greenkube_cycle_overruns_total',
      'greenkube_series_dropped_total',
    ]);
  });

  const gauges = [
    'pod_power_watts',
    'namespace_power_watts',
    'node_power_watts',
    'node_info',
    'grid_carbon_intensity_age_seconds',
  ];
  const has = (input: SnapshotInput): boolean[] => {
    const families = familiesOf(input);
    return gauges.map((name) => families.has(`greenkube_${name}`));
  };
  const end = f.START + f.STEP;

  it('gauges of an interval that ended more than a quarter hour ago', () => {
    expect(has({ ...SMALL, at: u.epochSeconds(end + 900) })).toEqual(gauges.map(() => true));
    expect(has({ ...SMALL, at: u.epochSeconds(end + 901) })).toEqual(gauges.map(() => false));
  });

  it('with long steps, gauges of an interval that ended more than three steps ago', () => {
    const step = u.seconds(3600);
    const hourly = { ...SMALL, latest: { ...SMALL.latest!, interval: { start: f.START, step } } };
    expect(has({ ...hourly, at: u.epochSeconds(f.START + 4 * step) })).toEqual(gauges.map(() => true));
    expect(has({ ...hourly, at: u.epochSeconds(f.START + 4 * step + 1) })).toEqual(gauges.map(() => false));
  });

  it('counters only a day after their object was last seen', () => {
    const workloads = (at: number): number =>
      familiesOf({ ...SMALL, at: u.epochSeconds(at) }).get('greenkube_workload_energy_joules_total')?.samples
        .length ?? 0;
    expect(workloads(f.START + 86_399)).toBe(2);
    expect(workloads(f.START + 86_400)).toBe(0);
  });

  it('series of pods, or of workloads too, by METRICS_DETAIL', () => {
    const names = (detail: Detail): string[] =>
      [...familiesOf(SMALL, detail).keys()].filter((name) =>
        /^greenkube_(pod|workload|namespace)_power|_energy_(joules_total|ratio)$/.test(name),
      );
    const base = [
      'greenkube_node_energy_joules_total',
      'greenkube_namespace_energy_joules_total',
      'greenkube_namespace_power_watts',
    ];
    expect(names('namespace')).toEqual([...base, 'greenkube_estimated_energy_ratio']);
    expect(names('workload')).toEqual([...names('namespace'), 'greenkube_workload_energy_joules_total']);
    expect(names('pod')).toEqual([...names('workload'), 'greenkube_pod_power_watts']);
  });
});

describe('pods that share a name', () => {
  const twice = (other: string): SnapshotInput => {
    const first = f.pod('n1', 'shop', 'web-0', 'web', { energy: 300_000, cost: 600 });
    const second = f.pod('n1', 'shop', 'web-0', other, { energy: 600_000 });
    const asked = { cpuRequest: u.cores(1), seconds: u.seconds(100), cpuSeconds: u.cpuSeconds(50) };
    const rows = [
      { ...first, ...asked },
      { ...second, ...asked, uid: 'uid-2', cpuSeconds: u.cpuSeconds(100) },
    ];
    return f.snapshot({ latest: f.result([f.nodeOf('n1', rows)], rows) });
  };

  it('are one series when one replaced the other', () => {
    const families = familiesOf(twice('web'));
    expect(families.get('greenkube_pod_power_watts')!.samples.map(({ value }) => value)).toEqual(['3']);
    expect(families.get('greenkube_pod_cpu_efficiency_ratio')!.samples.map(({ value }) => value)).toEqual([
      '0.75',
    ]);
  });

  it('are two series when their workloads differ, with one efficiency', () => {
    const families = familiesOf(twice('other-web'));
    expect(families.get('greenkube_pod_power_watts')!.samples.map(({ value }) => value)).toEqual(['1', '2']);
    expect(families.get('greenkube_pod_cpu_efficiency_ratio')!.samples.map(({ value }) => value)).toEqual([
      '0.75',
    ]);
  });
});

describe('a pod row of a node that has no row', () => {
  it('is refused by name', () => {
    const rows = [f.pod('n9', 'shop', 'web-0', 'web', { energy: 1 })];
    const input = f.snapshot({ latest: f.result([], rows) });
    expect(() => renderSnapshot(input, OPTIONS)).toThrow('Pod shop/web-0 is on node n9, which has no row');
  });
});
