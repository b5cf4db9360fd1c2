/** Grid intensity over time: what was, and what is forecast with its band. */
import { DataFrameType, type DataFrame } from '@grafana/data';
import type { Intensity, IntensityForecast } from '../api/answers';
import { frame, numbers, seconds, UNIT } from './fields';

const inSeconds = (text: string): number => Date.parse(text) / 1000;
const WIDE = { type: DataFrameType.TimeSeriesWide, typeVersion: [0, 1] as [number, number] };

export function intensityFrame({ zone, points, in_use: used }: Intensity): DataFrame {
  const sources = [...new Set(points.map(({ source }) => source))];
  const newest = points.at(-1);
  const notice =
    newest || !used
      ? []
      : [{ severity: 'info' as const, text: `${zone}: ${used.value} g/kWh (${used.source})` }];
  return frame(
    `intensity ${zone}`,
    [
      seconds(
        'time',
        points.map(({ time }) => inSeconds(time)),
      ),
      numbers(
        'intensity',
        points.map(({ value }) => value),
        {
          unit: UNIT.gramsPerKwh,
          labels: { zone },
          displayName: zone,
          description: sources.join(', '),
        },
      ),
    ],
    { ...WIDE, notices: notice },
  );
}

export function forecastFrame({ zone, points }: IntensityForecast): DataFrame {
  const edge = { lineWidth: 0, showPoints: 'never', hideFrom: { legend: true, tooltip: false, viz: false } };
  const labels = { zone };
  const column = (
    name: string,
    displayName: string,
    of: (p: (typeof points)[number]) => number,
    custom: Record<string, unknown>,
  ) => numbers(name, points.map(of), { unit: UNIT.gramsPerKwh, labels, displayName, custom });
  return frame(
    `forecast ${zone}`,
    [
      seconds(
        'time',
        points.map(({ time }) => inSeconds(time)),
      ),
      column('forecast', `${zone} forecast`, (p) => p.value, { lineStyle: { fill: 'dash', dash: [6, 4] } }),
      column('low', `${zone} low`, (p) => p.low, { ...edge, fillOpacity: 0 }),
      column('high', `${zone} high`, (p) => p.high, { ...edge, fillOpacity: 18, fillBelowTo: `${zone} low` }),
    ],
    WIDE,
  );
}
