/** The power usage effectiveness of the site where a node stands. */
import type { PueValue } from '../factors.js';
import type { Band, NodeSample } from '../model.js';
import { nodeLabel } from '../provider.js';
import type { ModelSettings } from '../settings.js';
import type { Tables } from '../tables.js';

/** Node label by which an operator states the PUE of one node's site. */
export const PUE_LABEL = 'greenkube.io/pue';

/** No site uses less than its machines do; none on record comes near five times as much. */
const MIN_PUE = 1;
const MAX_PUE = 5;

export interface PueResolution extends PueValue {
  /** What is wrong with the node's label, which was then passed over; "" when nothing is. */
  readonly problem: string;
}

/** A figure that the operator states is taken as known. */
const EXACT: Band = { lo: 0, hi: 0 };

/**
 * First that applies: PUE for everything, the node's label, PUE_<PROVIDER>, the provider's published mean, the
 * default. A label that is no number from 1 to 5 does not apply, and `problem` says so.
 */
export function resolvePue(
  node: Pick<NodeSample, 'labels'>,
  provider: string,
  tables: Pick<Tables, 'providerPue' | 'defaultPue'>,
  settings: Pick<ModelSettings, 'pue' | 'pueByProvider' | 'defaultPue'>,
): PueResolution {
  const label = nodeLabel(node.labels, PUE_LABEL);
  const stated = label === undefined ? null : pueOf(label);
  const problem =
    label !== undefined && stated === null
      ? `node label ${PUE_LABEL}="${label}" must be a number from ${MIN_PUE} to ${MAX_PUE}`
      : '';
  return { ...chosen(stated, provider, tables, settings), problem };
}

function chosen(
  stated: number | null,
  provider: string,
  tables: Pick<Tables, 'providerPue' | 'defaultPue'>,
  settings: Pick<ModelSettings, 'pue' | 'pueByProvider' | 'defaultPue'>,
): PueValue {
  if (settings.pue !== null) return exact(settings.pue, 'setting:PUE');
  if (stated !== null) return exact(stated, `label:${PUE_LABEL}`);
  if (Object.hasOwn(settings.pueByProvider, provider)) {
    return exact(settings.pueByProvider[provider]!, `setting:PUE_${provider.toUpperCase()}`);
  }
  const row = tables.providerPue(provider);
  if (row) return { pue: row.pue, source: `provider:${provider}`, band: row.band, reasons: [] };
  return {
    pue: settings.defaultPue,
    source: 'default',
    band: tables.defaultPue.band,
    reasons: ['PUE_DEFAULT'],
  };
}

const exact = (pue: number, source: string): PueValue => ({ pue, source, band: EXACT, reasons: [] });

/** Plain decimals only: Number() would also take "0x2" and "1e0". */
function pueOf(text: string): number | null {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value >= MIN_PUE && value <= MAX_PUE ? value : null;
}
