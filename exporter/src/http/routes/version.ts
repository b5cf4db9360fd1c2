import { z } from 'zod';
import { noParameters, route } from './route.js';

export const version = route({
  method: 'get',
  path: '/api/v1/version',
  role: 'read',
  summary: 'What is running',
  query: noParameters,
  produces: 'application/json',
  answer: z
    .object({ version: z.string(), revision: z.string(), node_version: z.string() })
    .meta({ id: 'Version' }),
  examples: [{ query: '', asks: 'the version' }],
  handle: ({ version: { version, revision, nodeVersion } }) => ({
    json: { version, revision, node_version: nodeVersion },
  }),
});
