/** Pods and nodes that were deleted a while ago: an interval is computed a minute after it has ended, or once more when an outage is over. */

const KEPT_MS = 65 * 60_000;
/** A whole cluster that is rolled at once keeps its newest. */
const MAX_KEPT = 20_000;

export class Departed<T> {
  private kept: { readonly gone: T; readonly at: number }[] = [];

  add(gone: T, now: number): void {
    this.kept.push({ gone, at: now });
    if (this.kept.length >= 2 * MAX_KEPT) this.kept = this.kept.slice(-MAX_KEPT);
  }

  /** Oldest first. */
  at(now: number): readonly T[] {
    this.kept = this.kept.slice(-MAX_KEPT).filter(({ at }) => now - at <= KEPT_MS);
    return this.kept.map(({ gone }) => gone);
  }
}
