import { BaseProtocol } from './base-protocol.js';

/**
 * Says what the bytes of a connection mean.
 *
 * The calls come as: `connectionMade`, `dataReceived` any number of times, `eofReceived` at most once, `connectionLost`.
 *
 * Mirrors Python's `asyncio.Protocol`.
 *
 * @example
 * ```ts
 * import { Protocol, type Transport } from '@asyncio-ts/transports';
 *
 * class Echo extends Protocol {
 *   private transport: Transport | null = null;
 *   override connectionMade(transport: Transport): void {
 *     this.transport = transport;
 *   }
 *   override dataReceived(data: Buffer): void {
 *     this.transport?.write(data);
 *   }
 * }
 * console.log(new Echo() instanceof Protocol); // true
 * ```
 */
export class Protocol extends BaseProtocol {
  /**
   * Bytes arrived.
   *
   * @param _data - yours to keep; nobody else writes to it
   */
  dataReceived(_data: Buffer): void {
    // nothing
  }

  /**
   * The other side has written its last.
   *
   * @returns true to keep the connection open for writing; anything else, and it is closed.
   *
   * @example
   * ```ts
   * import { Protocol, type Transport } from '@asyncio-ts/transports';
   *
   * export class Polite extends Protocol {
   *   private _transport: Transport | null = null;
   *   override connectionMade(transport: Transport): void {
   *     this._transport = transport;
   *   }
   *   override eofReceived(): boolean {
   *     this._transport?.write(Buffer.from('good-bye\n'));
   *     this._transport?.close();
   *     return true; // not closed yet: we have something to say
   *   }
   * }
   * ```
   */
  eofReceived(): boolean | null | undefined | void {
    // nothing: the connection is closed
  }
}
