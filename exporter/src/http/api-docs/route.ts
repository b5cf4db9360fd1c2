import { z } from 'zod';
import { openApiDocument } from '../openapi.js';
import { noParameters, route, type Route } from '../routes/route.js';
import { docsPage } from './page.js';

export const DOCS_PATH = '/api/v1/docs';

/** The route that shows all routes, itself included. */
export function docsRoute(routes: readonly Route[]): Route {
  let page: string | null = null;
  const self: Route = route({
    method: 'get',
    path: DOCS_PATH,
    role: 'read',
    summary: 'The API as a page for people',
    query: noParameters,
    produces: 'text/html',
    answer: z.string(),
    handle: ({ version: { version }, rootPath }) => ({
      content: (page ??= docsPage(openApiDocument([...routes, self], version), { version, rootPath })),
      contentType: 'text/html; charset=utf-8',
    }),
  });
  return self;
}
