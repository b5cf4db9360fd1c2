/** The page at `/`: what this is, how fresh it is, how its sources do. No script, nothing loaded from anywhere, no workload names. */
import { createHash } from 'node:crypto';
import type { PipelineStatus } from '../ports/status.js';
import { instant } from './amounts.js';
import type { Assessment, Check } from './health.js';

const STYLE = `
:root{color-scheme:light dark;--fg:#1b1f23;--soft:#57606a;--bg:#fff;--card:#f6f8fa;--line:#d0d7de;--good:#1a7f37;--bad:#cf222e;--wait:#9a6700;--link:#0b5fc0}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--soft:#9da7b3;--bg:#0d1117;--card:#161b22;--line:#30363d;--good:#3fb950;--bad:#f85149;--wait:#d29922;--link:#6cb6ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:2rem 1rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
h1{margin:0;font-size:1.6rem}
h2{margin:2rem 0 .5rem;font-size:1.1rem}
p{margin:.25rem 0}
.soft{color:var(--soft)}
a{color:var(--link)}
ul{margin:0;padding-left:1.2rem}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th,td{padding:.45rem .75rem;text-align:left;border-top:1px solid var(--line);vertical-align:top}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
progress{width:100%;height:1rem}
code{font-family:ui-monospace,monospace}
`;

/** For the Content-Security-Policy: this style and no other. */
export const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface LandingFacts {
  readonly version: string;
  readonly revision: string;
  readonly cluster: string;
  readonly rootPath: string;
  readonly assessment: Assessment;
  readonly status: PipelineStatus;
}

const LINKS: readonly (readonly [string, string])[] = [
  ['/metrics', 'Metrics, for Prometheus'],
  ['/api/v1/totals?by=namespace&last=24h', 'Energy, emissions and cost of the last 24 h by namespace'],
  ['/api/v1/series?metric=energy_joules&last=24h', 'Energy over the last 24 h'],
  ['/api/v1/nodes', 'Nodes and the factors used for each'],
  ['/api/v1/namespaces', 'Namespaces'],
  ['/api/v1/health', 'Health in detail'],
  ['/api/v1/openapi.json', 'The API as OpenAPI 3.1'],
  ['/readyz', 'Readiness'],
];

export function landingPage(facts: LandingFacts): string {
  const { assessment, status } = facts;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${status.backfill ? '<meta http-equiv="refresh" content="5">\n' : ''}<title>GreenKube exporter</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>GreenKube exporter</h1>
<p class="soft">Energy, CO<sub>2</sub>e and cost of Kubernetes workloads. Version ${escape(facts.version)} (${escape(facts.revision)}), cluster <code>${escape(facts.cluster)}</code>.</p>
<h2>Data</h2>
<p>${freshnessText(assessment)}</p>
${backfillBar(status)}
<h2>State</h2>
<table>
<thead><tr><th scope="col">Check</th><th scope="col">State</th><th scope="col">Reason</th></tr></thead>
<tbody>
${assessment.checks.map(checkRow).join('\n')}
</tbody>
</table>
<h2>Links</h2>
<ul>
${LINKS.map(([path, text]) => `<li><a href="${escape(facts.rootPath + path)}">${escape(text)}</a></li>`).join('\n')}
</ul>
</main>
</body>
</html>
`;
}

function freshnessText({ freshness }: Assessment): string {
  if (freshness.lastCompleted === null) return 'No interval is complete yet.';
  const minutes = Math.floor(freshness.age / 60);
  return `Complete up to <time>${instant(freshness.lastCompleted)}</time>, ${minutes} min ago.`;
}

function backfillBar({ backfill, pending }: PipelineStatus): string {
  if (!backfill) return pending > 0 ? `<p class="soft">${pending} older intervals are pending.</p>` : '';
  const { done, total } = backfill;
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  return `<p><label for="backfill">Backfill: ${done} of ${total} intervals (${percent} %)</label></p>
<progress id="backfill" max="${total}" value="${done}"></progress>`;
}

function checkRow({ name, ok, required, reason }: Check): string {
  const [style, state] = ok ? ['good', 'ok'] : required ? ['bad', 'not ok'] : ['wait', 'not ok (optional)'];
  return `<tr><td>${escape(name)}</td><td class="${style}">${state}</td><td>${escape(reason ?? '')}</td></tr>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}
