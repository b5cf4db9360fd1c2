/** What is generated of the plugin is what `pnpm gen` would write. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../../exporter/src/http/openapi.js';
import { ROUTES } from '../../exporter/src/http/routes/index.js';

const PLUGIN = path.resolve(import.meta.dirname, '../../grafana-app-plugin');
const script = <T>(name: string): Promise<T> => import(path.join(PLUGIN, 'scripts', name)) as Promise<T>;
const written = (file: string): string => readFileSync(path.join(PLUGIN, 'src', file), 'utf8');

describe('generated files of the plugin', () => {
  it('have the types of the API as it is', async () => {
    const { renderApiTypes } = await script<{ renderApiTypes: (document: object) => Promise<string> }>(
      'api-types.mjs',
    );
    expect(written('api/schema.ts')).toBe(await renderApiTypes(openApiDocument(ROUTES, '0')));
  });

  it('have the English texts as they are', async () => {
    const { renderTexts } = await script<{ renderTexts: () => string }>('texts.mjs');
    expect(written('locales/en-US/greenkube-app.json')).toBe(renderTexts());
  });
});
