/**
 * Share an integer whole in proportion to weights so that the parts are integers and add to the whole exactly (largest
 * remainder, Hamilton's method). Ties go to the earlier entry: callers that need order independence sort first.
 *
 * @param whole integer >= 0, below 2^53
 * @param weights finite and >= 0; all zero means the whole goes to nobody and the last entry takes it
 */
export function apportion(whole: number, weights: readonly number[]): number[] {
  if (weights.length === 0) {
    if (whole !== 0) throw new RangeError(`cannot apportion ${whole} to nobody`);
    return [];
  }
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map((_, i) => (i === weights.length - 1 ? whole : 0));
  const exact = weights.map((w) => whole * (w / sum));
  const parts = exact.map(Math.floor);
  settleRemainder(whole, exact, parts);
  return parts;
}

/** Hand out (or, after an unlucky rounding of the quotients, take back) single units, largest (smallest) fraction first. */
function settleRemainder(whole: number, exact: readonly number[], parts: number[]): void {
  let left = whole - parts.reduce((a, b) => a + b, 0);
  if (left === 0) return;
  const fraction = (i: number) => exact[i]! - parts[i]!;
  const order = parts.map((_, i) => i).sort((a, b) => fraction(b) - fraction(a) || a - b);
  const step = Math.sign(left);
  const queue = step > 0 ? order : order.reverse().filter((i) => parts[i]! > 0);
  for (let k = 0; left !== 0; k++, left -= step) {
    const i = queue[k % queue.length]!;
    parts[i] = parts[i]! + step;
  }
}
