/** The choices of method that an operator has; everything else in the domain is fixed by the methodology. */
import type { PowerCurve } from './energy/power-profile.js';

export interface ModelSettings {
  readonly coefficients: 'family' | 'provider';
  readonly curve: PowerCurve;
  readonly idleAttribution: 'reserved' | 'proportional';
  /** False only in PRESET=greenkube-0.2, whose model knows no CPU time outside pods. */
  readonly systemRow: boolean;
  /** PUE that wins over every table; null: none set. */
  readonly pue: number | null;
  readonly pueByProvider: Readonly<Record<string, number>>;
  readonly defaultPue: number;
  /** Provider to assume where a node names none; empty: unknown. */
  readonly defaultProvider: string;
  /** Grid zone to assume where no table knows the node's; empty: none. */
  readonly defaultZone: string;
  /** Operator's map, by "provider/region", region, or provider zone, to a grid zone. Wins over the tables. */
  readonly zoneMap: Readonly<Record<string, string>>;
  readonly hardwareLifespanYears: number;
}
