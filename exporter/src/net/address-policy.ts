/**
 * Which addresses are never contacted, whatever the configuration says: link-local ranges and the metadata services of clouds,
 * which hand out machine credentials to anybody who asks from inside. Loopback and private ranges are where in-cluster servers
 * live, so they are allowed. The check runs on literals and again on what a name resolved to, in the connection's own lookup,
 * so a name cannot change between check and use.
 */
import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const DENIED_V4: readonly (readonly [string, number])[] = [
  ['169.254.0.0', 16], // link-local; AWS, GCP, Azure, OpenStack, Scaleway metadata, ECS credentials
  ['100.100.100.200', 32], // Alibaba Cloud metadata
  ['168.63.129.16', 32], // Azure platform endpoint
  ['192.0.0.192', 32], // Oracle Cloud classic metadata
];
const DENIED_V6: readonly (readonly [string, number])[] = [
  ['fe80::', 10], // link-local
  ['fd00:ec2::254', 128], // AWS metadata
  ['fd20:ce::254', 128], // GCP metadata
  ['fd00:42::42', 128], // Scaleway metadata
  ['64:ff9b::a9fe:0', 112], // 169.254/16 through NAT64
  ['::a9fe:0', 112], // 169.254/16 in the deprecated IPv4-compatible form
];
const DENIED_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

const denied = new BlockList();
for (const [network, prefix] of DENIED_V4) denied.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of DENIED_V6) denied.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address literal (IPv4, IPv6, IPv4-mapped IPv6, zone index allowed) is on the list. */
export function isDeniedAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && denied.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL's host (name, or literal with or without brackets) is denied before any lookup. */
export function isDeniedHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return DENIED_NAMES.has(host) || isDeniedAddress(host);
}

export class DeniedAddressError extends Error {
  readonly code = 'ERR_ADDRESS_DENIED';
  constructor(host: string) {
    super(`${host} is a link-local address or a cloud metadata service, which is never contacted`);
  }
}

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A lookup for sockets that fails when any address of the name is denied. `resolve` is the system's resolver unless given. */
export function guardedLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    if (isDeniedHost(hostname)) return void callback(new DeniedAddressError(hostname), []);
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return void callback(error, []);
      const bad = addresses.find((entry) => isDeniedAddress(entry.address));
      if (bad) return void callback(new DeniedAddressError(`${hostname} (${bad.address})`), []);
      const first = addresses[0];
      if (options.all || !first) return void callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
