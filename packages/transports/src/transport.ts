import type { BaseProtocol } from './base-protocol.js';
import { missing } from './base-transport.js';
import { ReadTransport } from './read-transport.js';
import type { WriteBufferLimits, WriteTransport } from './write-transport.js';

/**
 * A transport for both directions: a connection.
 *
 * Mirrors Python's `asyncio.Transport`. A class has one parent here, so it is a `ReadTransport` by class and a
 * `WriteTransport` by its methods.
 */
export class Transport extends ReadTransport implements WriteTransport {
  /** Changes who is told what arrives; from the next byte on. */
  override setProtocol(_protocol: BaseProtocol): void {
    throw missing('setProtocol');
  }

  /** Who is told what arrives; null when the connection is lost. */
  override getProtocol(): BaseProtocol | null {
    throw missing('getProtocol');
  }

  /** Sets the water marks. @throws ValueError unless high >= low >= 0. */
  setWriteBufferLimits(_limits?: WriteBufferLimits): void {
    throw missing('setWriteBufferLimits');
  }

  /** The water marks, in bytes. */
  getWriteBufferLimits(): readonly [low: number, high: number] {
    throw missing('getWriteBufferLimits');
  }

  /** How many bytes were written and not yet taken by the operating system. */
  getWriteBufferSize(): number {
    throw missing('getWriteBufferSize');
  }

  /** Writes some bytes; never waits. */
  write(_data: Uint8Array): void {
    throw missing('write');
  }

  /** Writes several pieces, one after another; never waits. */
  writelines(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) this.write(piece);
  }

  /** Says that nothing more will be written; what arrives is received as before. */
  writeEof(): void {
    throw missing('writeEof');
  }

  /** Whether `writeEof` is possible. */
  canWriteEof(): boolean {
    throw missing('canWriteEof');
  }

  /** Closes it at once: what was not sent yet is dropped. */
  abort(): void {
    throw missing('abort');
  }
}
