/** URLs of sources: http or https, and nothing in them that is a secret or belongs to a request. */
import { z } from 'zod';
import type { ValueType } from './value-type.js';

/** Why the URL cannot be used, or null. */
function objection(text: string): { readonly wrong: string; readonly fix?: string } | null {
  if (/^[\w.-]+:\d+(?:\/|$)/.test(text)) return { wrong: 'has no scheme', fix: `write http://${text}` };
  if (/\s/.test(text) || !URL.canParse(text)) return { wrong: 'is not a URL' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { wrong: `has the scheme ${url.protocol.slice(0, -1)}` };
  if (!/^https?:\/\/[^/]/i.test(text)) return { wrong: 'has no host' };
  if (url.username !== '' || url.password !== '') {
    return {
      wrong: 'contains credentials',
      fix: 'take them out of the URL and use the keys for user name, password or token',
    };
  }
  if (/[?#]/.test(text)) return { wrong: 'has a query or fragment', fix: 'end it before the ? or #' };
  return null;
}

/** Without a trailing slash, so that paths can be appended. */
const withoutSlash = (text: string) => text.replace(/\/+$/, '');

/** What comes before the last @ and after the first ? or # may be a secret. */
export function showUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1<redacted>@').replace(/[?#].*$/s, '?<redacted>');
}

function urlLike(rule: string, example: string, more: (text: string) => string | null): ValueType<string> {
  return {
    name: 'url',
    rule,
    example,
    schema: z.string().transform((text, context): string => {
      const problem = objection(text);
      const wrong = problem?.wrong ?? more(text);
      if (wrong === null) return withoutSlash(text);
      context.addIssue({
        code: 'custom',
        message: wrong,
        ...(problem?.fix ? { params: { fix: problem.fix } } : {}),
      });
      return z.NEVER;
    }),
    format: String,
    show: showUrl,
  };
}

export function url(example = 'http://prometheus.monitoring:9090'): ValueType<string> {
  return urlLike('an http or https URL without credentials, query and fragment', example, () => null);
}

/** Scheme, host and port, as browsers send it in the Origin header. */
export function origin(): ValueType<string> {
  return urlLike('an origin such as https://grafana.example.com', 'https://grafana.example.com', (text) =>
    new URL(text).origin === withoutSlash(text).toLowerCase() ? null : 'is more than scheme, host and port',
  );
}
