/** From counts of samples to seconds of presence within an interval. */
import { seconds, type Seconds } from '../../domain/units.js';

/**
 * Seconds that objects which followed one another were there, from how many samples each has. Each sample stands for one scrape
 * interval. Where together they come within one scrape interval of the whole step (the phase of scraping costs up to that much)
 * or above it (a late scrape), they share the whole step in proportion; otherwise somebody came or went.
 */
export function presence(counts: readonly number[], scrape: Seconds, step: Seconds): readonly Seconds[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => seconds(0));
  const whole = total * scrape >= step - scrape * (1 + 1e-9);
  return counts.map((count) => seconds(whole ? step * (count / total) : count * scrape));
}
