import type { BaseProtocol } from './base-protocol.js';
import { missing } from './base-transport.js';
import type { ReadTransport } from './read-transport.js';
import { WriteTransport } from './write-transport.js';

/**
 * A transport for both directions: a connection.
 *
 * Mirrors Python's `asyncio.Transport`. A class has one parent here, so it is a `WriteTransport` by class and a
 * `ReadTransport` by its methods.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createConnection, createServer, Protocol, Transport } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
 *   const [, port] = server.sockets[0].getsockname();
 *   const [transport] = yield* createConnection(loop, () => new Protocol(), '127.0.0.1', port);
 *   console.log(transport instanceof Transport, transport.isReading()); // true true
 *   transport.close();
 *   server.close();
 * });
 * ```
 */
export class Transport extends WriteTransport implements ReadTransport {
  /** Changes who is told what arrives; from the next byte on. */
  override setProtocol(_protocol: BaseProtocol): void {
    throw missing('setProtocol');
  }

  /** Who is told what arrives; null when the connection is lost. */
  override getProtocol(): BaseProtocol | null {
    throw missing('getProtocol');
  }

  /** Whether what arrives is given to the protocol: neither paused nor closing. */
  isReading(): boolean {
    throw missing('isReading');
  }

  /** Stops giving what arrives to the protocol. Pausing twice is harmless. */
  pauseReading(): void {
    throw missing('pauseReading');
  }

  /** Takes `pauseReading` back. Resuming twice is harmless. */
  resumeReading(): void {
    throw missing('resumeReading');
  }
}
