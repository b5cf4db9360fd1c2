/** Emissions, energy and cost of what is looked at, each with its band, the change and the way to its explanation. */
import type { ReactNode } from 'react';
import type { Figures } from '../api/answers';
import { co2e, cost, energy } from '../format/quantity';
import { t } from '../i18n';
import { ExplainButton } from './Explain';
import { bandText, changeText } from './figure-words';
import { MethodShare } from './Method';
import { Stat, Stats } from './Stat';

interface FootprintProps {
  /** What the figures are of; empty: everything. */
  readonly scope: Readonly<Record<string, string>>;
  readonly figures: Figures;
  /** Of the period before; null: not known. */
  readonly before: Figures | null;
  /** Said with the energy. */
  readonly note?: string;
  /** More figures beside these. */
  readonly children?: ReactNode;
}

export function Footprint({ scope, figures, before, note, children }: FootprintProps) {
  const c = figures.co2e_grams;
  const explain = (metric: string, of: string) => (
    <ExplainButton figure={{ metric, key: { ...scope } }} of={of} />
  );
  const [emissions, energyName, money] = [
    t('figure.co2e', 'Emissions'),
    t('figure.energy', 'Energy'),
    t('figure.cost', 'Cost'),
  ];
  return (
    <Stats>
      <Stat
        label={emissions}
        value={co2e(c?.total)}
        band={bandText(c?.low, c?.high, co2e)}
        explain={explain('co2e_grams', emissions)}
      >
        <span>{t('figure.scope2', 'Scope 2: {{amount}}', { amount: co2e(c?.operational) })}</span>
        <span>{t('figure.scope3', 'Scope 3: {{amount}}', { amount: co2e(c?.embodied) })}</span>
        <span>{changeText(c?.total, before?.co2e_grams?.total)}</span>
      </Stat>
      <Stat
        label={energyName}
        value={energy(figures.energy_joules)}
        band={bandText(figures.energy_joules_low, figures.energy_joules_high, energy)}
        explain={explain('energy_joules', energyName)}
      >
        <MethodShare estimated={figures.estimated_ratio} />
        {note !== undefined && <span>{note}</span>}
        <span>{changeText(figures.energy_joules, before?.energy_joules)}</span>
      </Stat>
      <Stat label={money} value={cost(figures.cost)} explain={explain('cost', money)}>
        {figures.cost?.length === 1 && (
          <span>{changeText(figures.cost[0]?.amount, before?.cost?.[0]?.amount)}</span>
        )}
      </Stat>
      {children}
    </Stats>
  );
}
