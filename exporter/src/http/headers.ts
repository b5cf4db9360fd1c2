/** Response headers for browsers: what a page of ours may load (nothing), and which other origins may read answers. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { STYLE_HASH } from './page.js';

export function securityHeaders(tls: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [`'sha256-${STYLE_HASH}'`],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Promising HTTPS over plain HTTP would lock out whoever runs without it.
    strictTransportSecurity: tls,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

export function cors(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    if (allowed.size > 0) res.vary('Origin');
    const origin = req.headers.origin;
    if (origin !== undefined && allowed.has(origin)) {
      res.setHeader('Access-Control-Allow-Origin', origin);
      res.setHeader('Access-Control-Expose-Headers', 'Retry-After');
    }
    next();
  };
}

/** Answers a preflight of an allowed origin; true when it did. */
export function answerPreflight(
  req: Parameters<RequestHandler>[0],
  res: Parameters<RequestHandler>[1],
  methods: string,
): boolean {
  const preflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
  if (!preflight || res.getHeader('Access-Control-Allow-Origin') === undefined) return false;
  res.setHeader('Access-Control-Allow-Methods', methods);
  res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
  res.setHeader('Access-Control-Max-Age', '600');
  res.status(204).end();
  return true;
}
