/** Two-sided 95 % quantiles of Student's t by degrees of freedom 1 to 30 (any table of it, for example NIST/SEMATECH e-Handbook 1.3.6.7.2). */
const QUANTILES: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** @param freedom degrees of freedom, >= 1 */
export const studentT = (freedom: number): number => QUANTILES[Math.max(1, Math.floor(freedom)) - 1] ?? 1.96;
