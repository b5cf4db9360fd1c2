/** Serves the host page, the built plugin as it is, and the requests of its data sources as Grafana's proxy would send them on. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLUGIN = path.join(ROOT, 'grafana-app-plugin');
export const DIST = path.join(PLUGIN, 'dist');
const UI = path.join(PLUGIN, 'node_modules/@grafana/ui/dist/public');
const MODULES = path.join(ROOT, 'test/node_modules');
const FONTS = '/usr/share/fonts/opentype/inter';
const APP = 'greenkube-app';

/** A data source as an administrator has set it up. */
export interface Source {
  readonly uid: string;
  readonly name: string;
  readonly jsonData: { readonly url: string };
  readonly secureJsonData: { readonly apiToken?: string; readonly operatorToken?: string };
}

interface ProxyRoute {
  readonly path: string;
  readonly method: string;
  readonly url: string;
  readonly reqRole?: string;
  readonly headers: readonly { readonly name: string; readonly content: string }[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.css': 'text/css',
};

/** @param host folder of host.js and host.css */
export async function serveHost(
  host: string,
  sources: readonly Source[],
): Promise<AsyncDisposable & { readonly url: string }> {
  const { routes } = JSON.parse(
    await readFile(path.join(DIST, 'history-datasource/plugin.json'), 'utf8'),
  ) as {
    routes: readonly ProxyRoute[];
  };
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://host');
    const [, uid, rest] = /^\/api\/datasources\/proxy\/uid\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
    if (rest !== undefined)
      return proxy(
        req,
        res,
        routes,
        sources.find((s) => s.uid === uid),
        rest + url.search,
      );
    const file = fileOf(url.pathname, host);
    if (file === undefined) return sendPage(res, sources);
    if (file !== null && existsSync(file)) return sendFile(res, file);
    if (/\/img\/icons\//.test(url.pathname)) return sendIcon(res);
    res.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Undefined: it is the address of a page; null: there is no such file. */
function fileOf(pathname: string, host: string): string | null | undefined {
  const below = (prefix: string, folder: string) =>
    pathname.startsWith(prefix)
      ? path.join(folder, path.normalize(`/${pathname.slice(prefix.length)}`))
      : undefined;
  const font = /fonts\/inter\/Inter-(\w+)\.woff2$/.exec(pathname)?.[1];
  if (font !== undefined) return path.join(FONTS, `Inter-${font}.otf`);
  const icon = /\/img\/icons\/(.+\.svg)$/.exec(pathname)?.[1];
  if (icon !== undefined) return path.join(UI, 'img/icons', path.normalize(`/${icon}`));
  return (
    below('/host-files/', host) ??
    below('/systemjs/', path.join(MODULES, 'systemjs/dist')) ??
    below(`/public/plugins/${APP}/`, DIST) ??
    (/^\/(public|api)\//.test(pathname) ? null : undefined)
  );
}

function sendFile(res: ServerResponse, file: string): void {
  res.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(res);
}

/** @grafana/ui has some of Grafana's icons only. */
function sendIcon(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'image/svg+xml' });
  res.end(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8" fill="none" stroke="currentColor"/></svg>',
  );
}

function sendPage(res: ServerResponse, sources: readonly Source[]): void {
  const boot = {
    user: { isSignedIn: true, timezone: 'utc', weekStart: 'monday', permissions: {} },
    settings: {},
    navTree: [],
  };
  const names = sources.map(({ uid, name }) => ({ uid, name }));
  res.writeHead(200, { 'content-type': 'text/html' });
  res.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>GreenKube</title><base href="/">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{margin:0}</style><link rel="stylesheet" href="/host-files/host.css">
<script>window.grafanaBootData=${JSON.stringify(boot)};window.hostSources=${JSON.stringify(names)}</script>
<script src="/systemjs/system.js"></script><script src="/systemjs/extras/amd.js"></script></head>
<body><div id="root"></div><script src="/host-files/host.js"></script></body></html>`);
}

/** Matches a route by method and path, fills its templates and adds its headers; what no route names is not found. */
function proxy(
  req: IncomingMessage,
  res: ServerResponse,
  routes: readonly ProxyRoute[],
  source: Source | undefined,
  rest: string,
): void {
  const json = (status: number, message: string) =>
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
  const route = routes.find((r) => rest.startsWith(r.path) && r.method === req.method);
  if (!source || !route) return void json(404, 'plugin route match not found');
  const target = filled(route.url, source) + rest.slice(route.path.length);
  const headers = Object.fromEntries(
    route.headers.map(({ name, content }) => [name, filled(content, source)]),
  );
  const passed = {
    accept: req.headers.accept ?? '*/*',
    ...(req.headers['content-type'] && { 'content-type': req.headers['content-type'] }),
  };
  const upstream = request(target, { method: req.method, headers: { ...passed, ...headers } }, (answer) => {
    // Grafana turns a 401 of the server behind into a 400.
    const status = answer.statusCode === 401 ? 400 : (answer.statusCode ?? 502);
    res.writeHead(status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' });
    answer.pipe(res);
  });
  upstream.on('error', () => json(502, 'Bad Gateway'));
  req.pipe(upstream);
}

/** The part of Go's text/template that plugin.json uses. */
function filled(text: string, { jsonData, secureJsonData }: Source): string {
  const value = (kind: string, name: string): string =>
    String((kind === 'JsonData' ? jsonData : secureJsonData)[name as never] ?? '');
  return text
    .replace(
      /\{\{ if \.(\w+)\.(\w+) \}\}(.*?)\{\{ end \}\}/g,
      (_, kind: string, name: string, then: string) => (value(kind, name) === '' ? '' : then),
    )
    .replace(/\{\{ \.(\w+)\.(\w+) \}\}/g, (_, kind: string, name: string) => value(kind, name));
}
