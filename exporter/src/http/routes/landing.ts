import { z } from 'zod';
import { assess } from '../health.js';
import { landingPage } from '../landing.js';
import { noParameters, route } from './route.js';

export const landing = route({
  method: 'get',
  path: '/',
  role: 'public',
  summary: 'A page for people: version, freshness, state of the sources, links',
  query: noParameters,
  produces: 'text/html',
  answer: z.string(),
  handle: ({ status: statusOf, version, cluster, rootPath, startedAt, step }, { now }) => {
    const status = statusOf();
    const assessment = assess(status, { now, startedAt, step });
    return {
      content: landingPage({ ...version, cluster, rootPath, assessment, status }),
      contentType: 'text/html; charset=utf-8',
    };
  },
});
