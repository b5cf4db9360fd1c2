/** Hashes instead of a random generator: every draw is a function of its keys, so no draw depends on an earlier one. */

/** 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
export function mix(h: number): number {
  let x = h | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hash of two integers, 0..2^32-1. Bits of `b` above 32 are ignored. */
export const combine = (a: number, b: number): number => mix(Math.imul(a, 0x9e3779b1) ^ mix(b));

/** Uniform in [0, 1). */
export const unit = (a: number, b: number): number => combine(a, b) / 2 ** 32;

/** Integer uniform in [low, high], both included. */
export const pick = (a: number, b: number, low: number, high: number): number =>
  low + Math.floor(unit(a, b) * (high - low + 1));

/** FNV-1a over the UTF-16 units, finalised. */
export function hashText(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** The alphabet of Kubernetes' generated names: no vowels, no look-alikes. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A generated-name suffix as Kubernetes writes it, for example "x2k4p". */
export function nameSuffix(key: number, length = 5): string {
  let out = '';
  for (let i = 0; i < length; i++) out += NAME_LETTERS[combine(key, i) % NAME_LETTERS.length];
  return out;
}

/** Lower-case hexadecimal digits. */
export function hexDigits(key: number, length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++)
    out += combine(key, i + 1000)
      .toString(16)
      .padStart(8, '0');
  return out.slice(0, length);
}

/** A version 4 UUID of two keys: one key of 32 bits would repeat among tens of thousands of pods. */
export function uuid(key: number, other: number): string {
  const h = hexDigits(key, 16);
  const g = hexDigits(other, 16);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${g.slice(1, 4)}-${g.slice(4)}`;
}

const SUFFIX_LENGTH = 5;
const SUFFIXES = NAME_LETTERS.length ** SUFFIX_LENGTH;
const REPLICAS = 1024;
/** Coprime to the number of suffixes, which is a power of three. */
const STRIDE = 5_000_011;

/** A suffix that two replicas below 1024 of one owner never share, whatever their lives; one replica's lives rarely do. */
export function replicaSuffix(owner: number, replica: number, life: number): string {
  const lives = Math.floor(SUFFIXES / REPLICAS);
  const number = (replica % REPLICAS) + REPLICAS * (combine(owner, life) % lives);
  let rest = (number * STRIDE + owner) % SUFFIXES;
  let out = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) {
    out += NAME_LETTERS[rest % NAME_LETTERS.length];
    rest = Math.floor(rest / NAME_LETTERS.length);
  }
  return out;
}
