/** Both powers over time with the band of the estimate, and one against the other. */
import { dateTimeFormat, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { power } from '../format/quantity';
import { t } from '../i18n';
import { fitted, type Meter } from './meters';
import { MARGIN, path, scale, ticks, type Frame, type Scale } from './plot';

interface ChartProps extends Frame {
  readonly meter: Meter;
}

const colours = (theme: GrafanaTheme2) => ({
  estimated: theme.colors.warning.text,
  band: theme.colors.warning.transparent,
  measured: theme.colors.success.text,
  axis: theme.colors.border.medium,
  text: theme.colors.text.secondary,
  plain: theme.colors.text.primary,
});

const highest = (values: readonly number[]): number => values.reduce((most, v) => Math.max(most, v), 0);

function Axes({
  x,
  y,
  xTicks,
  yTicks,
  xText,
  width,
  height,
}: Frame & {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly xText: (value: number) => string;
}) {
  const { axis, text } = colours(useTheme2());
  const bottom = height - MARGIN.bottom;
  return (
    <g fontSize={11} fill={text} stroke="none">
      {yTicks.map((value) => (
        <g key={value}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(value)}
            y2={y(value)}
            stroke={axis}
            strokeWidth={0.5}
          />
          <text x={MARGIN.left - 4} y={y(value) + 4} textAnchor="end">
            {power(value)}
          </text>
        </g>
      ))}
      {xTicks.map((value, i) => (
        <text
          key={value}
          x={x(value)}
          y={bottom + 15}
          textAnchor={i === 0 ? 'start' : i === xTicks.length - 1 ? 'end' : 'middle'}
        >
          {xText(value)}
        </text>
      ))}
    </g>
  );
}

export function PowerChart({ meter, width, height, timeZone }: ChartProps & { readonly timeZone: TimeZone }) {
  const { estimated, measured, band } = colours(useTheme2());
  const { points } = meter;
  const [first, last] = [points[0]?.time ?? 0, points.at(-1)?.time ?? 0];
  const error = meter.rmseWatts ?? 0;
  const yTicks = ticks(highest(points.flatMap((p) => [p.measured, p.estimated + error])));
  const x = scale(first, last, MARGIN.left, width - MARGIN.right);
  const y = scale(0, yTicks.at(-1)!, height - MARGIN.bottom, MARGIN.top);
  const line = (of: (p: (typeof points)[number]) => number) =>
    points.map((p) => [x(p.time), y(Math.max(0, of(p)))] as const);
  const around = [...line((p) => p.estimated + error), ...line((p) => p.estimated - error).reverse()];
  const format = last - first > 2 * 86_400_000 ? 'MM-DD' : 'HH:mm';
  const count = Math.max(2, Math.min(6, Math.floor(width / 110)));
  const xTicks = Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
  const label = t('accuracy.over-time', 'Estimated and measured power of {{name}} over time', {
    name: meter.name,
  });
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <Axes
        {...{ x, y, xTicks, yTicks, width, height }}
        xText={(time) => dateTimeFormat(time, { timeZone, format })}
      />
      <path d={`${path(around)}Z`} fill={band} />
      <path d={path(line((p) => p.measured))} fill="none" stroke={measured} strokeWidth={1.5} />
      <path
        d={path(line((p) => p.estimated))}
        fill="none"
        stroke={estimated}
        strokeWidth={1.5}
        strokeDasharray="5 3"
      />
    </svg>
  );
}

export function Scatter({ meter, width, height }: ChartProps) {
  const { axis, estimated, plain, text } = colours(useTheme2());
  const { points } = meter;
  const yTicks = ticks(highest(points.flatMap((p) => [p.measured, p.estimated])));
  const end = yTicks.at(-1)!;
  const x = scale(0, end, MARGIN.left, width - MARGIN.right);
  const y = scale(0, end, height - MARGIN.bottom, MARGIN.top);
  const fit = fitted(points);
  const xTicks = width < 260 ? [0, end] : yTicks;
  const label = t('accuracy.against', 'Estimated against measured power of {{name}}', { name: meter.name });
  const [low, high] = [Math.min(...points.map((p) => p.measured)), highest(points.map((p) => p.measured))];
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <Axes {...{ x, y, xTicks, yTicks, width, height }} xText={power} />
      <line x1={x(0)} y1={y(0)} x2={x(end)} y2={y(end)} stroke={axis} strokeWidth={1.5} />
      <text
        x={width - MARGIN.right}
        y={height - MARGIN.bottom - 6}
        textAnchor="end"
        fontSize={11}
        fill={text}
      >
        {t('accuracy.axis-measured', 'measured →')}
      </text>
      <text x={MARGIN.left + 6} y={MARGIN.top + 12} fontSize={11} fill={text}>
        {t('accuracy.axis-estimated', '↑ estimated')}
      </text>
      {points.map((p) => (
        <circle key={p.time} cx={x(p.measured)} cy={y(p.estimated)} r={2} fill={plain} fillOpacity={0.45} />
      ))}
      {fit && (
        <path
          d={path([low, high].map((m) => [x(m), y(Math.max(0, fit.intercept + fit.slope * m))] as const))}
          stroke={estimated}
          strokeWidth={1.5}
          strokeDasharray="5 3"
        />
      )}
    </svg>
  );
}
