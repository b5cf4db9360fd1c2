/** The types of the exporter's API as TypeScript, from its OpenAPI document. `pnpm gen` writes them; a test compares. */
import openapiTS, { astToString } from 'openapi-typescript';

const HEAD = `/** Generated from the OpenAPI document of the exporter by \`pnpm gen\`: change the schemas of exporter/src/http. */\n\n`;

export async function renderApiTypes(document) {
  const described = withoutRefusals(structuredClone(document));
  return HEAD + astToString(await openapiTS(described, { alphabetize: true, immutable: true }));
}

/** A refusal is the same problem on every path: written out each time it would be nine tenths of the file. */
function withoutRefusals(document) {
  for (const operations of Object.values(document.paths)) {
    for (const { responses } of Object.values(operations)) {
      for (const status of Object.keys(responses)) if (!status.startsWith('2')) delete responses[status];
    }
  }
  return document;
}
