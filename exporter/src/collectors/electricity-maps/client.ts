/** The carbon-intensity endpoints of Electricity Maps over `net`, with its refusals told apart by what they are about. */
import type { HttpFailure, JsonClient } from '../../net/fetch-json.js';
import { textOf } from '../../net/json-value.js';

export type Endpoint = 'history' | 'past-range' | 'latest' | 'forecast';

/**
 * "token": nothing will be answered with this token. "scope": the token does not cover this zone or endpoint. "unknown-zone":
 * there is no such zone. "no-data": the zone is known and has nothing now.
 */
export type Refusal = 'token' | 'scope' | 'unknown-zone' | 'no-data';

export type Reply =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly failure: HttpFailure }
  | { readonly kind: 'failed'; readonly failure: HttpFailure };

export class ElectricityMapsClient {
  constructor(private readonly http: JsonClient) {}

  async ask(
    endpoint: Endpoint,
    gridZone: string,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const query = {
      zone: gridZone,
      emissionFactorType: 'lifecycle',
      temporalGranularity: 'hourly',
      // A zone that it does not know would otherwise be answered for the place of the caller's address.
      disableCallerLookup: 'true',
      ...more,
    };
    const outcome = await this.http.request({ path: `v3/carbon-intensity/${endpoint}`, query, signal });
    if (outcome.ok) return { kind: 'body', body: outcome.value };
    const refusal = refusalOf(outcome);
    return refusal ? { kind: 'refused', refusal, failure: outcome } : { kind: 'failed', failure: outcome };
  }

  close(): Promise<void> {
    return this.http.close();
  }
}

/**
 * It answers 401 both to a token it does not know ("Invalid auth-token") and to a good one outside its plan ("Request
 * unauthorized for zoneKey=…"): only the text tells. An old gateway answers the second by 403 "Access denied".
 */
function refusalOf(failure: HttpFailure): Refusal | null {
  const { status, body } = failure;
  const said = `${textOf(body, 'error')} ${textOf(body, 'message')}`;
  if (status === 401) return /zoneKey=|do not have access/i.test(said) ? 'scope' : 'token';
  if (status === 403) return 'scope';
  if (status !== 400 && status !== 404) return null;
  if (/no (recent )?data/i.test(said)) return 'no-data';
  return /zone/i.test(said) && /not exist|not found|unknown|invalid/i.test(said) ? 'unknown-zone' : null;
}
