/** One colour a meaning, in every dashboard, as overrides by the name of a series. Names of Grafana's palette follow the theme. */
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

export interface Override {
  readonly name: string;
  readonly properties: DynamicConfigValue[];
}

const fixed = (colour: string): DynamicConfigValue => ({
  id: 'color',
  value: { mode: 'fixed', fixedColor: colour },
});

const dashed: DynamicConfigValue = { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } };

const coloured = (colours: Readonly<Record<string, string>>): readonly Override[] =>
  Object.entries(colours).map(([name, colour]) => ({ name, properties: [fixed(colour)] }));

/** How an energy was found: by a meter, by a model fitted to meters, by the model alone. The last is dashed too. */
export const BY_METHOD: readonly Override[] = [
  ...coloured({ measured: 'green', calibrated: 'blue' }),
  { name: 'estimated', properties: [fixed('orange'), dashed] },
];

export const BY_SCOPE = coloured({ operational: 'blue', embodied: 'purple' });

export const BY_PART = coloured({ pods: 'blue', system: 'purple', idle: 'yellow' });

/** A band between two named series, with the central figure drawn over it. */
export function band(low: string, high: string): readonly Override[] {
  const quiet: DynamicConfigValue[] = [
    { id: 'custom.lineWidth', value: 0 },
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.hideFrom', value: { legend: false, tooltip: false, viz: false } },
    { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
    fixed('orange'),
  ];
  return [
    { name: low, properties: quiet },
    {
      name: high,
      properties: [
        ...quiet.filter(({ id }) => id !== 'custom.fillOpacity'),
        { id: 'custom.fillOpacity', value: 20 },
        { id: 'custom.fillBelowTo', value: low },
      ],
    },
  ];
}
