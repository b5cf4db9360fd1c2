import { z } from 'zod';
import type { Backtest } from '../../domain/forecast/hour-of-week.js';
import { FORECAST_METHODS, HORIZON_HOURS } from '../../domain/forecast/outlook.js';
import type { Window } from '../../domain/forecast/windows.js';
import { HOUR } from '../../domain/interval.js';
import type { Seconds } from '../../domain/units.js';
import { aheadOf } from '../../pipeline/query-intensity.js';
import { formatDuration, parseStep, QueryProblem } from '../../pipeline/query-range.js';
import { seconds } from '../../domain/units.js';
import { instant } from '../amounts.js';
import { Problem } from '../problem.js';
import { instantSchema, unitsSchema } from '../schemas.js';
import { outlookOf } from './findings.js';
import { zoneParameter } from './intensity.js';
import { route } from './route.js';

const MAX_HORIZON = HORIZON_HOURS * HOUR;
const MINUTE = seconds(60);

const duration = (description: string, example: string) =>
  z.string().min(1).max(40).meta({ description, example });

const windowSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  mean: z.number().meta({ description: 'Mean intensity over the window' }),
});

const answer = z
  .object({
    zone: z.string(),
    horizon: z.string(),
    units: unitsSchema,
    computed_at: instantSchema,
    method: z.enum(FORECAST_METHODS).nullable().meta({
      description: 'Who forecasts: a live provider, or the same hour of past weeks; null: nobody can',
    }),
    source: z.string(),
    points: z.array(
      z.object({
        time: instantSchema.meta({ description: 'Start of the hour' }),
        value: z.number(),
        low: z.number().meta({
          description:
            'With high, the middle 80 % of how far past hours, or the forecasts of the provider, were off; the value itself while too few of those are known',
        }),
        high: z.number(),
      }),
    ),
    backtest: z
      .object({
        mape: z.number().nullable(),
        mae: z.number(),
        bias: z.number(),
        within: z
          .number()
          .min(0)
          .max(1)
          .meta({ description: 'Share of the hours that came within low..high' }),
        hours: z.int(),
        days: z.int(),
      })
      .nullable()
      .meta({
        description:
          'How wrong hour-of-week was on the last days, each forecast from what was known at its beginning',
      }),
    best_window: windowSchema
      .extend({
        starts_in_seconds: z.number().min(0),
        mean_now: z.number().nullable().meta({ description: 'Mean of the same length beginning now' }),
        saved_ratio: z.number().nullable().meta({ description: '1 - mean / mean_now' }),
      })
      .nullable()
      .meta({ description: 'For a job of the duration asked for; null without one, or where none fits' }),
    low_threshold: z
      .number()
      .nullable()
      .meta({ description: 'What the cleanest quarter of the past hours stayed at or below' }),
    low_windows: z.array(windowSchema).meta({ description: 'Hours ahead at or below low_threshold' }),
    history_hours: z.int(),
  })
  .meta({ id: 'IntensityForecast' });

export type IntensityForecastAnswer = z.infer<typeof answer>;

export const intensityForecast = route({
  method: 'get',
  path: '/api/v1/intensity/forecast',
  role: 'read',
  summary: 'Carbon intensity of the hours ahead, and the best window for a job of given length',
  query: z.strictObject({
    zone: zoneParameter,
    horizon: duration(`How far ahead, at most ${HORIZON_HOURS}h`, '24h').default('24h'),
    duration: duration('Length of a job, in whole minutes', '2h').optional(),
  }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'zone=FR&horizon=24h&duration=2h', asks: 'when to run a job of two hours' },
    { query: 'zone=FR&horizon=72h', asks: 'three days of one zone' },
  ],
  handle: async (deps, { query, now }) => {
    const horizon = lengthOf('horizon', query.horizon, MAX_HORIZON);
    const length = query.duration === undefined ? null : lengthOf('duration', query.duration, horizon);
    const found = await outlookOf(deps).findings({ kind: 'outlook', clusters: [] });
    const finding = found.find(({ body }) => body.zone === query.zone);
    if (!finding) throw unknownZone(found.map(({ body }) => body.zone));
    const { body: outlook, at } = finding;
    const { hours, best, now: meanNow, lowWindows } = aheadOf(outlook, { now, horizon, duration: length });
    const json: IntensityForecastAnswer = {
      zone: query.zone,
      horizon: formatDuration(horizon),
      units: { value: 'g/kWh', mae: 'g/kWh', bias: 'g/kWh' },
      computed_at: instant(at),
      method: outlook.method,
      source: outlook.source,
      points: hours.map(({ hour, value, low, high }) => ({ time: instant(hour), value, low, high })),
      backtest: outlook.backtest && shownBacktest(outlook.backtest),
      best_window: best && {
        ...shownWindow(best),
        starts_in_seconds: Math.max(0, best.from - now),
        mean_now: meanNow,
        saved_ratio: meanNow === null || meanNow === 0 ? null : 1 - best.mean / meanNow,
      },
      low_threshold: outlook.lowThreshold,
      low_windows: lowWindows.map(shownWindow),
      history_hours: outlook.historyHours,
    };
    return { json };
  },
});

const shownWindow = ({ from, to, mean }: Window) => ({ from: instant(from), to: instant(to), mean });

const shownBacktest = ({ mape, mae, bias, within, hours, days }: Backtest) => ({
  mape,
  mae,
  bias,
  within,
  hours,
  days,
});

/** In whole minutes. Throws `QueryProblem`. */
function lengthOf(parameter: string, text: string, most: number): Seconds {
  let length: Seconds;
  try {
    length = parseStep(text, MINUTE);
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error;
    throw new QueryProblem(
      parameter,
      `${parameter} is not a length of time in whole minutes.`,
      'Write for example 90m, 2h or 1d.',
    );
  }
  if (length <= most) return length;
  throw new QueryProblem(
    parameter,
    `${parameter} is longer than ${formatDuration(most)}.`,
    parameter === 'duration'
      ? 'Give a longer horizon or a shorter duration.'
      : `Use horizon=${formatDuration(most)} or less.`,
  );
}

function unknownZone(zones: readonly string[]): Error {
  if (zones.length === 0) return new Problem('not-ready', 'No zone has been looked at yet.');
  const known = [...new Set(zones)].toSorted().join(', ');
  return new QueryProblem('zone', 'zone is not one that a node draws from.', `Known: ${known}.`);
}
