/**
 * The shapes of the data tables that the domain needs. The tables themselves (with a source and a year a row) live in
 * `exporter/src/data/`; the domain only sees them through these interfaces.
 */
import type { PowerProfile } from './energy/power-profile.js';
import type { Band } from './model.js';

export interface PueRow {
  readonly pue: number;
  readonly band: Band;
  readonly source: string;
  readonly year: number;
}

export interface Tables {
  /** Power profile of the CPU families that serve an instance family; null when the table lacks it. */
  familyProfile(provider: string, instanceType: string): PowerProfile | null;
  /** Mean over a provider's fleet; null for a provider without one. */
  providerProfile(provider: string): PowerProfile | null;
  /** Median of server CPU families published since 2017. */
  readonly defaultProfile: PowerProfile;
  /** The operator's own profiles (POWER_PROFILES_FILE), by instance type or family; they win over all. */
  customProfile(provider: string, instanceType: string): PowerProfile | null;
  providerPue(provider: string): PueRow | null;
  readonly defaultPue: PueRow;
  /** Grid zone of a provider's region or availability zone; null when the table lacks it. */
  gridZone(provider: string, regionOrZone: string): string | null;
  /** Whether the code is a zone of Electricity Maps. */
  isGridZone(code: string): boolean;
}
