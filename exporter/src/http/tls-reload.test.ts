import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { TlsSettings } from './deps.js';
import { TEST_CERT, TEST_KEY } from './testing/certificate.js';
import { RENEWED_CERT, RENEWED_KEY } from './testing/renewed-certificate.js';
import { reloadTls } from './tls-reload.js';

const first: TlsSettings = { cert: TEST_CERT, key: TEST_KEY };
const renewed: TlsSettings = { cert: RENEWED_CERT, key: RENEWED_KEY };

function fingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function served(looks: (() => TlsSettings)[]) {
  const server = createServer({ ...first }, (_req, res) => res.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  const log = {
    info: (_: object, m: string) => void lines.push(m),
    warn: (_: object, m: string) => void lines.push(m),
    error: () => undefined,
  };
  const seen = [await fingerprint(port)];
  let used = first;
  for (const look of looks) {
    used = reloadTls(server, used, look, log);
    seen.push(await fingerprint(port));
  }
  await new Promise((resolve) => server.close(resolve));
  return { seen, lines, used };
}

describe('a certificate that is renewed', () => {
  it('is served to the next connection, told once', async () => {
    const { seen, lines, used } = await served([() => first, () => renewed, () => renewed]);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
    expect(seen[3]).toBe(seen[2]);
    expect(lines).toEqual(['the TLS certificate was renewed']);
    expect(used).toBe(renewed);
  });

  it.each([
    [
      'half a rotation: the new certificate beside the old key',
      () => ({ cert: RENEWED_CERT, key: TEST_KEY }),
    ],
    ['a file that is no certificate', () => ({ cert: 'nonsense', key: TEST_KEY })],
    [
      'a file that is gone',
      () => {
        throw new Error('ENOENT');
      },
    ],
  ])('%s: the one before stays until the next look', async (_, look) => {
    const { seen, lines } = await served([look, () => renewed]);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
    expect(lines).toEqual([
      'the TLS files cannot be used; the certificate before stays',
      'the TLS certificate was renewed',
    ]);
  });
});
