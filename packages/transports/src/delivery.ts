import { RuntimeError } from '@asyncio-ts/loop';

import type { BaseProtocol } from './base-protocol.js';
import { type BufferedProtocol, isBuffered } from './buffered-protocol.js';
import type { Protocol } from './protocol.js';

/** @internal Gives what arrived to a protocol, in its manner. */
export function receive(protocol: BaseProtocol, chunk: Buffer): void {
  if (isBuffered(protocol)) fill(protocol, chunk);
  else (protocol as Protocol).dataReceived(chunk);
}

/** @internal @returns whether the connection stays open for writing. */
export function receiveEof(protocol: BaseProtocol): boolean {
  return Boolean((protocol as Protocol).eofReceived());
}

function fill(protocol: BufferedProtocol, chunk: Buffer): void {
  for (let at = 0; at < chunk.length;) {
    const left = chunk.length - at;
    const buffer = protocol.getBuffer(left);
    const length = Math.min(buffer.length, left);
    if (length === 0) throw new RuntimeError('getBuffer() returned an empty buffer');
    buffer.set(chunk.subarray(at, at + length));
    protocol.bufferUpdated(length);
    at += length;
  }
}
