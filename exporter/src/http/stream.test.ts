import { createServer, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { sendPieces, type StreamTimes } from './stream.js';

const MIB = Buffer.alloc(2 ** 20);

/** One answer made of these pieces, and what became of the sending. */
async function sending(pieces: AsyncIterable<Uint8Array>, times: StreamTimes) {
  let settle: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (settle = resolve));
  const server = createServer((_, res) => {
    sendPieces(res as Response, pieces, times).then(
      () => settle('returned'),
      (error: Error) => {
        res.destroy();
        settle(error.message);
      },
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const request = get({ port, host: '127.0.0.1', agent: false });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    response,
    ended,
    [Symbol.asyncDispose]: async () => {
      request.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class Endless implements AsyncIterable<Uint8Array> {
  closed = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield MIB;
    } finally {
      this.closed = true;
    }
  }
}

describe('streamed answers', () => {
  it('let a client go that takes nothing, and what is held for it', async () => {
    const pieces = new Endless();
    await using sent = await sending(pieces, { stallMs: 50, longestMs: 60_000 });
    sent.response.pause();
    expect(await sent.ended).toBe('returned');
    expect(pieces.closed).toBe(true);
  });

  it('end after the longest time, however steadily they are taken', async () => {
    const pieces = new Endless();
    await using sent = await sending(pieces, { stallMs: 60_000, longestMs: 50 });
    sent.response.on('error', () => undefined).resume();
    expect(await sent.ended).toBe('The answer took too long to be read.');
    expect(pieces.closed).toBe(true);
  });
});
