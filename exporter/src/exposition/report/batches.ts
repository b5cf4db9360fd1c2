import type { ReportRow } from '../../pipeline/report.js';

/** Rows encoded at once: enough to be fast, few enough that a scrape never waits for them. */
const BATCH = 500;

/** The rows of all periods in small batches. */
export async function* batchesOf(
  periods: AsyncIterable<readonly ReportRow[]>,
  size: number = BATCH,
): AsyncGenerator<readonly ReportRow[]> {
  for await (const rows of periods) {
    for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size);
  }
}
