import { z } from 'zod';
import { noParameters, route } from './route.js';

export const livez = route({
  method: 'get',
  path: '/livez',
  role: 'public',
  summary: 'The process answers',
  query: noParameters,
  produces: 'application/json',
  answer: z.object({ status: z.literal('ok') }),
  handle: () => ({ json: { status: 'ok' } }),
});
