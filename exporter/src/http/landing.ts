/** The page at `/`: what this is, how fresh it is, how its sources do. No script, nothing loaded from anywhere, no workload names. */
import type { PipelineStatus } from '../ports/status.js';
import { instant } from './amounts.js';
import type { Assessment, Check } from './health.js';
import { escape, htmlPage } from './page.js';

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
  ['/api/v1/docs', 'The API, for people'],
  ['/api/v1/openapi.json', 'The API as OpenAPI 3.1'],
  ['/readyz', 'Readiness'],
];

export function landingPage(facts: LandingFacts): string {
  const { assessment, status } = facts;
  return htmlPage({
    title: 'GreenKube exporter',
    ...(status.backfill && { refresh: 5 }),
    body: `<h1>GreenKube exporter</h1>
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
</ul>`,
  });
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
