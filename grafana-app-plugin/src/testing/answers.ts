/** Answers of an exporter, small and complete, for tests. */
import type { Comparison, Figures, Series, Totals } from '../api/answers';
import type { Recommendation } from '../api/recommendations';

export function figures(grams: number, over: Partial<Figures> = {}): Figures {
  return {
    energy_joules: grams * 10_000,
    energy_joules_low: grams * 5000,
    energy_joules_high: grams * 20_000,
    co2e_grams: {
      operational: grams * 0.8,
      embodied: grams * 0.2,
      total: grams,
      low: grams * 0.6,
      high: grams * 1.5,
    },
    cost: [{ currency: 'EUR', amount: grams / 100 }],
    coverage: 1,
    estimated_ratio: 1,
    uncertainty_driver: 'power',
    ...over,
  };
}

export function totals(groups: Readonly<Record<string, number>>, over: Partial<Totals> = {}): Totals {
  const sum = Object.values(groups).reduce((a, b) => a + b, 0);
  return {
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
    by: ['namespace'],
    units: {},
    coverage: 1,
    estimated_ratio: 0.9,
    rows: Object.entries(groups).map(([namespace, grams]) => ({
      key: { cluster: 'c', namespace },
      ...figures(grams),
    })),
    total: figures(sum),
    next_cursor: null,
    ...over,
  };
}

export function series(
  groups: Readonly<Record<string, readonly (number | null)[]>>,
  over: Partial<Series> = {},
): Series {
  const length = Object.values(groups)[0]?.length ?? 0;
  return {
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
    step: '1h',
    times: Array.from({ length }, (_, i) => 1_767_225_600 + i * 3600),
    coverage: Array.from({ length }, () => 1),
    estimated_ratio: 0,
    series: Object.entries(groups).map(([namespace, values]) => ({
      key: { cluster: 'c', namespace },
      metric: 'co2e_grams',
      unit: 'g',
      values: [...values],
    })),
    ...over,
  };
}

export function recommendation(id: string, over: Partial<Recommendation> = {}): Recommendation {
  return {
    id,
    type: 'RIGHTSIZING_CPU',
    status: 'active',
    priority: 'high',
    confidence: 0.9,
    target: {
      cluster: 'c',
      namespace: 'shop',
      workload: 'web',
      workload_type: 'Deployment',
      container: 'app',
      node: null,
    },
    current: { cpu_request_cores: 1 },
    proposed: { cpu_request_cores: 0.25 },
    evidence: { cpu_p95_cores: 0.2, samples: 2016 },
    savings: { co2e_grams_per_year: 12_000, cost_per_year: { currency: 'EUR', amount: 42 } },
    realised: null,
    since: '2026-01-01T00:00:00.000Z',
    first_seen: '2026-01-01T00:00:00.000Z',
    last_seen: '2026-01-02T00:00:00.000Z',
    ...over,
  };
}

const agreement = {
  bias_ratio: -0.1,
  mape: 0.12,
  mae_watts: 3,
  rmse_watts: 5,
  r2: 0.9,
  nodes: 1,
  hours: 1,
  utilisation: [0.1, 0.7] as [number, number],
};

/** One meter with these mean powers, W, of one hour each. */
export function comparison(
  hours: readonly (readonly [estimated: number, measured: number])[],
  withTime: boolean,
): Comparison {
  const row = (estimated: number, measured: number) => ({
    key: { cluster: 'c', node: 'n1', instance_type: 'm5.large' },
    source: 'kepler',
    scope: 'cpu',
    estimated_joules: estimated * 3600,
    measured_joules: measured * 3600,
    ...agreement,
    coverage: 1,
    deciles: [],
    fit: null,
  });
  const sum = (of: 0 | 1) => hours.reduce((total, hour) => total + hour[of], 0);
  const whole = { ...row(sum(0), sum(1)), hours: hours.length };
  const parts = hours.map(([e, m], i) => ({
    ...row(e, m),
    from: new Date(1_767_225_600_000 + i * 3_600_000).toISOString(),
  }));
  return {
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
    by: 'node',
    step: withTime ? '1h' : null,
    units: {},
    rows: hours.length === 0 ? [] : withTime ? parts : [whole],
  };
}
