/** A budget as an operator sets it. */
import type { Period } from './period.js';

/** What a budget is of: one namespace, all pods with these labels, or the whole cluster with its idle and system shares. */
export type BudgetScope =
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'labels'; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'cluster' };

export const BUDGET_AMOUNTS = ['co2e', 'energy', 'cost'] as const;
export type BudgetAmount = (typeof BUDGET_AMOUNTS)[number];

/** g CO2e (both scopes), kWh, or money. */
export interface BudgetLimit {
  readonly amount: BudgetAmount;
  readonly value: number;
  /** Of money; empty otherwise. */
  readonly currency: string;
}

export interface Budget {
  readonly name: string;
  readonly scope: BudgetScope;
  readonly limit: BudgetLimit;
  readonly period: Period;
  /** Where its days begin, for example Europe/Paris. */
  readonly timeZone: string;
}

/** "g", "kWh" or the currency. */
export const unitOf = ({ amount, currency }: BudgetLimit): string =>
  amount === 'co2e' ? 'g' : amount === 'energy' ? 'kWh' : currency;
