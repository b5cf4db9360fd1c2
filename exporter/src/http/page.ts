/** What the pages for people share: one style for light and dark, no script, nothing loaded from anywhere. */
import { createHash } from 'node:crypto';

const STYLE = `
:root{color-scheme:light dark;--fg:#1b1f23;--soft:#57606a;--bg:#fff;--card:#f6f8fa;--line:#d0d7de;--good:#1a7f37;--bad:#cf222e;--wait:#9a6700;--link:#0b5fc0}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--soft:#9da7b3;--bg:#0d1117;--card:#161b22;--line:#30363d;--good:#3fb950;--bad:#f85149;--wait:#d29922;--link:#6cb6ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:2rem 1rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
body.wide{max-width:64rem}
h1{margin:0;font-size:1.6rem}
h2{margin:2rem 0 .5rem;font-size:1.1rem}
h3{margin:2rem 0 .25rem;font-size:1rem;overflow-wrap:anywhere}
p{margin:.25rem 0}
.soft{color:var(--soft)}
a{color:var(--link)}
ul{margin:0;padding-left:1.2rem}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th,td{padding:.45rem .75rem;text-align:left;border-top:1px solid var(--line);vertical-align:top}
td,pre,code{overflow-wrap:anywhere}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
progress{width:100%;height:1rem}
code{font-family:ui-monospace,monospace}
pre{margin:.5rem 0;padding:.5rem .75rem;background:var(--card);border:1px solid var(--line);white-space:pre-wrap}
details{margin:.5rem 0}
summary{cursor:pointer}
`;

/** For the Content-Security-Policy: this style and no other. */
export const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface Page {
  readonly title: string;
  /** Markup; whatever is put into it has gone through `escape`. */
  readonly body: string;
  /** Seconds after which a browser asks again; absent: never. */
  readonly refresh?: number;
  readonly wide?: boolean;
}

export function htmlPage({ title, body, refresh, wide = false }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh === undefined ? '' : `<meta http-equiv="refresh" content="${refresh}">\n`}<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body${wide ? ' class="wide"' : ''}>
<main>
${body}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}
