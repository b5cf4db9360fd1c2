/** Scores as a table of one row each, and the dimensions of all as another. */
import { DataFrameType, type DataFrame } from '@grafana/data';
import type { Scores } from '../api/answers';
import { frame, numbers, strings, UNIT } from './fields';

export function scoreFrames({ items }: Pick<Scores, 'items'>): readonly DataFrame[] {
  const dimensions = items.flatMap(({ key, dimensions: all }) => all.map((d) => ({ key, ...d })));
  const keys = (rows: readonly { readonly key: Readonly<Record<string, string>> }[]) => [
    strings(
      'cluster',
      rows.map(({ key }) => key['cluster'] ?? ''),
    ),
    strings(
      'namespace',
      rows.map(({ key }) => key['namespace'] ?? ''),
    ),
  ];
  const meta = { type: DataFrameType.NumericLong, typeVersion: [0, 1] as [number, number] };
  return [
    frame(
      'score',
      [
        ...keys(items),
        numbers(
          'score',
          items.map(({ score }) => score),
        ),
        numbers(
          'coverage',
          items.map(({ coverage }) => coverage),
          { unit: UNIT.ratio },
        ),
      ],
      meta,
    ),
    frame(
      'dimensions',
      [
        ...keys(dimensions),
        strings(
          'dimension',
          dimensions.map(({ dimension }) => dimension),
        ),
        numbers(
          'weight',
          dimensions.map(({ weight }) => weight),
          { unit: UNIT.ratio },
        ),
        numbers(
          'score',
          dimensions.map(({ score }) => score),
        ),
        numbers(
          'points_lost',
          dimensions.map(({ points_lost: lost }) => lost),
        ),
        strings(
          'lost_to',
          dimensions.map(({ lost_to: to }) => to.map(({ name }) => name).join(', ')),
        ),
      ],
      meta,
    ),
  ];
}
