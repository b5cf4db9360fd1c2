/** The answers of the exporter that are used here, by the names that its schemas have. */
import type { components, paths } from './schema';

type Schemas = components['schemas'];
/** What a GET of this path answers. */
export type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer A } } } };
}
  ? A
  : never;

export type Figures = Schemas['Figures'];
export type Totals = Answer<'/api/v1/totals'>;
export type TotalsRow = Totals['rows'][number];
export type Series = Answer<'/api/v1/series'>;
export type Nodes = Answer<'/api/v1/nodes'>;
export type NodeItem = Nodes['items'][number];
export type Health = Answer<'/api/v1/health'>;
export type Explanation = Answer<'/api/v1/explain'>;
export type ReportSummary = Answer<'/api/v1/report/summary'>;
export type Comparison = Answer<'/api/v1/energy/comparison'>;
export type ComparisonRow = Comparison['rows'][number];
export type Method = NodeItem['method'];

/** A key of the API's groups, in the order in which one is drilled into. */
export type Level = 'cluster' | 'namespace' | 'workload' | 'pod' | 'node';
export type Key = Readonly<Record<string, string>>;

export type Intensity = Answer<'/api/v1/intensity'>;
export type IntensityForecast = Answer<'/api/v1/intensity/forecast'>;
export type Scores = Answer<'/api/v1/score'>;
export type Score = Scores['items'][number];
export type Budgets = Answer<'/api/v1/budgets'>;
export type Budget = Budgets['items'][number];
