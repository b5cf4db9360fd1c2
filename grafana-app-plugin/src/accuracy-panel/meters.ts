/** Meters and their agreement with the estimate, out of the two frames of a comparison query. */
import type { DataFrame } from '@grafana/data';

export interface Point {
  /** ms */
  readonly time: number;
  /** W */
  readonly estimated: number;
  readonly measured: number;
}

export interface Meter {
  readonly name: string;
  readonly source: string;
  readonly scope: string;
  /** (estimated - measured) / measured */
  readonly bias: number | null;
  readonly mape: number | null;
  readonly maeWatts: number | null;
  readonly rmseWatts: number | null;
  readonly r2: number | null;
  readonly nodes: number | null;
  readonly hours: number | null;
  readonly utilisation: readonly [number | null, number | null];
  readonly coverage: number | null;
  readonly points: readonly Point[];
}

/** Null: the frames are not those of a comparison. */
export function metersOf(frames: readonly DataFrame[]): readonly Meter[] | null {
  const table = frames.find((frame) => frame.fields.some(({ name }) => name === 'bias_ratio'));
  if (!table) return null;
  const series = frames.find((frame) => frame.fields.some(({ name }) => name === 'measured'));
  const column = (name: string): readonly unknown[] =>
    table.fields.find((field) => field.name === name)?.values ?? [];
  return Array.from({ length: table.length }, (_, row) => {
    const text = (name: string) => (column(name)[row] as string | undefined) ?? '';
    const number = (name: string) => (column(name)[row] as number | null | undefined) ?? null;
    const name = text('node') || text('instance_type');
    const [source, scope] = [text('source'), text('scope')];
    return {
      name,
      source,
      scope,
      bias: number('bias_ratio'),
      mape: number('mape'),
      maeWatts: number('mae_watts'),
      rmseWatts: number('rmse_watts'),
      r2: number('r2'),
      nodes: number('nodes'),
      hours: number('hours'),
      utilisation: [number('utilisation_min'), number('utilisation_max')],
      coverage: number('coverage'),
      points: series ? pointsOf(series, name, source, scope) : [],
    };
  });
}

function pointsOf(series: DataFrame, name: string, source: string, scope: string): readonly Point[] {
  const field = (which: string) =>
    series.fields.find(
      ({ name: own, labels = {} }) =>
        own === which &&
        labels['source'] === source &&
        labels['scope'] === scope &&
        (labels['node'] ?? labels['instance_type']) === name,
    );
  const [estimated, measured] = [field('estimated')?.values ?? [], field('measured')?.values ?? []];
  const times = (series.fields.find(({ name: own }) => own === 'time')?.values ?? []) as readonly number[];
  return times.flatMap((time, i) => {
    const [e, m] = [estimated[i] as number | null | undefined, measured[i] as number | null | undefined];
    return typeof e === 'number' && typeof m === 'number' ? [{ time, estimated: e, measured: m }] : [];
  });
}

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Least squares, estimated over measured; null: fewer than two different measurements. */
export function fitted(points: readonly Point[]): Line | null {
  const n = points.length;
  const mean = (of: (p: Point) => number) => points.reduce((sum, p) => sum + of(p), 0) / n;
  const [x, y] = [mean((p) => p.measured), mean((p) => p.estimated)];
  const spread = points.reduce((sum, p) => sum + (p.measured - x) ** 2, 0);
  if (n < 2 || spread === 0) return null;
  const slope = points.reduce((sum, p) => sum + (p.measured - x) * (p.estimated - y), 0) / spread;
  return { slope, intercept: y - slope * x };
}
