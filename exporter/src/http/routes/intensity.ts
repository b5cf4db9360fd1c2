import { z } from 'zod';
import { INTENSITY_SOURCES } from '../../domain/model.js';
import { preferredHours } from '../../pipeline/query-intensity.js';
import { checkBudget, parseRange } from '../../pipeline/query-range.js';
import { HOUR } from '../../domain/interval.js';
import { instant } from '../amounts.js';
import { instantSchema, rangeParameters, unitsSchema } from '../schemas.js';
import { outlookOf } from './findings.js';
import { route } from './route.js';

const sourceSchema = z.enum(INTENSITY_SOURCES);

export const zoneParameter = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,5}){0,3}$/, 'is not a grid zone code such as FR or US-CAL-CISO')
  .meta({ description: 'Grid zone, as Electricity Maps names it', example: 'FR' });

const inUse = z
  .object({
    value: z.number(),
    source: sourceSchema,
    time: instantSchema.meta({ description: 'The instant that the value holds for' }),
    age_seconds: z.number().min(0),
  })
  .nullable()
  .meta({ description: 'What the newest interval was computed with; null: no node draws from the zone' });

const answer = z
  .object({
    zone: z.string(),
    from: instantSchema,
    to: instantSchema,
    units: unitsSchema,
    in_use: inUse,
    points: z
      .array(
        z.object({
          time: instantSchema.meta({ description: 'Start of the hour' }),
          value: z.number(),
          source: sourceSchema,
          provisional: z.boolean().meta({ description: 'The source itself calls it an estimate' }),
          fetched_at: instantSchema,
          age_seconds: z.number().min(0).meta({ description: 'Since the hour ended' }),
        }),
      )
      .meta({ description: 'Hours that a live source has told; of several sources the most trusted' }),
    zones: z.array(z.string()).meta({ description: 'Zones of which anything is known' }),
  })
  .meta({ id: 'Intensity' });

export type IntensityAnswer = z.infer<typeof answer>;

export const intensity = route({
  method: 'get',
  path: '/api/v1/intensity',
  role: 'read',
  summary: 'Carbon intensity of the electricity of a zone, hour by hour, with source and age',
  query: z.strictObject({ zone: zoneParameter, ...rangeParameters }),
  produces: 'application/json',
  answer,
  examples: [
    { query: 'zone=FR&last=24h', asks: 'a day of one zone' },
    { query: 'zone=NL&last=7d', asks: 'a week of another' },
  ],
  handle: async (deps, { query, now }) => {
    const outlook = outlookOf(deps);
    const range = parseRange(query, now, deps.step);
    checkBudget(range, HOUR, deps.step);
    const stored = await outlook.intensity({ gridZone: query.zone, range });
    const outlooks = await outlook.findings({ kind: 'outlook', clusters: [] });
    const used = outlooks.find(({ body }) => body.zone === query.zone)?.body.inUse ?? null;
    const known = new Set([...(await outlook.intensityZones()), ...outlooks.map(({ body }) => body.zone)]);
    const json: IntensityAnswer = {
      zone: query.zone,
      from: instant(range.from),
      to: instant(range.to),
      units: { value: 'g/kWh' },
      in_use: used && {
        value: used.value,
        source: used.source,
        time: instant(used.time),
        age_seconds: Math.max(0, now - used.time),
      },
      points: preferredHours(stored).map((p) => ({
        time: instant(p.hour),
        value: p.value,
        source: p.source,
        provisional: p.provisional,
        fetched_at: instant(p.fetchedAt),
        age_seconds: Math.max(0, now - (p.hour + HOUR)),
      })),
      zones: [...known].toSorted(),
    };
    return { json };
  },
});
