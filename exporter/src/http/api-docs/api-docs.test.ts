import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES } from '../routes/index.js';
import { pathOf } from '../routes/route.js';
import { explainablePast } from '../testing/explainable.js';
import { start } from '../testing/harness.js';
import { renderApiDocs } from './markdown.js';
import { docsPage } from './page.js';

it('docs/api.md is what the routes say; run pnpm gen after changing them', () => {
  const file = join(import.meta.dirname, '../../../../docs/api.md');
  expect(readFileSync(file, 'utf8')).toBe(renderApiDocs());
});

describe('the examples of the documentation', () => {
  const examples = ROUTES.flatMap((r) =>
    (r.examples ?? []).map(({ query }) => [r.method, pathOf(r), query, r] as const),
  );
  it.each(examples)('%s %s?%s', async (method, path, query, r) => {
    await using running = await start({ history: await explainablePast() });
    const reply = await running.get(`${path}${query && `?${encodeURI(query)}`}`, {
      method: method.toUpperCase(),
    });
    expect([reply.status, reply.text]).toEqual([r.success ?? 200, expect.any(String)]);
    if (r.produces === 'application/json') expect(() => r.answer.parse(reply.json())).not.toThrow();
  });

  it('every route of the API has one, but those that need something to exist', () => {
    const without = ROUTES.filter((r) => r.path.startsWith('/api/v1/') && !r.examples?.length).map(
      (r) => r.path,
    );
    const one = '/api/v1/recommendations/{id}';
    const needing = [one, `${one}/patch`, `${one}/apply`, `${one}/ignore`, `${one}/ignore`];
    expect(without).toEqual([...needing, '/api/v1/jobs/{id}']);
  });
});

describe('GET /api/v1/docs', () => {
  it('shows every route, without a script and with nothing from elsewhere', async () => {
    await using running = await start({ rootPath: '/gk' });
    const reply = await running.get('/api/v1/docs');
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const r of ROUTES) expect(reply.text).toContain(`${r.method.toUpperCase()} ${r.path}`);
    expect(reply.text).not.toMatch(/<script|<link|<img|src=|https?:\/\/|@import|url\(/);
    expect(reply.text).toContain('prefers-color-scheme:dark');
    expect(reply.text).toContain('href="/gk/api/v1/openapi.json"');
  });

  it('its style is the one that the policy lets in', async () => {
    await using running = await start();
    const { headers, text } = await running.get('/api/v1/docs');
    const style = /<style>([^]*?)<\/style>/.exec(text)![1]!;
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
  });

  it('links within the page lead somewhere', async () => {
    await using running = await start();
    const { text } = await running.get('/api/v1/docs');
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map((m) => m[1]!);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    expect(targets.toSorted()).toEqual(ids.toSorted());
  });

  it('markup in a document is text', () => {
    const document = {
      tags: [{ name: '<b>' }],
      paths: { '/<i>': { get: { tags: ['<b>'], summary: '<script>x</script>', responses: { 200: {} } } } },
    };
    const page = docsPage(document, { version: '"><img>', rootPath: '' });
    expect(page).not.toMatch(/<(b|i|img|script)>/);
  });
});
