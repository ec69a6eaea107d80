import { brief, NotImplementedError } from '@asyncio-ts/loop';

import { BaseProtocol } from './base-protocol.js';

/** Recognises the class across two copies of the package. */
const BUFFERED = Symbol.for('asyncio-ts.bufferedProtocol');

/**
 * A protocol that brings its own memory: it says where the bytes go, and is told how many came.
 *
 * The calls come as: `connectionMade`, then `getBuffer` and `bufferUpdated` in turns, `eofReceived` at most once,
 * `connectionLost`.
 *
 * Mirrors Python's `asyncio.BufferedProtocol`.
 *
 * @example
 * ```ts
 * import { BufferedProtocol } from '@asyncio-ts/transports';
 *
 * export class Counting extends BufferedProtocol {
 *   private readonly _memory = Buffer.alloc(4096);
 *   bytes = 0;
 *   override getBuffer(sizeHint: number): Uint8Array {
 *     return this._memory.subarray(0, Math.min(sizeHint, 4096));
 *   }
 *   override bufferUpdated(length: number): void {
 *     this.bytes += length;
 *   }
 *   override eofReceived(): boolean {
 *     return false; // close
 *   }
 * }
 * ```
 */
export class BufferedProtocol extends BaseProtocol {
  /**
   * Where to put what arrived.
   *
   * @param _sizeHint - how many bytes there are; a smaller buffer is filled and asked for again
   * @returns memory of at least one byte
   */
  getBuffer(_sizeHint: number): Uint8Array {
    throw new NotImplementedError(`getBuffer() is missing in ${brief(this)}: return a Uint8Array`);
  }

  /** So many bytes were put into what `getBuffer` gave. */
  bufferUpdated(_length: number): void {
    // nothing
  }

  /**
   * The other side has written its last.
   *
   * @returns true to keep the connection open for writing; anything else, and it is closed.
   */
  eofReceived(): boolean | null | undefined | void {
    // nothing: the connection is closed
  }

  static {
    Object.defineProperty(this.prototype, BUFFERED, { value: true });
  }
}

/** @internal Whether a protocol brings its own memory. */
export function isBuffered(protocol: object): protocol is BufferedProtocol {
  return BUFFERED in protocol;
}
