/** The API as a page for people, from the OpenAPI document. */
import { escape, htmlPage } from '../page.js';
import { sectionsOf, type ApiDocument, type Operation, type Section } from './operations.js';

export interface DocsFacts {
  readonly version: string;
  readonly rootPath: string;
}

export function docsPage(document: ApiDocument, { version, rootPath }: DocsFacts): string {
  const sections = sectionsOf(document);
  const link = (path: string, text: string) => `<a href="${escape(rootPath + path)}">${escape(text)}</a>`;
  return htmlPage({
    title: 'GreenKube exporter: API',
    wide: true,
    body: `<h1>API of the GreenKube exporter</h1>
<p class="soft">Version ${escape(version)}. ${link('/api/v1/openapi.json', 'The same as OpenAPI 3.1')}. ${link('/', 'Start')}.</p>
<p>Ranges are <code>last=24h</code>, or <code>from</code> and <code>to</code>, half-open. null: nothing known; 0: none. Errors are problem
details that name the parameter and the fix. Tokens go into <code>Authorization: Bearer</code>.</p>
<nav aria-label="Routes">
${sections.map(contents).join('\n')}
</nav>
${sections.map((section) => sectionMarkup(section, rootPath)).join('\n')}`,
  });
}

function contents({ name, operations }: Section): string {
  const items = operations.map(
    (o) => `<li><a href="#${o.id}"><code>${o.method} ${escape(o.path)}</code></a></li>`,
  );
  return `<h2>${escape(name)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
}

function sectionMarkup({ name, operations }: Section, rootPath: string): string {
  const body = operations.map((o) => operationMarkup(o, rootPath)).join('\n');
  return `<section aria-label="${escape(name)}">\n<h2>${escape(name)}</h2>\n${body}\n</section>`;
}

function operationMarkup(o: Operation, rootPath: string): string {
  return [
    `<h3 id="${o.id}"><code>${o.method} ${escape(o.path)}</code></h3>`,
    `<p>${escape(o.summary)}. <span class="soft">Token: ${escape(o.token)}.</span></p>`,
    ...o.examples.map((example) => exampleMarkup(example, rootPath)),
    o.parameters.length > 0 ? parameterTable(o) : '',
    o.fields.length > 0 ? fieldTable(o) : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function exampleMarkup({ request, asks }: Operation['examples'][number], rootPath: string): string {
  const [method = '', target = ''] = request.split(/ (.*)/s);
  const text = `<code>${escape(request)}</code>`;
  const href = escape(rootPath + encodeURI(target));
  return `<p>For ${escape(asks)}: ${method === 'GET' ? `<a href="${href}">${text}</a>` : text}</p>`;
}

function parameterTable({ parameters }: Operation): string {
  const rows = parameters.map((p) => [
    `<code>${escape(p.name)}</code>`,
    escape(p.type),
    p.in === 'path' ? 'in the path' : p.required ? 'required' : escape(p.default),
    escape(p.description),
  ]);
  return table(['Parameter', 'Type', 'Default', 'Meaning'], rows);
}

function fieldTable({ fields, status }: Operation): string {
  const rows = fields.map((f) => [`<code>${escape(f.name)}</code>`, escape(f.type), escape(f.description)]);
  return `<details><summary>Answer ${status}</summary>\n${table(['Field', 'Type', 'Meaning'], rows)}\n</details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = head.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((c) => `<td>${c}</td>`).join('')}</tr>`).join('\n');
  return `<table>\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}
