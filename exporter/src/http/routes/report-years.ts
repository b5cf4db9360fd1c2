import { z } from 'zod';
import { noParameters, route } from './route.js';

const yearOf = (t: number): number => new Date(t * 1000).getUTCFullYear();

export const reportYears = route({
  method: 'get',
  path: '/api/v1/report/years',
  role: 'read',
  summary: 'Calendar years (UTC) between the oldest and the newest known interval, ascending',
  query: noParameters,
  produces: 'application/json',
  answer: z.array(z.number()).meta({ id: 'ReportYears' }),
  examples: [{ query: '', asks: 'the years that there can be a report of' }],
  handle: async ({ history }) => {
    const spans = (await history.clusters()).flatMap(({ firstSeen, lastSeen }) =>
      firstSeen === null || lastSeen === null ? [] : [[yearOf(firstSeen), yearOf(lastSeen)] as const],
    );
    const years = new Set<number>();
    for (const [first, last] of spans) for (let year = first; year <= last; year++) years.add(year);
    return { json: [...years].toSorted((a, b) => a - b) };
  },
});
