/** The electricity: how clean it is, how old that figure is, and when it will be better. */
import { board } from '../board.js';
import { bars, lines } from '../panels.js';
import { IN_CLUSTER } from '../promql.js';
import { table } from '../tables.js';
import { VARIABLES } from '../variables.js';

const INTENSITY = `greenkube_grid_carbon_intensity_grams_per_kwh{${IN_CLUSTER}}`;
const FORECAST = `greenkube_grid_carbon_intensity_forecast_grams_per_kwh{${IN_CLUSTER}}`;
const ENERGY_IN_ZONE =
  `sum by (grid_zone) (sum by (cluster, node) (rate(greenkube_node_energy_joules_total{${IN_CLUSTER}}[$__rate_interval]))` +
  ` * on (cluster, node) group_left (grid_zone) group by (cluster, node, grid_zone) (greenkube_node_info{${IN_CLUSTER}}))`;

const GRAMS_PER_KWH = 'suffix: g/kWh';

export const grid = board({
  name: 'grid',
  title: 'Grid',
  description:
    'Carbon intensity of the electricity that the nodes draw, its source and age, and the forecast.',
  variables: [VARIABLES.metrics, VARIABLES.cluster],
  rows: [
    {
      title: 'Now',
      panels: [
        bars({
          title: 'Carbon intensity by zone',
          description:
            'Life-cycle CO₂e of one kWh, mean of the selected time, with its source: a yearly mean does not follow the hours.',
          unit: GRAMS_PER_KWH,
          decimals: 0,
          limits: [150, 400],
          width: 8,
          queries: [
            {
              expr: `avg by (zone, source) (avg_over_time(${INTENSITY}[$__range]))`,
              legend: '{{zone}} ({{source}})',
              instant: true,
            },
          ],
        }),
        table({
          title: 'Where the figures come from',
          description:
            'The intensity in use by zone, its source, and how long ago the instant lies that it holds for.',
          labels: { zone: 'Zone', source: 'Source' },
          width: 8,
          height: 9,
          columns: [
            { title: 'Age', unit: 's', decimals: 0, expr: agedBySource() },
            {
              title: 'Intensity',
              unit: GRAMS_PER_KWH,
              decimals: 0,
              expr: `max by (zone, source) (${INTENSITY})`,
            },
          ],
        }),
        lines({
          title: 'Power by zone',
          description: 'Power of the nodes that are there now, by the grid that they draw from.',
          unit: 'watt',
          width: 8,
          queries: [{ expr: ENERGY_IN_ZONE, legend: '{{grid_zone}}' }],
        }),
      ],
    },
    {
      title: 'Over time',
      panels: [
        lines({
          title: 'Carbon intensity',
          description: 'Of the electricity, by zone and source, as the intervals were computed with.',
          unit: GRAMS_PER_KWH,
          decimals: 0,
          width: 12,
          queries: [{ expr: `avg by (zone, source) (${INTENSITY})`, legend: '{{zone}} ({{source}})' }],
        }),
        lines({
          title: 'Carbon intensity against its own week',
          description:
            'Over the mean of the seven days before: above 1 the hours are dirtier than usual, below 1 cleaner.',
          unit: 'none',
          decimals: 2,
          width: 12,
          queries: [
            {
              expr: `avg by (zone) (${INTENSITY}) / avg by (zone) (avg_over_time(${INTENSITY}[7d]))`,
              legend: '{{zone}}',
            },
          ],
        }),
        lines({
          title: 'Forecast',
          description: 'Carbon intensity that is expected so many hours ahead, by zone.',
          unit: GRAMS_PER_KWH,
          decimals: 0,
          width: 12,
          queries: [{ expr: `avg by (zone, horizon) (${FORECAST})`, legend: '{{zone}} in {{horizon}}' }],
        }),
        bars({
          title: 'Best hour ahead, against now',
          description:
            'The lowest intensity forecast within a day over the present one: below 1 it is worth to wait.',
          unit: 'percentunit',
          decimals: 0,
          max: 1,
          width: 12,
          queries: [
            {
              expr: `min by (zone) (${FORECAST}) / avg by (zone) (${INTENSITY})`,
              legend: '{{zone}}',
              instant: true,
            },
          ],
        }),
      ],
    },
  ],
});

/** The age carries no source; it is that of the one in use. */
function agedBySource(): string {
  const age = `max by (zone) (greenkube_grid_carbon_intensity_age_seconds{${IN_CLUSTER}})`;
  return `group by (zone, source) (${INTENSITY}) * on (zone) group_left () ${age}`;
}
