declare module 'snappyjs' {
  /** Compresses into a snappy block, as remote write wants it. */
  export function compress(data: Uint8Array): Uint8Array;
}
