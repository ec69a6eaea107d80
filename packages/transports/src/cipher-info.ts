import type { TLSSocket } from 'node:tls';

/** The cipher of a connection: its name, the version of TLS, and how many bits its key has, if the name says so. */
export type CipherInfo = readonly [name: string, version: string, bits: number | null];

/** @internal */
export function cipherOf(socket: TLSSocket): CipherInfo {
  const { name, version } = socket.getCipher();
  const told = /(?:AES_?|ARIA|CAMELLIA)(\d{3})/.exec(name)?.[1];
  const bits = name.includes('CHACHA20') ? 256 : Number(told);
  return [name, version, Number.isNaN(bits) ? null : bits];
}
