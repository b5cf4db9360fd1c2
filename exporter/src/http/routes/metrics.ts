import { z } from 'zod';
import { Problem } from '../problem.js';
import { noParameters, route } from './route.js';

export const metrics = route({
  method: 'get',
  path: '/metrics',
  role: 'metrics',
  summary: 'The last published snapshot in the Prometheus text format or OpenMetrics',
  query: noParameters,
  produces: null,
  answer: z.string(),
  handle: (deps, { accept, acceptEncoding }) => {
    const found = deps.metrics(accept, acceptEncoding);
    if (!found) {
      throw new Problem('not-ready', 'No snapshot has been published yet.', {
        headers: { 'Retry-After': '5' },
      });
    }
    return {
      content: found.body,
      contentType: found.contentType,
      headers: {
        Vary: 'Accept, Accept-Encoding',
        ...(found.gzip && { 'Content-Encoding': 'gzip' }),
      },
    };
  },
});
