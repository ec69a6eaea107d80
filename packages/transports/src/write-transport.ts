import { BaseTransport, missing } from './base-transport.js';

/**
 * When the protocol is told to pause and to resume writing, in bytes.
 *
 * @example
 * ```ts
 * import type { Transport, WriteBufferLimits } from '@asyncio-ts/transports';
 *
 * const limits: WriteBufferLimits = { high: 64 * 1024, low: 16 * 1024 };
 * export const limit = (transport: Transport) => transport.setWriteBufferLimits(limits);
 * ```
 */
export interface WriteBufferLimits {
  /** Above so many bytes `pauseWriting` is called. Default: 65536, or four times `low`. */
  readonly high?: number | null;
  /** At or below so many bytes `resumeWriting` is called. Default: a quarter of `high`. */
  readonly low?: number | null;
}

/**
 * A transport that can be written to. Mirrors Python's `asyncio.WriteTransport`.
 *
 * @example
 * ```ts
 * import type { WriteTransport } from '@asyncio-ts/transports';
 *
 * export function finish(transport: WriteTransport, pieces: Uint8Array[]): void {
 *   transport.setWriteBufferLimits({ high: 1024 * 1024 });
 *   console.log(transport.getWriteBufferLimits()); // [ 262144, 1048576 ]
 *   transport.writelines(pieces);
 *   if (transport.canWriteEof()) transport.writeEof();
 *   else transport.close();
 * }
 *
 * export function giveUp(transport: WriteTransport): void {
 *   if (transport.getWriteBufferSize() > 0) transport.abort();
 * }
 * ```
 */
export class WriteTransport extends BaseTransport {
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
