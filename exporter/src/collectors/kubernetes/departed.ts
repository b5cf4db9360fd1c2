/** Pods that were deleted a short while ago: an interval is computed a minute or more after it has ended. */
import type { InventoryPod } from '../../ports/inventory-source.js';

const KEPT_MS = 15 * 60_000;
/** A whole cluster that is rolled at once keeps its newest. */
const MAX_KEPT = 20_000;

export class Departed {
  private kept: { readonly pod: InventoryPod; readonly at: number }[] = [];

  add(pod: InventoryPod, now: number): void {
    this.kept.push({ pod, at: now });
    if (this.kept.length >= 2 * MAX_KEPT) this.kept = this.kept.slice(-MAX_KEPT);
  }

  /** Oldest first. */
  at(now: number): readonly InventoryPod[] {
    this.kept = this.kept.slice(-MAX_KEPT).filter(({ at }) => now - at <= KEPT_MS);
    return this.kept.map(({ pod }) => pod);
  }
}
