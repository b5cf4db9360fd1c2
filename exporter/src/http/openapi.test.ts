import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { DOCS_PATH } from './api-docs/route.js';
import { openApiDocument, OPENAPI_PATH } from './openapi.js';
import { ROUTES } from './routes/index.js';
import { start } from './testing/harness.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: {
    readonly type: string;
    readonly items?: { readonly anyOf?: { enum?: string[]; pattern?: string }[] };
    readonly maximum?: number;
  };
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly security: Record<string, string[]>[];
  readonly parameters?: Parameter[];
  readonly responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly tags: { name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly securitySchemes: Record<string, { type: string; scheme: string; description: string }>;
  };
}

const document = openApiDocument(ROUTES, '0.1.0') as unknown as Document;
const operationOf = (path: string, method = 'get') => document.paths[path]![method]!;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

describe('GET /api/v1/openapi.json', () => {
  it('describes every route of the table, the docs and itself too', async () => {
    await using running = await start();
    const served = (await running.get(OPENAPI_PATH)).json<Document>();
    expect(served.openapi).toBe('3.1.0');
    expect(Object.keys(served.paths).toSorted()).toEqual(
      [...new Set([...ROUTES.map((r) => r.path), OPENAPI_PATH, DOCS_PATH])].toSorted(),
    );
  });

  it('has each parameter of the schemas that validate, each described; required only where there is no default', () => {
    for (const r of ROUTES) {
      const parameters = operationOf(r.path, r.method).parameters ?? [];
      const inPath = Object.keys(r.params?.shape ?? {});
      expect(parameters.map((p) => p.name).toSorted()).toEqual(
        [...inPath, ...Object.keys(r.query.shape)].toSorted(),
      );
      for (const p of parameters) {
        const required =
          inPath.includes(p.name) || !(r.query.shape[p.name] as z.ZodType).safeParse(undefined).success;
        expect([r.path, p]).toMatchObject([
          r.path,
          { in: inPath.includes(p.name) ? 'path' : 'query', required, description: expect.any(String) },
        ]);
        expect(p.schema.type).toMatch(/^(string|integer|array)$/);
      }
    }
    const totals = operationOf('/api/v1/totals').parameters!;
    expect(totals.find((p) => p.name === 'by')!.schema.items!.anyOf![0]!.enum).toContain('provider');
    expect(totals.find((p) => p.name === 'limit')!.schema.maximum).toBe(1000);
  });

  it('says which token a route needs', () => {
    expect(operationOf('/livez').security).toEqual([]);
    expect(operationOf('/api/v1/totals').security).toEqual([{ token: [] }, { operatorToken: [] }]);
    expect(operationOf('/api/v1/backfill', 'post').security).toEqual([{ operatorToken: [] }]);
  });

  it('names the shapes of answers, and of errors', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        'Totals',
        'Figures',
        'Series',
        'Nodes',
        'Explanation',
        'Job',
        'Problem',
        'Services',
      ]),
    );
  });

  it('is the same each time', () => {
    expect(openApiDocument(ROUTES, '0.1.0')).toEqual(document);
  });
});

describe('the structure that OpenAPI 3.1 asks for', () => {
  it('every reference leads to a component', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1]!);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
  });

  it('operations have unique ids, a summary, a declared tag, and schemes that exist', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map((t) => t.name);
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^(get|post|patch|delete)[A-Z][A-Za-z0-9]*$/);
      expect(operation.summary).not.toBe('');
      expect(tags).toEqual(expect.arrayContaining(operation.tags));
      for (const scheme of operation.security.flatMap((s) => Object.keys(s))) {
        expect(document.components.securitySchemes[scheme]).toMatchObject({ type: 'http', scheme: 'bearer' });
      }
    }
  });

  it('names in a path are its parameters, each once', () => {
    for (const { path, operation } of operations) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!);
      const parameters = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
      expect([path, parameters.toSorted()]).toEqual([path, names.toSorted()]);
      const all = (operation.parameters ?? []).map((p) => `${p.in} ${p.name}`);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('each has one success, described, with a schema, and problems as problem+json', () => {
    for (const { path, operation } of operations) {
      const codes = Object.keys(operation.responses);
      expect([path, codes.filter((c) => c.startsWith('2')).length]).toEqual([path, 1]);
      expect(codes).toContain('default');
      for (const [code, { description, content }] of Object.entries(operation.responses)) {
        expect(code).toMatch(/^([245]\d\d|default)$/);
        expect(description).not.toBe('');
        if (!code.startsWith('2')) expect(Object.keys(content)).toEqual(['application/problem+json']);
        for (const media of Object.values(content)) expect(media.schema).toEqual(expect.any(Object));
      }
    }
  });
});

describe('a public validator', () => {
  it('finds the document valid OpenAPI 3.1', async () => {
    const { Validator } = await import('@seriousme/openapi-schema-validator');
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('would have found a mistake', async () => {
    const { Validator } = await import('@seriousme/openapi-schema-validator');
    const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 'none' } } } };
    expect((await new Validator().validate(broken as unknown as Record<string, unknown>)).valid).toBe(false);
  });
});
