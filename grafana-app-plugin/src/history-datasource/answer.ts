/** How each type of query is answered: which of the API is asked, and which frames come of it. */
import type { DataFrame } from '@grafana/data';
import type { GreenKubeApi, Parameters } from '../api/client';
import { comparisonStep } from '../api/steps';
import { comparisonFrame, comparisonSeriesFrame } from '../frames/comparison';
import { appliedFrame, lowCarbonFrame } from '../frames/events';
import { cutNotice } from '../frames/fields';
import { intensityFrame } from '../frames/intensity';
import { nodesFrame } from '../frames/nodes';
import { recommendationsFrame } from '../frames/recommendations';
import { scoreFrames } from '../frames/score';
import { seriesFrame, widthsFrom } from '../frames/series';
import { totalsFrame } from '../frames/totals';
import { groupsOf, type HistoryQuery, type QueryType } from './query';

export interface Asked {
  readonly api: GreenKubeApi;
  /** Variables replaced. */
  readonly query: HistoryQuery;
  /** Range and filters. */
  readonly parameters: Parameters;
}

type AnswerQuery = (asked: Asked) => Promise<readonly DataFrame[]>;

const totals: AnswerQuery = async ({ api, query, parameters }) => {
  const { pages, more } = await api.all('/api/v1/totals', { ...parameters, by: groupsOf(query) });
  const [first] = pages;
  return first
    ? [
        totalsFrame(
          first,
          pages.flatMap(({ rows }) => rows),
          more,
        ),
      ]
    : [];
};

/** Metrics that have bounds; of the parts and of cost the API gives none. */
const BOUNDED = new Set(['energy_joules', 'co2e_grams']);

const series: AnswerQuery = async ({ api, query, parameters }) => {
  const metric = query.metric ?? 'co2e_grams';
  const by = groupsOf(query);
  const step = query.step === '' ? undefined : query.step;
  const answer = api.get('/api/v1/series', { ...parameters, by, metric, step });
  if (!query.bounds || !BOUNDED.has(metric)) return [seriesFrame(await answer)];
  const [found, { pages }] = await Promise.all([
    answer,
    api.all('/api/v1/totals', { ...parameters, by, metric }),
  ]);
  const rows = pages.flatMap((page) => page.rows);
  return [seriesFrame(found, pages[0] ? widthsFrom(pages[0], rows, metric) : null)];
};

/** Stale ones are no longer found: they are shown when they are asked for. */
const SHOWN = ['active', 'applied', 'ignored'];

const recommendations: AnswerQuery = async ({ api, query, parameters }) => {
  const { cluster, namespace, workload, node } = parameters;
  const status = query.status ? query.status.split(',').map((each) => each.trim()) : SHOWN;
  const { pages, more } = await api.all('/api/v1/recommendations', {
    cluster,
    namespace,
    workload,
    node,
    status,
  });
  const frame = recommendationsFrame(pages.flatMap(({ items }) => items));
  return [more ? { ...frame, meta: { ...frame.meta, notices: [cutNotice()] } } : frame];
};

const comparison: AnswerQuery = async ({ api, query, parameters }) => {
  const by = groupsOf(query).includes('instance_type') ? 'instance_type' : 'node';
  const { from, to, cluster, node } = parameters;
  const asked = { from, to, cluster, node, by };
  const [whole, parts] = await Promise.all([
    api.get('/api/v1/energy/comparison', asked),
    api.get('/api/v1/energy/comparison', { ...asked, step: query.step || comparisonStep(from, to) }),
  ]);
  return [comparisonFrame(whole), comparisonSeriesFrame(parts)];
};

const nodes: AnswerQuery = async ({ api, parameters: { from, to, cluster, node } }) => {
  const { pages } = await api.all('/api/v1/nodes', { from, to, cluster, node });
  return [nodesFrame(pages.flatMap(({ items }) => items))];
};

/** Zones that are asked about when a query names none. */
const MAX_ZONES = 10;

async function zonesOf({ api, query, parameters: { from, to, cluster } }: Asked): Promise<readonly string[]> {
  if (query.zone) return query.zone.split(',').map((zone) => zone.trim());
  const { pages } = await api.all('/api/v1/nodes', { from, to, cluster });
  return [...new Set(pages.flatMap(({ items }) => items.map((node) => node.grid_zone)))].slice(0, MAX_ZONES);
}

const intensity: AnswerQuery = async (asked) => {
  const { from, to } = asked.parameters;
  const zones = await zonesOf(asked);
  return Promise.all(
    zones.map(async (zone) => intensityFrame(await asked.api.get('/api/v1/intensity', { from, to, zone }))),
  );
};

const score: AnswerQuery = async ({ api, parameters: { cluster, namespace } }) =>
  scoreFrames(await api.get('/api/v1/score', { cluster, namespace }));

const applied: AnswerQuery = async ({ api, parameters }) => {
  const { cluster, namespace, workload, node } = parameters;
  const asked = { cluster, namespace, workload, node, status: 'applied' };
  const { pages } = await api.all('/api/v1/recommendations', asked);
  return [appliedFrame(pages.flatMap(({ items }) => items))];
};

/** Of the hours ahead, so they show where a range reaches into the future. */
const lowCarbon: AnswerQuery = async (asked) => {
  const zones = await zonesOf(asked);
  const ahead = (zone: string) => asked.api.get('/api/v1/intensity/forecast', { zone, horizon: '72h' });
  return Promise.all(zones.map(async (zone) => lowCarbonFrame(await ahead(zone))));
};

export const ANSWERS: Readonly<Record<QueryType, AnswerQuery>> = {
  totals,
  series,
  recommendations,
  comparison,
  intensity,
  nodes,
  score,
  applied,
  'low-carbon': lowCarbon,
};
