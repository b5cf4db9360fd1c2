/** What a replica shows that serves and does not collect: how it is, and nothing that the collecting one shows already. */
import { NEW_STATE, renderSnapshot } from '../exposition/render.js';
import { StatusKeeper } from '../pipeline/status.js';
import type { WaitingReason } from '../repositories/factory.js';
import type { Host } from './compose.js';
import type { Config } from './config.js';
import type { Mode } from './mode.js';

/** @returns what is told why this process waits; to be told again whenever the reason changes */
export function createStandby(config: Config, mode: Mode, host: Host): (reason: WaitingReason) => void {
  const { detail, maxSeries, compat } = config.metrics;
  const status = new StatusKeeper(host.clock, host.stopwatch);
  return (reason) => {
    status.standby(reason.kind === 'held');
    status.database(reason.kind === 'held' ? null : reason.message);
    if (reason.kind === 'held') host.log.info({ collecting: reason.holder }, 'standing by');
    else host.log.error({ reason: reason.message }, 'waiting for the database');
    const snapshot = status.snapshot();
    const input = { at: host.clock.now(), latest: null, counters: null, status: snapshot };
    const shown = { ...input, cluster: mode.cluster, build: host.build };
    host.onSnapshot(renderSnapshot(shown, { detail, maxSeries, compat }, NEW_STATE));
    host.onStatus(snapshot);
  };
}
