import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LookupAddress } from 'node:dns';
import { guardedLookup, isDeniedAddress, isDeniedHost } from './address-policy.js';

const octet = fc.integer({ min: 0, max: 255 });

describe('address policy', () => {
  it('denies the whole IPv4 link-local range in every spelling that a URL accepts', () => {
    fc.assert(
      fc.property(octet, octet, (c, d) => {
        const whole = ((169 << 24) | (254 << 16) | (c << 8) | d) >>> 0;
        const spellings = [
          `169.254.${c}.${d}`,
          String(whole),
          `0x${whole.toString(16)}`,
          `0251.0376.${c}.${d}`,
        ];
        const mapped = `[::ffff:169.254.${c}.${d}]`;
        const nat64 = `[64:ff9b::169.254.${c}.${d}]`;
        for (const host of [...spellings, mapped, nat64])
          expect(isDeniedHost(new URL(`http://${host}/`).hostname)).toBe(true);
      }),
    );
  });

  it('denies the whole IPv6 link-local range', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.integer({ min: 0xfe80, max: 0xfebf }), group, group, (head, a, b) => {
        expect(isDeniedAddress(`${head.toString(16)}:${a.toString(16)}::${b.toString(16)}`)).toBe(true);
      }),
    );
    expect(isDeniedAddress('fe80::1%eth0')).toBe(true);
  });

  it.each([
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'metadata',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'metadata.goog',
    'instance-data.ec2.internal',
  ])('denies %s', (host) => expect(isDeniedHost(host)).toBe(true));

  it.each([
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '192.168.1.1',
    '169.253.1.1',
    '169.255.0.1',
    'fd00::1',
    'fec0::1',
    '8.8.8.8',
    'prometheus',
    'metadata.example.org',
  ])('allows %s', (host) => expect(isDeniedHost(host)).toBe(false));
});

describe('lookup', () => {
  const resolving = (addresses: LookupAddress[]) =>
    guardedLookup((_name, _options, done) => done(null, addresses));
  const ask = (lookup: ReturnType<typeof guardedLookup>, all: boolean) =>
    new Promise<{ error: NodeJS.ErrnoException | null; address: unknown }>((resolve) =>
      lookup('prometheus.example.org', { all }, (error, address) => resolve({ error, address })),
    );

  it.each([true, false])(
    'refuses a name that resolves to a denied address among good ones (all: %s)',
    async (all) => {
      const lookup = resolving([
        { address: '10.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ]);
      const { error } = await ask(lookup, all);
      expect(error?.code).toBe('ERR_ADDRESS_DENIED');
      expect(error?.message).toContain('prometheus.example.org (169.254.169.254)');
    },
  );

  it('answers in the form that was asked for', async () => {
    const addresses = [{ address: '10.0.0.1', family: 4 }];
    expect(await ask(resolving(addresses), true)).toEqual({ error: null, address: addresses });
    expect(await ask(resolving(addresses), false)).toEqual({ error: null, address: '10.0.0.1' });
  });

  it('passes on that a name does not exist', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const { error } = await ask(
      guardedLookup((_n, _o, done) => done(missing, [])),
      true,
    );
    expect(error).toBe(missing);
  });
});
