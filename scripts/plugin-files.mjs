/** Generated files of the Grafana plugin: the types of the exporter's API and the English texts. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderApiTypes } from '../grafana-app-plugin/scripts/api-types.mjs';
import { renderTexts } from '../grafana-app-plugin/scripts/texts.mjs';
import { root } from './setup.mjs';

/** @returns names of the files written */
export async function writePluginFiles() {
  const exporter = (file) => import(path.join(root, 'exporter/dist/http', file));
  const [{ openApiDocument }, { ROUTES }] = await Promise.all([
    exporter('openapi.js'),
    exporter('routes/index.js'),
  ]);
  const files = {
    'grafana-app-plugin/src/api/schema.ts': await renderApiTypes(openApiDocument(ROUTES, '0')),
    'grafana-app-plugin/src/locales/en-US/greenkube-app.json': renderTexts(),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(root, file), text);
  return Object.keys(files);
}
