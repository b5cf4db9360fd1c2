/** docs/api.md, from the OpenAPI document. */
import { openApiDocument } from '../openapi.js';
import { ROUTES } from '../routes/index.js';
import { sectionsOf, type Operation } from './operations.js';

const INTRODUCTION = `# HTTP API

This page is generated from the OpenAPI document; a test fails when the two differ. A running exporter serves the document at
\`/api/v1/openapi.json\` and a page for people at \`/api/v1/docs\`.

## Rules

- **Tokens**: \`Authorization: Bearer <token>\`. \`API_TOKEN\` reads, \`API_OPERATOR_TOKEN\` also changes, \`METRICS_TOKEN\` scrapes. Without
  any token the server listens on loopback only, unless \`API_ALLOW_ANONYMOUS=true\`; the probes and the landing page need none.
- **Ranges**: \`last=\` (\`30min\`, \`24h\`, \`7d\`, \`4w\`, \`3m\` of 30 days, \`1y\` of 365 days, \`ytd\`), or \`from=\` and \`to=\` in RFC 3339 or epoch
  seconds, half-open, on the grid of the ledger. Default: the last 24 h.
- **Filters**: \`cluster\`, \`namespace\`, \`workload\`, \`node\`; repeat one for alternatives.
- **Groups**: \`by=\` takes a comma list. \`label:<key>\` groups by a pod label that \`POD_LABELS\` names; pods without it have the key "".
  What a node did beside its pods is listed as \`__system__\` and \`__idle__\`, so that groups always add to the total.
- **null** means that nothing is known; **0** means none. \`coverage\` is the share of the range that is known, \`estimated_ratio\` the
  share of the energy that no meter read.
- **Budget**: more than 11 000 points a series or 500 000 in all are refused with the step to use.
- **Pages**: follow \`next_cursor\` until it is null; the pages of \`last=24h\` stay pages of one range.
- **Errors** are problem details (RFC 9457) with a stable \`type\`, the \`parameter\` that is wrong and the \`fix\`.
- **Limits**: 1200 requests a minute and client, URLs of 8 KiB, headers of 16 KiB, bodies of 64 KiB. Scrapes have a budget of
  their own. Answers over 1 KiB are sent in gzip to clients that take it.
`;

/** The whole page, ending in one newline. */
export function renderApiDocs(): string {
  const sections = sectionsOf(openApiDocument(ROUTES, ''));
  const body = sections.map(
    ({ name, operations }) => `## ${name}\n\n${operations.map(operationText).join('\n')}`,
  );
  return `${INTRODUCTION}\n${body.join('\n')}`;
}

function operationText(o: Operation): string {
  return [
    `### ${o.method} ${o.path}`,
    '',
    `${o.summary}. Token: ${o.token}.`,
    '',
    ...(o.parameters.length > 0 ? [parameterTable(o), ''] : []),
    ...(o.examples.length > 0 ? [examplesText(o), ''] : []),
    ...(o.fields.length > 0 ? [fieldTable(o), ''] : []),
  ].join('\n');
}

/** Within a cell of a table. */
const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

function parameterTable({ parameters }: Operation): string {
  const rows = parameters.map((p) => {
    const place = p.in === 'path' ? 'in the path' : p.required ? 'required' : p.default && `\`${p.default}\``;
    return `| \`${p.name}\` | ${cell(p.type)} | ${place} | ${cell(p.description)} |`;
  });
  return ['| parameter | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function examplesText({ examples }: Operation): string {
  const lines = examples.map(({ request, asks }) => `# ${asks}\n${curl(request)}`);
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

function curl(request: string): string {
  const [method = '', target = ''] = request.split(/ (.*)/s);
  const how = method === 'GET' ? '' : `-X ${method} -H "Authorization: Bearer $API_OPERATOR_TOKEN" `;
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const needsEncoding = /[{}"]/.test(query);
  if (!needsEncoding) return `curl -s ${how}'http://localhost:8000${target}'`;
  const parts = query.split(/&(?=\w+=)/).map((part) => `--data-urlencode '${part}'`);
  return `curl -sG ${how}http://localhost:8000${path} ${parts.join(' ')}`;
}

function fieldTable({ fields, status }: Operation): string {
  const rows = fields.map((f) => `| \`${f.name}\` | ${cell(f.type)} | ${cell(f.description)} |`);
  return [`| field (${status}) | type | meaning |`, '|---|---|---|', ...rows].join('\n');
}
