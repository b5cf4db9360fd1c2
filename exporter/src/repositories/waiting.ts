/** Why a process that wants to write does not yet. */
export type WaitingReason =
  | { readonly kind: 'held'; /** Who writes now. */ readonly holder: string }
  | { readonly kind: 'unreachable'; readonly message: string };

/** What to do while another process writes for the same cluster; only a database that replicas share can wait. */
export interface Waiting {
  readonly signal: AbortSignal;
  /** Called once, and again whenever the reason changes. */
  readonly onWaiting: (reason: WaitingReason) => void;
}
