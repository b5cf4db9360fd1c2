/** Cost of holding a node, from prices of its capacity. */
import type { NodePrice } from '../factors.js';
import type { NodeSample } from '../model.js';
import { nanoCurrency, type NanoCurrency } from '../units.js';

const BYTES_PER_GIB = 2 ** 30;

/** OpenCost's public defaults for on-premises clusters, USD per core-hour and per GiB-hour. */
export const DEFAULT_PRICES = {
  currency: 'USD',
  cpuCoreHour: 0.031611,
  ramGbHour: 0.004237,
  source: 'OpenCost default pricing',
  year: 2024,
} as const;

/** The CPU and the memory part, kept apart because pods hold different shares of each. */
export function nodeCost(node: NodeSample, price: NodePrice): { cpu: NanoCurrency; memory: NanoCurrency } {
  const hours = node.seconds / 3600;
  const nano = (amount: number) => nanoCurrency(Math.round(amount * 1e9));
  return {
    cpu: nano(node.cpuCapacity * price.cpuCoreHour * hours),
    memory: nano((node.memoryCapacity / BYTES_PER_GIB) * price.ramGbHour * hours),
  };
}
