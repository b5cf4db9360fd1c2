/** How a Prometheus is reached, whatever is asked of it. */
import type { Seconds } from '../domain/units.js';
import type { JsonClientOptions } from './fetch-json.js';

export interface PrometheusAccess {
  /** Base URL; a path is kept as prefix. */
  readonly url: string;
  readonly bearerToken?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** X-Scope-OrgID of Mimir, Cortex, Thanos. */
  readonly tenant?: string | undefined;
  /** PEM text. */
  readonly ca?: string | undefined;
  readonly verifyCerts: boolean;
  /** For one attempt of one query. */
  readonly timeout: Seconds;
}

/** The part of a client's options that says where and as whom. */
export const clientOf = (access: PrometheusAccess) =>
  ({
    baseUrl: access.url,
    bearerToken: access.bearerToken,
    username: access.username,
    password: access.password,
    headers: access.tenant ? { 'x-scope-orgid': access.tenant } : undefined,
    ca: access.ca,
    verifyCerts: access.verifyCerts,
    timeoutMs: access.timeout * 1000,
  }) satisfies Partial<JsonClientOptions>;
