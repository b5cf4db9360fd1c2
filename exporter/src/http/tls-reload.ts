/** Serves a renewed certificate without a restart: the files are read again once a minute and taken when they have changed. */
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { HttpLog, TlsSettings } from './deps.js';

export const TLS_RELOAD_MS = 60_000;

export const MIN_TLS = 'TLSv1.2';

/**
 * One look at the files; a pair that does not fit, as in the middle of a rotation, leaves the old one in use until the next.
 * @returns what is in use now
 */
export function reloadTls(
  server: Pick<HttpsServer, 'setSecureContext'>,
  used: TlsSettings,
  read: () => TlsSettings,
  log: HttpLog,
): TlsSettings {
  try {
    const found = read();
    if (same(found, used)) return used;
    const context = { minVersion: MIN_TLS, cert: found.cert, key: found.key, ca: found.ca } as const;
    // Throws for a key that is not the certificate's; the running server would throw only after it has let go of the old one.
    createSecureContext(context);
    server.setSecureContext(context);
    log.info({}, 'the TLS certificate was renewed');
    return found;
  } catch (error) {
    log.warn({ err: error }, 'the TLS files cannot be used; the certificate before stays');
    return used;
  }
}

function same(a: TlsSettings, b: TlsSettings): boolean {
  return (['cert', 'key', 'ca'] as const).every((part) => String(a[part] ?? '') === String(b[part] ?? ''));
}
