/** Electricity Maps' carbon-intensity endpoints of version 3, in the shapes of its documentation, over a function of time. */
import type { SeenRequest } from '../../exporter/src/net/testing/fake-server.js';
import { startFaultyServer, type Answer, type FaultyServer } from './faulty-server.js';

export type Endpoint = 'history' | 'past-range' | 'latest' | 'forecast';

export interface GridWorld {
  /** What it says now of an hour; null: nothing. */
  (zone: string, hour: number): { readonly value: number; readonly estimated: boolean } | null;
}

export interface FakeElectricityMaps extends FaultyServer {
  /** What the token may ask for; default everything. */
  allow(allowed: (zone: string, endpoint: Endpoint) => boolean): void;
}

const HOUR = 3600;
const iso = (at: number) => new Date(at * 1000).toISOString();

export async function startElectricityMaps(options: {
  readonly token: string;
  readonly zones: readonly string[];
  readonly world: GridWorld;
  readonly now: () => number;
}): Promise<FakeElectricityMaps> {
  let allowed: (zone: string, endpoint: Endpoint) => boolean = () => true;
  const server = await startFaultyServer((request) => answer(request, options, allowed));
  return { ...server, allow: (next) => (allowed = next) };
}

function answer(
  { path, params, headers }: SeenRequest,
  options: Parameters<typeof startElectricityMaps>[0],
  allowed: (zone: string, endpoint: Endpoint) => boolean,
): Answer {
  const match = /^\/v3\/carbon-intensity\/(history|past-range|latest|forecast)$/.exec(path);
  if (!match) return { status: 404, body: { error: 'Not found' } };
  if (headers['auth-token'] !== options.token) return { status: 401, body: { error: 'Invalid auth-token' } };
  const endpoint = match[1] as Endpoint;
  const zone = params.get('zone') ?? '';
  if (!options.zones.includes(zone))
    return { status: 404, body: { error: `Zone '${zone}' does not exist.` } };
  if (!allowed(zone, endpoint)) return refused(zone, endpoint);
  const current = Math.floor(options.now() / HOUR) * HOUR;
  const point = (hour: number) => pointOf(zone, hour, options.world);
  const hours = (from: number, to: number) =>
    Array.from({ length: Math.max(0, (to - from) / HOUR) }, (_, i) => point(from + i * HOUR)).filter(
      (p) => p !== null,
    );
  switch (endpoint) {
    case 'history':
      return { body: { zone, history: hours(current - 23 * HOUR, current + HOUR) } };
    case 'latest': {
      const latest = point(current);
      return latest
        ? { body: latest }
        : { status: 404, body: { error: `No recent data for zone "${zone}"` } };
    }
    case 'forecast': {
      const forecast = hours(current + HOUR, current + 25 * HOUR);
      return {
        body: {
          zone,
          forecast: forecast.map(({ carbonIntensity, datetime }) => ({ carbonIntensity, datetime })),
          updatedAt: iso(options.now()),
        },
      };
    }
    case 'past-range': {
      const [from, to] = ['start', 'end'].map((key) => Date.parse(params.get(key) ?? '') / 1000) as [
        number,
        number,
      ];
      if (to - from > 10 * 24 * HOUR) return { status: 400, body: { error: 'Range exceeds 10 days' } };
      return { body: { zone, data: hours(from, Math.min(to, current + HOUR)) } };
    }
  }
}

const refused = (zone: string, endpoint: string): Answer => ({
  status: 401,
  body: {
    error: `Request unauthorized for zoneKey=${zone},requestType=${endpoint},dataType=carbon-intensity.`,
    message: 'You do not have access to this specific endpoint for this specific zone.',
  },
});

function pointOf(zone: string, hour: number, world: GridWorld) {
  const said = world(zone, hour);
  return (
    said && {
      zone,
      carbonIntensity: said.value,
      datetime: iso(hour),
      updatedAt: iso(hour + HOUR),
      createdAt: iso(hour - 72 * HOUR),
      emissionFactorType: 'lifecycle',
      isEstimated: said.estimated,
      estimationMethod: said.estimated ? 'FORECASTS_HIERARCHY' : null,
    }
  );
}
