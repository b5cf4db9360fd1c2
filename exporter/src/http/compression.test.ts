import { describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { acceptsGzip, MIN_COMPRESSED_BYTES } from './compression.js';
import { start } from './testing/harness.js';

/** The bytes as they came over the wire. */
function wire(
  port: number,
  path: string,
  acceptEncoding: string,
): Promise<{ encoding: unknown; vary: unknown; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding };
    request({ host: '127.0.0.1', port, path, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({
          encoding: res.headers['content-encoding'],
          vary: res.headers['vary'],
          body: Buffer.concat(chunks),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('gzip', () => {
  it.each([
    ['gzip', true],
    ['deflate, gzip;q=0.5', true],
    ['*', true],
    ['GZIP', true],
    ['gzip;q=0', false],
    ['*;q=0', false],
    ['identity', false],
    ['br', false],
    ['gzip;q=x', false],
    [undefined, false],
  ])('%j: %j', (header, accepted) => expect(acceptsGzip(header)).toBe(accepted));

  it('an answer over 1 KiB is the same answer, smaller', async () => {
    await using running = await start();
    const path = '/api/v1/totals?by=pod&last=2h';
    const plain = await wire(running.port, path, 'identity');
    const zipped = await wire(running.port, path, 'gzip');
    expect(plain.encoding).toBeUndefined();
    expect(zipped.encoding).toBe('gzip');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
    for (const { vary } of [plain, zipped]) expect(vary).toContain('Accept-Encoding');
  });

  it('a short one stays as it is, and /metrics is never compressed twice', async () => {
    const body = Buffer.from('x'.repeat(MIN_COMPRESSED_BYTES + 1));
    const metrics = () => ({ body, contentType: 'text/plain', gzip: false });
    await using running = await start({ metrics });
    expect((await wire(running.port, '/api/v1/version', 'gzip')).encoding).toBeUndefined();
    const scraped = await wire(running.port, '/metrics', '*');
    expect(scraped.encoding).toBeUndefined();
    expect(scraped.body.equals(body)).toBe(true);
  });
});
