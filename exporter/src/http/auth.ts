/** Who may do what. A request is refused unless a rule below lets it through. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthSettings } from './deps.js';
import { Problem } from './problem.js';

/** "public": anybody. "metrics": scraping. "read": the API. "change": also change what is stored. */
export const ROLES = ['public', 'metrics', 'read', 'change'] as const;
export type Role = (typeof ROLES)[number];

/** Decides whether a request with this `Authorization` header may use a route of this role; throws a `Problem` if not. */
export type Authorize = (role: Role, authorization: string | undefined) => void;

const GRANTS = {
  token: ['read', 'metrics'],
  operatorToken: ['read', 'metrics', 'change'],
  metricsToken: ['metrics'],
} as const satisfies Partial<Record<keyof AuthSettings, readonly Role[]>>;

export function authorizer(auth: AuthSettings, host: string): Authorize {
  const anonymous = anonymousRoles(auth, host);
  const tokens = (Object.keys(GRANTS) as (keyof typeof GRANTS)[])
    .filter((name) => auth[name] !== null && auth[name] !== '')
    .map((name) => ({ hash: sha256(auth[name]!), grants: new Set<Role>(GRANTS[name]) }));

  return (role, authorization) => {
    if (role === 'public') return;
    if (authorization === undefined || tokens.length === 0) {
      if (anonymous.has(role)) return;
      throw unauthorized('This needs a token.');
    }
    const granted = matching(tokens, authorization);
    if (granted.length === 0) throw unauthorized('The token is not known.');
    if (!granted.some((grants) => grants.has(role))) {
      throw new Problem('forbidden', 'This token may not do this.', {
        fix: role === 'change' ? 'Use the operator token.' : 'Use the API token.',
      });
    }
  };
}

function anonymousRoles(auth: AuthSettings, host: string): ReadonlySet<Role> {
  const roles = new Set<Role>(['public']);
  if (auth.metricsAnonymous && !auth.metricsToken) roles.add('metrics');
  if (auth.allowAnonymous) roles.add('read');
  if (openOnLoopback(auth, host)) {
    roles.add('read').add('change');
    if (!auth.metricsToken) roles.add('metrics');
  }
  return roles;
}

/** No token guards the server: only that nothing but this machine reaches it. */
function openOnLoopback(auth: AuthSettings, host: string): boolean {
  return !auth.token && !auth.operatorToken && isLoopback(host);
}

/** Every token is compared, each in constant time, so that neither length nor prefix nor which one matched can be timed. */
function matching(
  tokens: readonly { readonly hash: Buffer; readonly grants: ReadonlySet<Role> }[],
  authorization: string,
): readonly ReadonlySet<Role>[] {
  const presented = sha256(/^Bearer +([^\s]+) *$/i.exec(authorization)?.[1] ?? '');
  return tokens.filter(({ hash }) => timingSafeEqual(hash, presented)).map(({ grants }) => grants);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

function unauthorized(detail: string): Problem {
  return new Problem('unauthorized', detail, {
    fix: 'Send the header "Authorization: Bearer <token>".',
    headers: { 'WWW-Authenticate': 'Bearer realm="greenkube"' },
  });
}

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Where no token guards the server, a page of some other site must not reach it through a name that it has pointed at loopback
 * (DNS rebinding), nor change anything by a request that needs no preflight. Throws a `Problem`.
 */
export function guardBrowser(
  auth: AuthSettings,
  host: string,
): (request: { role: Role; host: string | undefined; origin: string | undefined }) => void {
  if (!openOnLoopback(auth, host) || auth.allowAnonymous) return () => undefined;
  return (request) => {
    const name = (request.host ?? '').replace(/:\d{1,5}$/, '');
    if (!isLoopback(name)) {
      throw new Problem('host-not-allowed', 'Without a token only requests to localhost are answered.', {
        fix: 'Use http://localhost, or set API_TOKEN.',
      });
    }
    if (request.role === 'change' && request.origin !== undefined && !isLoopbackOrigin(request.origin)) {
      throw new Problem('forbidden', 'Pages of other sites may not change anything.', {
        fix: 'Set API_OPERATOR_TOKEN.',
      });
    }
  };
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}
