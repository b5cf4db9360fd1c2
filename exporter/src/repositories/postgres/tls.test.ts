/** TLS to the server in each of the modes of libpq, with certificates that hold and that do not. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type PostgresOptions } from './connection.js';
import { makePostgresStore, testServer } from './testing/store.js';

/** A certificate that vouches for itself, for these names. */
function certify(folder: string, name: string, alt: string): void {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alt}`, '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  // The server refuses a key that others may read, and may run as another user than the test.
  const { uid, gid } = statSync(join(folder, 'data'));
  for (const file of [key, cert]) chownSync(file, uid, gid);
  chmodSync(key, 0o600);
  chmodSync(cert, 0o644);
}

let folder: string;
beforeAll(async () => {
  folder = (await testServer()).folder;
  certify(folder, 'server', 'IP:127.0.0.1');
  certify(folder, 'elsewhere', 'DNS:elsewhere.example');
});

async function serving(certificate: string): Promise<void> {
  const { server } = await testServer();
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  for (const [setting, value] of [
    ['ssl_cert_file', join(folder, `${certificate}.crt`)],
    ['ssl_key_file', join(folder, `${certificate}.key`)],
    ['ssl', 'on'],
  ]) {
    await admin.query(`ALTER SYSTEM SET ${setting} = '${value}'`);
  }
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  const wanted = readFileSync(join(folder, `${certificate}.crt`), 'utf8');
  while ((await presented(server.url)) !== new X509Certificate(wanted).fingerprint) await delay(20);
}

/** Fingerprint of the certificate that new connections get; empty: none. */
async function presented(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString, ssl: { rejectUnauthorized: false } });
  try {
    await client.connect();
    const { stream } = (client as unknown as { connection: { stream: TLSSocket } }).connection;
    return stream.getPeerX509Certificate()?.fingerprint ?? '';
  } catch {
    return '';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connected(sslMode: PostgresOptions['sslMode'], authority?: string): Promise<string> {
  const store = await makePostgresStore();
  const url = new URL(store.options.connectionString);
  if (authority) url.searchParams.set('sslrootcert', join(folder, `${authority}.crt`));
  const database = openDatabase({ ...store.options, connectionString: url.toString(), sslMode });
  try {
    const [found] = await database.rows<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return found!.ssl ? 'encrypted' : 'plain';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await database.close();
    await store.remove();
  }
}

describe('TLS to the server', () => {
  it('is as DB_SSL_MODE says when the certificate holds', async () => {
    await serving('server');
    expect(await connected('disable')).toBe('plain');
    expect(await connected('require')).toBe('encrypted');
    expect(await connected('verify-ca', 'server')).toBe('encrypted');
    expect(await connected('verify-full', 'server')).toBe('encrypted');
    for (const mode of ['verify-ca', 'verify-full'] as const) {
      expect(await connected(mode, 'elsewhere')).toMatch(/has a certificate that nobody vouches for/);
      expect(await connected(mode)).toMatch(/nobody vouches for; name its authority by sslrootcert/);
    }
  });

  it('minds the name in the certificate with verify-full alone', async () => {
    await serving('elsewhere');
    expect(await connected('require')).toBe('encrypted');
    expect(await connected('verify-ca', 'elsewhere')).toBe('encrypted');
    expect(await connected('verify-full', 'elsewhere')).toMatch(/has a certificate of another name/);
  });
});
