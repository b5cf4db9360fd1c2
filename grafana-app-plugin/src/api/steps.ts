/** Lengths of buckets. */
import type { Parameter } from './client';

const LADDER = [
  [300, '5m'],
  [900, '15m'],
  [3600, '1h'],
  [21_600, '6h'],
  [86_400, '1d'],
  [604_800, '1w'],
] as const;
const MAX_BUCKETS = 200;

/** A bucket that cuts the range into at most 200. A comparison has no step of its own choosing. */
export function comparisonStep(from: Parameter, to: Parameter): string {
  const range = Number(to) - Number(from);
  return (LADDER.find(([size]) => range / size <= MAX_BUCKETS) ?? LADDER.at(-1)!)[1];
}
