import { describe, expect, it } from '@jest/globals';
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
    readonly items?: { readonly enum?: string[] };
    readonly maximum?: number;
  };
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<
    string,
    { get: { operationId: string; security: object[]; parameters?: Parameter[]; responses: object } }
  >;
  readonly components: { schemas: Record<string, object> };
}

describe('GET /api/v1/openapi.json', () => {
  it('describes every route of the table, itself too', async () => {
    await using running = await start();
    const document = (await running.get(OPENAPI_PATH)).json<Document>();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).toSorted()).toEqual(
      [...ROUTES.map((r) => r.path), OPENAPI_PATH].toSorted(),
    );
    const ids = Object.values(document.paths).map((p) => p.get.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('getTotals');
  });

  const document = openApiDocument(ROUTES, '0.1.0') as unknown as Document;

  it('has each parameter of the schemas that validate, none of them required, each described', () => {
    for (const r of ROUTES) {
      const parameters = document.paths[r.path]!.get.parameters ?? [];
      expect(parameters.map((p) => p.name)).toEqual(Object.keys(r.query.shape));
      for (const p of parameters) {
        expect(p).toMatchObject({ in: 'query', required: false, description: expect.any(String) });
        expect(p.schema.type).toMatch(/^(string|integer|array)$/);
      }
    }
    const totals = document.paths['/api/v1/totals']!.get.parameters!;
    expect(totals.find((p) => p.name === 'by')!.schema.items!.enum).toContain('provider');
    expect(totals.find((p) => p.name === 'limit')!.schema.maximum).toBe(1000);
  });

  it('says which token a route needs', () => {
    expect(document.paths['/livez']!.get.security).toEqual([]);
    expect(document.paths['/api/v1/totals']!.get.security).toEqual([{ token: [] }, { operatorToken: [] }]);
  });

  it('names the shapes of answers, and of errors', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        'Totals',
        'Figures',
        'Series',
        'Nodes',
        'Namespaces',
        'Health',
        'Problem',
        'Readiness',
      ]),
    );
  });

  it('is the same each time', () => {
    expect(openApiDocument(ROUTES, '0.1.0')).toEqual(document);
  });
});
