/** From a stored record back to a finding. */
import { epochSeconds } from '../domain/units.js';
import type { Finding } from '../ports/findings.js';

export interface FindingRecord {
  readonly cluster: string;
  readonly subject: string;
  readonly at: number;
  /** JSON. */
  readonly body: string;
}

export const toFinding = <Body>({ at, body, ...named }: FindingRecord): Finding<Body> => ({
  ...named,
  at: epochSeconds(at),
  body: JSON.parse(body) as Body,
});
