/** Prices of capacity without a bill: the operator's table of nodes, then one price per core and GiB. */
import type { NodePrice } from '../../domain/factors.js';
import type { NodePrices } from '../../ports/factors.js';

/** A row of NODE_PRICES_FILE; null matches any provider or region. */
export interface NodePriceRow {
  readonly provider: string | null;
  readonly region: string | null;
  readonly instanceType: string;
  readonly cpuCoreHour: number;
  /** Per GiB. */
  readonly ramGbHour: number;
}

export interface PriceTableOptions {
  readonly currency: string;
  readonly rows: readonly NodePriceRow[];
  /** Per core and hour and per GiB and hour; null: unknown, so that cost is absent. */
  readonly cpuCoreHour: number | null;
  readonly ramGbHour: number | null;
  /** Whether these two are somebody's own prices rather than public list prices. */
  readonly own: boolean;
}

export function createPriceTable(options: PriceTableOptions): NodePrices {
  const { currency, rows, cpuCoreHour, ramGbHour, own } = options;
  const fallback: NodePrice | null =
    cpuCoreHour === null || ramGbHour === null
      ? null
      : { cpuCoreHour, ramGbHour, reasons: [own ? 'PRICE_TABLE' : 'PRICE_DEFAULT'] };
  return {
    currency,
    of: (provider, region, instanceType) => {
      const row = mostSpecific(rows, provider, region, instanceType);
      if (!row) return fallback;
      return { cpuCoreHour: row.cpuCoreHour, ramGbHour: row.ramGbHour, reasons: ['PRICE_TABLE'] };
    },
  };
}

function mostSpecific(
  rows: readonly NodePriceRow[],
  provider: string,
  region: string,
  instanceType: string,
): NodePriceRow | undefined {
  const named = (row: NodePriceRow) => Number(row.provider !== null) + Number(row.region !== null);
  return rows
    .filter((r) => r.instanceType === instanceType)
    .filter((r) => (r.provider ?? provider) === provider && (r.region ?? region) === region)
    .reduce<NodePriceRow | undefined>((best, r) => (best && named(best) >= named(r) ? best : r), undefined);
}
