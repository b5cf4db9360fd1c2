/** The national endpoint of the UK Carbon Intensity API, with its habits: it also sends the half-hour before the range. */
import { startFaultyServer, type FaultyServer } from './faulty-server.js';

const HALF = 1800;
const iso = (at: number) => new Date(at * 1000).toISOString().replace(/:00\.000Z$/, 'Z');

export async function startUkCarbonIntensity(
  world: (half: number) => { readonly forecast: number | null; readonly actual: number | null },
): Promise<FaultyServer> {
  return startFaultyServer(({ path }) => {
    const match = /^\/intensity\/([^/]+)\/([^/]+)$/.exec(decodeURIComponent(path));
    if (!match) return { status: 404, body: { error: { code: '404 Not Found', message: 'Not found' } } };
    const [from, to] = [match[1]!, match[2]!].map((text) => Date.parse(text) / 1000) as [number, number];
    if (to - from > 14 * 86_400) {
      return { status: 400, body: { error: { code: '400 Bad Request', message: 'Range over 14 days' } } };
    }
    const data = [];
    for (let at = from - HALF; at < to; at += HALF) {
      data.push({ from: iso(at), to: iso(at + HALF), intensity: { ...world(at), index: 'moderate' } });
    }
    return { body: { data } };
  });
}
