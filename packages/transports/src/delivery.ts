import { RuntimeError } from '@asyncio-ts/loop';

import type { BaseProtocol } from './base-protocol.js';
import { type BufferedProtocol, isBuffered } from './buffered-protocol.js';
import type { Protocol } from './protocol.js';

/** @internal What is asked after each piece. */
export interface Delivering {
  isReading(): boolean;
  getProtocol(): BaseProtocol | null;
}

/**
 * @internal Gives what arrived to a protocol, in its manner.
 *
 * @returns what a buffered protocol left, because it paused or was replaced in the middle; null: nothing
 */
export function receive(
  protocol: BaseProtocol,
  chunk: Buffer,
  transport: Delivering,
): Buffer | null {
  if (isBuffered(protocol)) return fill(protocol, chunk, transport);
  (protocol as Protocol).dataReceived(chunk);
  return null;
}

/** @internal @returns whether the connection stays open for writing. */
export function receiveEof(protocol: BaseProtocol): boolean {
  return Boolean((protocol as Protocol).eofReceived());
}

function fill(protocol: BufferedProtocol, chunk: Buffer, transport: Delivering): Buffer | null {
  for (let at = 0; at < chunk.length;) {
    if (!transport.isReading() || transport.getProtocol() !== protocol) return chunk.subarray(at);
    const left = chunk.length - at;
    const buffer = protocol.getBuffer(left);
    const length = Math.min(buffer.length, left);
    if (length === 0) throw new RuntimeError('getBuffer() returned an empty buffer');
    buffer.set(chunk.subarray(at, at + length));
    protocol.bufferUpdated(length);
    at += length;
  }
  return null;
}
